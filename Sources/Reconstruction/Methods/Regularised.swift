import ComplexModule
import Core
import Fourier

/// Minimises ½‖E x − y‖² + λ Σ √(|∂y x|² + |∂x x|²): few edges within frames.
public struct SpatialTV: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 40
    /// Weight of the variation.
    public var lambda = 0.001
    /// Steps on the dual of the variation in each iteration.
    public var innerIterations = 6
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension SpatialTV: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let penalty = SpatialVariation(
            height: problem.height, width: problem.width, count: problem.count, lambda: lambda, steps: innerIterations,
            threads: problem.threads)
        return problem.minimise(penalty, iterations: iterations, tolerance: tolerance, progress: progress)
    }
}

/// Minimises ½‖E x − y‖² + λ Σ |x_t − x_(t−1)|: few changes between frames, the beat closed.
///
/// - Reference: Feng et al. 2014 (GRASP), doi:10.1002/mrm.24980.
public struct TemporalTV: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 50
    /// Weight of the changes.
    public var lambda = 0.0025
    /// Steps on the dual of the variation in each iteration.
    public var innerIterations = 8
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension TemporalTV: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let penalty = TemporalVariation(
            frames: problem.frames, count: problem.count, lambda: lambda, steps: innerIterations,
            threads: problem.threads)
        return problem.minimise(penalty, iterations: iterations, tolerance: tolerance, progress: progress)
    }
}

/// Minimises ½‖E x − y‖² + λ Σ |F_t x|: few temporal frequencies.
///
/// - Reference: Otazo et al. 2010 (k-t SPARSE-SENSE), doi:10.1002/mrm.22463.
public struct KTSparse: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 50
    /// Weight of the frequencies.
    public var lambda = 0.0025
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension KTSparse: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) throws -> Samples {
        let penalty = try problem.spectralPenalty(lambda: lambda)
        return problem.minimise(penalty, iterations: iterations, tolerance: tolerance, progress: progress)
    }
}

/// Minimises ½‖E x − y‖² + λ σ₁ Σ σ_k(x): few courses, over the whole image (globally).
///
/// - Convention: σ₁ is the largest singular value of the still image that all frames average to.
public struct LowRank: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 50
    /// Weight of the singular values, as a part of the largest.
    public var lambda = 0.001
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension LowRank: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let penalty = problem.nuclearNorm(lambda: lambda)
        return problem.minimise(penalty, iterations: iterations, tolerance: tolerance, progress: progress)
    }
}

/// Minimises ½‖E x − y‖² + λ Σ (√T + √n) Σ σ_k(patch): few courses in each patch of n pixels.
///
/// - Convention: patches of two tilings, half a patch apart, count half each.
/// - Reference: Zhang, Pauly & Levesque 2015, doi:10.1002/mrm.25161.
public struct LocalLowRank: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 50
    /// Weight of the singular values, as the deviation of noise that it would remove.
    public var lambda = 0.0015
    /// Pixels along the side of a patch.
    public var side = 8
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension LocalLowRank: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let penalty = PatchNuclearNorm(
            frames: problem.frames, height: problem.height, width: problem.width, side: side, lambda: lambda,
            threads: problem.threads)
        return problem.minimise(penalty, iterations: iterations, tolerance: tolerance, progress: progress)
    }
}

extension Problem {
    /// The minimiser of ½‖E x − y‖² + penalty, from the time average on.
    func minimise(
        _ penalty: some Penalty, iterations: Int, tolerance: Double, progress: (Reconstruction.Progress) -> Void
    ) -> Samples {
        ProximalGradient(
            normal: { normal($0, into: $1) }, adjoint: adjoint, constant: constant, penalty: penalty, step: 1,
            iterations: iterations, tolerance: tolerance, threads: threads
        ).solve(from: averageInEachFrame, progress: progress)
    }

    func spectralPenalty(lambda: Double) throws -> SpectralPenalty {
        let transform = try TemporalFourier(shape: shape, planning: planning, threads: threads)
        return SpectralPenalty(transform: transform, lambda: lambda, threads: threads)
    }

    /// A penalty of λ times the largest singular value of the average in each frame, which is √T ‖average‖.
    func nuclearNorm(lambda: Double) -> NuclearNorm {
        let squares = average.reduce(0) { $0 + Double($1.lengthSquared) }
        let largest = (squares * Double(frames)).squareRoot()
        return NuclearNorm(frames: frames, lambda: lambda * largest, threads: threads)
    }

    /// The time average in each frame.
    var averageInEachFrame: Samples {
        let result = Samples(count: count)
        for place in 0..<count { result.start[place] = average[place % pixels] }
        return result
    }
}
