import CFFTW
import ComplexModule
import Core

/// Along the readout: from pixels of a row to the samples of a line, centred and orthonormal.
///
/// The readout may be oversampled: the row is then the centre of a wider field of view, zero outside.
struct Readout: Sendable {
    let pixels: Int
    let samples: Int
    private let forwardPlan: Plan
    private let inversePlan: Plan
    private let before: [ComplexFloat]
    private let after: [ComplexFloat]
    private var first: Int { samples / 2 - pixels / 2 }

    init(pixels: Int, samples: Int, planning: Fourier.Planning) throws {
        self.pixels = pixels
        self.samples = samples
        let layout = Planner.Layout(sizes: [samples])
        forwardPlan = try Planner.plan(layout, sign: FFTW_FORWARD, planning: planning)
        inversePlan = try Planner.plan(layout, sign: FFTW_BACKWARD, planning: planning)
        let phase = CenteredPhase(samples)
        let scale = 1 / Float(samples).squareRoot()
        before = phase.before
        after = phase.after.map { $0.multiplied(by: scale) }
    }

    /// `Lanes` that a line needs as scratch.
    var scratchCount: Int { (samples + 7) / 8 }

    /// Row [X] → line [N].
    func forward(
        _ row: UnsafePointer<ComplexFloat>, to line: UnsafeMutablePointer<ComplexFloat>,
        scratch: UnsafeMutablePointer<Lanes>
    ) {
        let work = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: ComplexFloat.self)
        for place in 0..<samples { work[place] = .zero }
        for x in 0..<pixels { work[first + x] = row[x] * before[first + x] }
        forwardPlan.execute(work)
        for place in 0..<samples { line[place] = work[place] * after[place] }
    }

    /// Line [N] → row [X].
    func adjoint(
        _ line: UnsafePointer<ComplexFloat>, to row: UnsafeMutablePointer<ComplexFloat>,
        scratch: UnsafeMutablePointer<Lanes>
    ) {
        let work = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: ComplexFloat.self)
        for place in 0..<samples { work[place] = line[place] * after[place].conjugate }
        inversePlan.execute(work)
        for x in 0..<pixels { row[x] = work[first + x] * before[first + x].conjugate }
    }
}
