import Core
import Fourier

/// What a scan off the grid reads of one frame, each sample weighted by the root of the area that it stands for: √W F.
///
/// Spokes crowd at the centre of k-space, so that FᴴF weighs low frequencies up to a hundred times as much as high ones,
/// and gradients hardly get on. FᴴWF is near a projection, as with lines of a grid. `weighted` does to samples
/// what this does to images.
/// - Shape: [C, Y, X] → [C, M].
/// - Cost: `normal` is a convolution, in place of the NUFFT and its adjoint.
public struct CurvedFrame: LinearOperator {
    /// √W, [M].
    private let roots: [Float]
    private let transform: NUFFT
    private let toeplitz: ToeplitzNormal

    /// Prepares a frame.
    ///
    /// - Parameter points: (kx, ky) of the samples in cycles per field of view.
    /// - Throws: `CineError` when a point is not finite.
    public init(shape: [Int], coils: Int, points: [SIMD2<Double>], tolerance: Double = 1e-4) throws {
        let density = DensityCompensation.pipeMenon(shape: shape, points: points)
        roots = density.map { $0.squareRoot() }
        transform = try NUFFT(shape: shape, points: points, batch: coils, tolerance: tolerance)
        toeplitz = try ToeplitzNormal(
            shape: shape, points: points, weights: density, batch: coils, tolerance: tolerance)
    }

    /// What the transform takes.
    public var domain: [Int] { transform.domain }
    /// What the transform gives.
    public var range: [Int] { transform.range }

    /// √W times samples as a scanner gives them, [C, M].
    public func weighted(_ samples: some Collection<ComplexFloat>) -> [ComplexFloat] {
        samples.enumerated().map { $1.multiplied(by: roots[$0 % roots.count]) }
    }

    /// Images to weighted samples.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        transform.forward(input, into: output)
        for place in output.indices { output[place] = output[place].multiplied(by: roots[place % roots.count]) }
    }

    /// Weighted samples to images.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        weighted(input).withUnsafeBufferPointer { transform.adjoint($0, into: output) }
    }

    /// Images to images, without samples between.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) { toeplitz.forward(input, into: output) }
}
