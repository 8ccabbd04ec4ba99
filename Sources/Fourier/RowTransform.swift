import CFFTW
import Core

/// The unscaled Fourier transform of rows of one length, in place, index 0 first.
///
/// Transforms of more dimensions are made of rows and `ColumnBlock`s, and leave out what nobody needs.
package struct RowTransform: Sendable {
    /// Number of samples of a row, a multiple of 8, so that all rows are aligned alike.
    package let length: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan

    /// Prepares transforms of a length; plans are made once per length and process.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the length.
    package init(length: Int, planning: Fourier.Planning = .estimated) throws {
        precondition(length > 0 && length.isMultiple(of: 8), "a row has a multiple of 8 samples, got \(length)")
        self.length = length
        forwardPlan = try Planner.plan(Planner.Layout(sizes: [length]), sign: FFTW_FORWARD, planning: planning)
        inversePlan = try Planner.plan(Planner.Layout(sizes: [length]), sign: FFTW_BACKWARD, planning: planning)
    }

    /// `Lanes` of a row.
    package var lanes: Int { length / 8 }

    /// Positions to frequencies.
    package func forward(_ rows: UnsafeMutablePointer<Lanes>, count: Int) {
        for row in 0..<count { forwardPlan.execute(rows + row * lanes) }
    }

    /// Frequencies to positions; the adjoint of `forward`.
    package func inverse(_ rows: UnsafeMutablePointer<Lanes>, count: Int) {
        for row in 0..<count { inversePlan.execute(rows + row * lanes) }
    }
}
