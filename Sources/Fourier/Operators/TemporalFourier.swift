import CFFTW
import ComplexModule
import Core

/// The centred, orthonormal Fourier transform along time: a dynamic image to its x-f space.
///
/// - Shape: [T, P…] → [T, P…]; frequency 0 is at index ⌊T/2⌋.
/// - Convention: unitary, so `normal` is the identity.
/// - Cost: the FFTs and one copy, sixteen pixels at a time.
public struct TemporalFourier: LinearOperator {
    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { domain }
    private let threads: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan
    private let before: [ComplexFloat]
    private let after: [ComplexFloat]

    /// Number of frames.
    package var frames: Int { domain[0] }
    /// Number of pixels of a frame.
    package var pixels: Int { domain.dropFirst().reduce(1, *) }

    /// Prepares transforms along the first axis of `shape`.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the size.
    public init(shape: [Int], planning: Fourier.Planning = .estimated, threads: Int = 1) throws {
        precondition(!shape.isEmpty && shape.allSatisfy { $0 > 0 }, "expected a shape [T, ..], found \(shape)")
        domain = shape
        self.threads = threads
        forwardPlan = try ColumnBlock.plan(rows: shape[0], sign: FFTW_FORWARD, planning: planning)
        inversePlan = try ColumnBlock.plan(rows: shape[0], sign: FFTW_BACKWARD, planning: planning)
        let phase = CenteredPhase(shape[0])
        let scale = 1 / Float(shape[0]).squareRoot()
        before = phase.before
        after = phase.after.map { $0.multiplied(by: scale) }
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachBlock(input, output) { forward($0) }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachBlock(input, output) { adjoint($0) }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        _ = output.update(fromContentsOf: input)
    }

    /// Sixteen time courses to their spectra, in place: a scratch of `ColumnBlock`.
    package func forward(_ scratch: UnsafeMutablePointer<Lanes>) {
        multiply(scratch, by: before, conjugate: false)
        forwardPlan.execute(scratch)
        multiply(scratch, by: after, conjugate: false)
    }

    /// Sixteen spectra to their time courses, in place: a scratch of `ColumnBlock`.
    package func adjoint(_ scratch: UnsafeMutablePointer<Lanes>) {
        multiply(scratch, by: after, conjugate: true)
        inversePlan.execute(scratch)
        multiply(scratch, by: before, conjugate: true)
    }

    private func forEachBlock(
        _ input: UnsafeBufferPointer<ComplexFloat>, _ output: UnsafeMutableBufferPointer<ComplexFloat>,
        _ body: @Sendable (UnsafeMutablePointer<Lanes>) -> Void
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let (rows, columns) = (frames, pixels)
        Workers.forEach(ColumnBlock.count(columns: columns), threads: threads) { block in
            withScratch(rows * ColumnBlock.lanes) { scratch in
                ColumnBlock.load(block, of: source.start, rows: rows, columns: columns, into: scratch)
                body(scratch)
                ColumnBlock.store(scratch, to: block, of: target.start, rows: rows, columns: columns)
            }
        }
    }

    private func multiply(_ scratch: UnsafeMutablePointer<Lanes>, by phases: [ComplexFloat], conjugate: Bool) {
        for row in phases.indices {
            let real = Lanes(repeating: phases[row].real)
            let sine = conjugate ? -phases[row].imaginary : phases[row].imaginary
            let imaginary = Lanes.alternating(-sine, sine)
            for lane in 2 * row..<2 * row + 2 {
                scratch[lane] = scratch[lane] * real + scratch[lane].swappedPairs * imaginary
            }
        }
    }
}
