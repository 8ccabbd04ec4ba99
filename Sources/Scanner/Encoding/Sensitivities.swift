import ComplexModule
import Core
import Fourier

/// How the coils see the middle grid of a `SliceEncoder`.
public struct Sensitivities: Sendable {
    /// Number of coils.
    public let coils: Int
    /// [C, M, M], x fastest.
    let maps: [ComplexFloat]
    /// The same with the signs (−1)^(x + y), which move frequency 0 to the middle of a transform, and with its scale.
    let blocks: BlockedMaps

    /// - Parameter maps: [C, M, M], x fastest.
    /// - Parameter scale: of the transform.
    init(_ maps: [ComplexFloat], middle: Int, scale: Float) {
        precondition(maps.count.isMultiple(of: middle * middle), "expected maps of \(middle)², found \(maps.count)")
        coils = maps.count / (middle * middle)
        self.maps = maps
        let signed = maps.enumerated().map { index, value in index.isMultiple(of: 2) ? value : -value }
        blocks = BlockedMaps(
            signed, coils: coils, height: middle, width: middle,
            rowFactors: (0..<middle).map { ComplexFloat($0.isMultiple(of: 2) ? scale : -scale, 0) })
    }
}
