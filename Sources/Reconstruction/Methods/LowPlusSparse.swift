import ComplexModule
import Core

/// Minimises ½‖E (L + S) − y‖² + λ_L σ₁ Σ σ_k(L) + λ_S Σ |F_t S|: a background of few courses, and few temporal
/// frequencies on it; the image is L + S.
///
/// - Convention: σ₁ as for `LowRank`. The rank is that of the whole image.
/// - Reference: Otazo, Candès & Sodickson 2015, doi:10.1002/mrm.25240; solved as Lin & Fessler 2019 do, by accelerated
///   proximal gradients on the pair (L, S), doi:10.1109/TCI.2018.2882140.
public struct LowPlusSparse: Sendable, Equatable, Codable {
    /// Largest number of iterations.
    public var iterations = 80
    /// Weight of the background's singular values, as a part of the largest.
    public var lambdaLow = 0.01
    /// Weight of the frequencies on the background.
    public var lambdaSparse = 0.0025
    /// Ends when the objective falls by less than this part of it.
    public var tolerance = 1e-5

    /// The default settings.
    public init() {}
}

extension LowPlusSparse: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) throws -> Samples {
        let count = problem.count
        let penalty = Pair(
            low: problem.nuclearNorm(lambda: lambdaLow), sparse: try problem.spectralPenalty(lambda: lambdaSparse))
        let start = Samples(count: 2 * count)
        start.part(0, of: 2).copy(problem.averageInEachFrame)
        let adjoint = Samples(count: 2 * count)
        for part in 0..<2 { adjoint.part(part, of: 2).copy(problem.adjoint) }
        let sum = Samples(count: count)
        let chunks = Chunks(count: count, threads: problem.threads)
        func add(_ pair: Samples) {
            chunks.forEach { range in
                for place in range { sum.start[place] = pair.start[place] + pair.start[count + place] }
            }
        }
        let solver = ProximalGradient(
            normal: { pair, result in
                add(pair)
                problem.normal(sum, into: result.part(0, of: 2))
                result.part(1, of: 2).copy(result.part(0, of: 2))
            },
            // ‖[E E]‖² = 2.
            adjoint: adjoint, constant: problem.constant, penalty: penalty, step: 0.5, iterations: iterations,
            tolerance: tolerance, threads: problem.threads)
        let pair = solver.solve(from: start, progress: progress)
        add(pair)
        return sum
    }

    /// One penalty on each half of an array.
    private struct Pair: Penalty {
        let low: NuclearNorm
        let sparse: SpectralPenalty

        func shrink(_ x: Samples, step: Double) -> Double {
            low.shrink(x.part(0, of: 2), step: step) + sparse.shrink(x.part(1, of: 2), step: step)
        }
    }
}
