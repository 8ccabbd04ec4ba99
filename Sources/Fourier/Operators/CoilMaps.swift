import ComplexModule
import Core

/// Coil sensitivities of one slice, and the operator that weights an image by each.
///
/// - Shape: [Y, X] → [C, Y, X].
/// - Convention: coil image = map · image; the adjoint is Σ conj(map) · coil image.
public struct CoilMaps: LinearOperator {
    /// Number of coils.
    public let coils: Int
    /// Number of rows of pixels.
    public let height: Int
    /// Number of columns of pixels.
    public let width: Int
    /// The sensitivities, [C, Y, X].
    public let values: [ComplexFloat]

    /// Shape of what it takes.
    public var domain: [Int] { [height, width] }
    /// Shape of what it gives.
    public var range: [Int] { [coils, height, width] }
    /// Number of pixels of one map.
    public var pixels: Int { height * width }

    /// Makes maps from their values, [C, Y, X].
    public init(coils: Int, height: Int, width: Int, values: [ComplexFloat]) {
        precondition(
            values.count == coils * height * width && !values.isEmpty,
            "expected \(coils) maps of \(width) × \(height), found \(values.count) values")
        self.coils = coils
        self.height = height
        self.width = width
        self.values = values
    }

    /// One coil that is equally sensitive everywhere.
    public static func uniform(height: Int, width: Int) -> CoilMaps {
        CoilMaps(
            coils: 1, height: height, width: width,
            values: [ComplexFloat](repeating: ComplexFloat(1), count: height * width))
    }

    /// Σ |S|² of each pixel, [Y, X].
    public var sumOfSquares: [Float] {
        var sums = [Float](repeating: 0, count: pixels)
        for coil in 0..<coils {
            for pixel in 0..<pixels { sums[pixel] += values[coil * pixels + pixel].lengthSquared }
        }
        return sums
    }

    /// The same maps over √Σ|S|²; zero where no coil sees anything.
    public var normalised: CoilMaps {
        let gains = sumOfSquares.map { (sum: Float) -> Float in sum > 0 ? 1 / sum.squareRoot() : 0 }
        let values = self.values.indices.map { self.values[$0].multiplied(by: gains[$0 % pixels]) }
        return CoilMaps(coils: coils, height: height, width: width, values: values)
    }

    /// The image that fits coil images best, Σ S̄ I / Σ|S|² for each; zero where no coil sees anything.
    ///
    /// - Shape: [N, C, Y, X] → [N, Y, X].
    public func combine(_ coilImages: [ComplexFloat]) -> [ComplexFloat] {
        precondition(coilImages.count.isMultiple(of: values.count), "expected images of \(range)")
        let weights = sumOfSquares.map { $0 > 0 ? 1 / $0 : 0 }
        var images = [ComplexFloat](repeating: .zero, count: coilImages.count / coils)
        for frame in 0..<coilImages.count / values.count {
            for place in values.indices {
                images[frame * pixels + place % pixels] +=
                    values[place].conjugate * coilImages[frame * values.count + place]
            }
            for pixel in 0..<pixels {
                images[frame * pixels + pixel] = images[frame * pixels + pixel].multiplied(by: weights[pixel])
            }
        }
        return images
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        for coil in 0..<coils {
            let first = coil * pixels
            for pixel in 0..<pixels { output[first + pixel] = values[first + pixel] * input[pixel] }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        for pixel in 0..<pixels { output[pixel] = values[pixel].conjugate * input[pixel] }
        for coil in 1..<max(coils, 1) {
            let first = coil * pixels
            for pixel in 0..<pixels { output[pixel] += values[first + pixel].conjugate * input[first + pixel] }
        }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        for (pixel, weight) in sumOfSquares.enumerated() { output[pixel] = input[pixel].multiplied(by: weight) }
    }
}
