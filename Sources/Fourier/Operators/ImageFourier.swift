import CFFTW
import ComplexModule
import Core

/// The centred, orthonormal 2D Fourier transform of a batch of images.
///
/// - Shape: [B…, Y, X] → [B…, Y, X].
/// - Convention: as `CenteredTransform`; unitary, so `normal` is the identity.
/// - Error: about 1e-7 √log₂(XY) relative, single precision.
/// - Cost: the FFTs and one copy; images run on several threads.
public struct ImageFourier: LinearOperator {
    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { domain }
    private let threads: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan
    private let before: [ComplexFloat]
    private let after: [ComplexFloat]

    /// Prepares transforms of images along the last two axes of `shape`.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    public init(shape: [Int], planning: Fourier.Planning = .estimated, threads: Int = 1) throws {
        precondition(shape.count >= 2 && shape.allSatisfy { $0 > 0 }, "expected a shape [.., Y, X], found \(shape)")
        let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
        domain = shape
        self.threads = threads
        forwardPlan = try Planner.plan(width: width, height: height, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try Planner.plan(width: width, height: height, sign: FFTW_BACKWARD, planning: planning)
        let (x, y) = (CenteredPhase(width), CenteredPhase(height))
        before = y.before.flatMap { row in x.before.map { row * $0 } }
        let scale = 1 / Float(width * height).squareRoot()
        after = y.after.flatMap { row in x.after.map { (row * $0).multiplied(by: scale) } }
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        run(forwardPlan, input, output) { image, scratch in
            for index in before.indices { scratch[index] = image[index] * before[index] }
        } finish: { scratch, image in
            for index in after.indices { image[index] = scratch[index] * after[index] }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        run(inversePlan, input, output) { image, scratch in
            for index in after.indices { scratch[index] = image[index] * after[index].conjugate }
        } finish: { scratch, image in
            for index in before.indices { image[index] = scratch[index] * before[index].conjugate }
        }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        _ = output.update(fromContentsOf: input)
    }

    private typealias Step = @Sendable (UnsafePointer<ComplexFloat>, UnsafeMutablePointer<ComplexFloat>) -> Void

    private func run(
        _ plan: Plan, _ input: UnsafeBufferPointer<ComplexFloat>, _ output: UnsafeMutableBufferPointer<ComplexFloat>,
        start: Step, finish: Step
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let count = before.count
        Workers.forEach(domainCount / count, threads: threads) { image in
            withUnsafeTemporaryAllocation(byteCount: count * 8, alignment: Planner.alignment) { memory in
                guard let scratch = memory.bindMemory(to: ComplexFloat.self).baseAddress else { return }
                start(source.start + image * count, scratch)
                plan.execute(scratch)
                finish(scratch, target.start + image * count)
            }
        }
    }
}
