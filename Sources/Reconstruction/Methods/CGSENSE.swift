import ComplexModule
import Core

/// Least squares: minimises ½‖E x − y‖² + ½λ‖x‖² frame by frame, from 0 on.
///
/// - Reference: Pruessmann et al. 2001, doi:10.1002/mrm.1241.
public struct CGSENSE: Sendable, Equatable, Codable {
    /// Largest number of iterations; fewer regularise, too.
    public var iterations = 15
    /// Weight of ‖x‖².
    public var lambda = 0.01
    /// A frame ends when ‖r‖ / ‖Eᴴy‖ is below.
    public var tolerance = 1e-6

    /// The default settings.
    public init() {}
}

extension CGSENSE: Solver {
    /// Steps of conjugate gradients suit any scale; λ is relative to the norm.
    var needsNorm: Bool { lambda != 0 }

    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let x = Samples(count: problem.count)
        let solver = ConjugateGradients(
            apply: { problem.normal($0, into: $1) }, damping: Float(lambda), frames: problem.frames,
            isFrameByFrame: true, tolerance: tolerance, threads: problem.threads)
        solver.solve(x, b: problem.adjoint, iterations: iterations) { iteration, value in
            progress(.init(iteration: iteration, iterations: iterations, objective: value + problem.constant))
        }
        return x
    }
}
