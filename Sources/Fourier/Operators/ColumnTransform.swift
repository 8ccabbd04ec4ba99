import CFFTW
import Core

/// The unscaled Fourier transform along the sixteen columns of a `ColumnBlock`'s scratch, in place, index 0 first.
package struct ColumnTransform: Sendable {
    /// Number of samples of a column.
    package let rows: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// Prepares transforms of a length; plans are made once per length and process.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the length.
    package init(rows: Int, planning: Fourier.Planning = .estimated) throws {
        self.rows = rows
        forwardPlan = try ColumnBlock.plan(rows: rows, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try ColumnBlock.plan(rows: rows, sign: FFTW_BACKWARD, planning: planning)
    }

    /// Positions to frequencies.
    ///
    /// - Shape: [rows, 16].
    package func forward(_ scratch: UnsafeMutablePointer<Lanes>) { forwardPlan.execute(scratch) }

    /// Frequencies to positions; the adjoint of `forward`.
    package func inverse(_ scratch: UnsafeMutablePointer<Lanes>) { inversePlan.execute(scratch) }
}
