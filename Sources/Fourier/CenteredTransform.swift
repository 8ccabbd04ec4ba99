import CFFTW
import ComplexModule
import Core

/// The centred, orthonormal 2D Fourier transform of images of one size.
///
/// - Shape: [Y, X] samples, x fastest; an array of several images is transformed image by image.
/// - Convention: `K(k) = 1/√(XY) Σ f(x) e^(−2πi k·x)`, with position and frequency 0 at index `size / 2` (rounded
///   down) along each axis: shift, FFT, shift. The inverse is the adjoint.
/// - Error: about 1e-7 √log₂(XY) relative, single precision.
/// - Cost: O(XY log XY) and two copies; one scratch image per call.
public struct CenteredTransform: Sendable {
    /// Number of samples along x.
    public let width: Int
    /// Number of samples along y.
    public let height: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// Prepares transforms of a size; plans are made once per size and process.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    public init(width: Int, height: Int, planning: Fourier.Planning = .estimated) throws {
        precondition(width > 0 && height > 0, "a transform needs samples, got \(width) × \(height)")
        self.width = width
        self.height = height
        forwardPlan = try Planner.plan(width: width, height: height, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try Planner.plan(width: width, height: height, sign: FFTW_BACKWARD, planning: planning)
    }

    /// Images to k-space, in place.
    ///
    /// - Shape: [N, Y, X], any number N of images.
    public func forward(_ images: inout [ComplexFloat]) { run(forwardPlan, on: &images) }

    /// K-space to images, in place: the adjoint of `forward`.
    ///
    /// - Shape: [N, Y, X], any number N of images.
    public func inverse(_ images: inout [ComplexFloat]) { run(inversePlan, on: &images) }

    private func run(_ plan: Plan, on images: inout [ComplexFloat]) {
        let count = width * height
        precondition(
            images.count.isMultiple(of: count),
            "expected images of \(width) × \(height) = \(count) samples, found \(images.count) samples")
        let bytes = count * MemoryLayout<ComplexFloat>.stride
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: Planner.alignment) { memory in
            let scratch = memory.bindMemory(to: ComplexFloat.self)
            guard let start = scratch.baseAddress else { return }
            images.withUnsafeMutableBufferPointer { images in
                for first in stride(from: 0, to: images.count, by: count) {
                    let image = UnsafeMutableBufferPointer(rebasing: images[first..<first + count])
                    // Index size / 2 goes to 0 before the transform, and 0 to size / 2 after it.
                    copy(image, to: scratch, shiftX: width - width / 2, shiftY: height - height / 2, scale: 1)
                    plan.execute(start)
                    copy(
                        scratch, to: image, shiftX: width / 2, shiftY: height / 2, scale: 1 / Float(count).squareRoot())
                }
            }
        }
    }

    /// Copies an image, moving it in a circle by a number of samples along x and y.
    private func copy(
        _ source: UnsafeMutableBufferPointer<ComplexFloat>, to target: UnsafeMutableBufferPointer<ComplexFloat>,
        shiftX: Int, shiftY: Int, scale: Float
    ) {
        let split = width - shiftX
        for y in 0..<height {
            let from = y * width
            let to = (y + shiftY) % height * width + shiftX
            for x in 0..<split { target[to + x] = source[from + x].multiplied(by: scale) }
            for x in split..<width { target[to + x - width] = source[from + x].multiplied(by: scale) }
        }
    }
}
