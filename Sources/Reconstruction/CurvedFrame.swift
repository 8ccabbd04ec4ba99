import Core
import Fourier

/// What a scan off the grid reads of one frame: a NUFFT, and a convolution in place of the NUFFT and its adjoint.
///
/// - Shape: [C, Y, X] → [C, M].
public struct CurvedFrame: LinearOperator {
    /// Weights of the samples by their density, such that Fᴴ W F is near 1, [M].
    public let density: [Float]
    private let transform: NUFFT
    private let toeplitz: ToeplitzNormal

    /// Prepares a frame.
    ///
    /// - Parameter points: (kx, ky) of the samples in cycles per field of view.
    /// - Throws: `CineError` when a point is not finite.
    public init(shape: [Int], coils: Int, points: [SIMD2<Double>], tolerance: Double = 1e-4) throws {
        transform = try NUFFT(shape: shape, points: points, batch: coils, tolerance: tolerance)
        toeplitz = try ToeplitzNormal(shape: shape, points: points, batch: coils, tolerance: tolerance)
        density = DensityCompensation.pipeMenon(shape: shape, points: points)
    }

    /// What the transform takes.
    public var domain: [Int] { transform.domain }
    /// What the transform gives.
    public var range: [Int] { transform.range }

    /// Images to samples.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) { transform.forward(input, into: output) }

    /// Samples to images.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) { transform.adjoint(input, into: output) }

    /// Images to images, without samples between.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) { toeplitz.forward(input, into: output) }
}
