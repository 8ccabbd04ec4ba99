import CFFTW
import Core

/// The unscaled Fourier transform of rows of one length, in place, with index 0 as position and frequency 0.
///
/// Transforms of more dimensions are made of rows and transpositions, which leave out the rows that nobody needs.
/// - Convention: `forward` is Σ f(x) e^(−2πi kx/N); `inverse` is its adjoint, N times its inverse.
/// - Cost: O(N log N) a row; no memory.
public struct RowTransform: Sendable {
    /// Number of samples of a row.
    public let length: Int
    /// Distance between the starts of rows: whole cache lines.
    public let stride: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// Prepares transforms of a length; plans are made once per length and process.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the length.
    public init(length: Int, planning: Fourier.Planning = .estimated) throws {
        precondition(length > 0, "a row needs samples, got \(length)")
        self.length = length
        stride = (length + 7) / 8 * 8
        forwardPlan = try Planner.plan(width: length, height: 1, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try Planner.plan(width: length, height: 1, sign: FFTW_BACKWARD, planning: planning)
    }

    /// Memory for rows of zeros, aligned as `forward` and `inverse` want it; the caller deallocates it.
    public func memory(_ rows: Int) -> UnsafeMutablePointer<ComplexFloat> {
        let bytes = rows * stride * MemoryLayout<ComplexFloat>.stride
        return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Planner.alignment)
            .initializeMemory(as: ComplexFloat.self, repeating: .zero, count: rows * stride)
    }

    /// Positions to frequencies.
    public func forward(_ rows: UnsafeMutablePointer<ComplexFloat>, count: Int) {
        for row in 0..<count { forwardPlan.execute(rows + row * stride) }
    }

    /// Frequencies to positions.
    public func inverse(_ rows: UnsafeMutablePointer<ComplexFloat>, count: Int) {
        for row in 0..<count { inversePlan.execute(rows + row * stride) }
    }
}
