import ComplexModule
import Core
import Fourier

/// How the coils see the middle grid of a `SliceEncoder`.
public struct Sensitivities: Sendable {
    /// Number of coils.
    public let coils: Int
    /// [C, M, M], y fastest.
    let maps: ComplexBuffer
    /// The same for Cartesian lines: with the signs (−1)^(x + y), which move frequency 0 to the middle of a transform,
    /// and with its scale.
    let signed: ComplexBuffer

    /// - Parameter maps: [C, M, M], x fastest.
    /// - Parameter scale: of the transform.
    init(_ maps: [ComplexFloat], middle: Int, scale: Float) {
        let area = middle * middle
        precondition(maps.count.isMultiple(of: area), "expected maps of \(middle)², found \(maps.count) values")
        coils = maps.count / area
        self.maps = ComplexBuffer(count: maps.count)
        signed = ComplexBuffer(count: maps.count)
        for coil in 0..<coils {
            for x in 0..<middle {
                for y in 0..<middle {
                    let place = coil * area + x * middle + y
                    let value = maps[coil * area + y * middle + x]
                    self.maps.start[place] = value
                    signed.start[place] = value.multiplied(by: (x + y).isMultiple(of: 2) ? scale : -scale)
                }
            }
        }
    }
}
