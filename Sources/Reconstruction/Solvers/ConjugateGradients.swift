import ComplexModule
import Core
import Fourier

/// Conjugate gradients for (A + λ) x = b, with A Hermitian and positive.
///
/// - Cost: one call of A and three passes over the arrays an iteration.
struct ConjugateGradients {
    /// x ↦ A x.
    let apply: (Samples, Samples) -> Void
    /// λ.
    let damping: Float
    /// Equal parts of the arrays: the frames.
    let frames: Int
    /// Whether each frame is a system of its own, with its own step sizes: all advance with one call of A.
    let isFrameByFrame: Bool
    /// A system stops when ‖r‖ / ‖b‖ is below (not squared).
    let tolerance: Double
    let threads: Int

    /// Improves `x` in place.
    ///
    /// - Parameter report: called after each iteration with its number and ½ xᴴ(A + λ)x − Re xᴴb, which never rises.
    func solve(_ x: Samples, b: Samples, iterations: Int, report: (Int, Double) -> Void) {
        let size = x.count / frames
        let damping = damping
        let (residual, direction, image) = (Samples(count: x.count), Samples(count: x.count), Samples(count: x.count))
        // A start from 0 needs no call.
        if x.input.contains(where: { $0 != .zero }) { apply(x, image) }
        let start = sums { frame in
            let first = frame * size
            let (x, b, q) = (x.start + first, b.start + first, image.start + first)
            let (r, p) = (residual.start + first, direction.start + first)
            for place in 0..<size {
                r[place] = b[place] - q[place] - x[place].multiplied(by: damping)
                p[place] = r[place]
            }
            return SIMD2(Chunks.dot(r, r, size), Chunks.dot(b, b, size))
        }
        var errors = start.map(\.x)
        let goals = start.map { $0.y * tolerance * tolerance }
        for iteration in 0..<iterations {
            if zip(errors, goals).allSatisfy({ $0 <= $1 }) { break }
            apply(direction, image)
            let curvatures = sums { frame in
                let (p, q) = (direction.start + frame * size, image.start + frame * size)
                return SIMD2(Chunks.dot(p, q, size) + Double(damping) * Chunks.dot(p, p, size), 0)
            }
            // No curvature is rounding, or nothing that A sees: that system is done.
            let alphas = errors.indices.map { frame in
                errors[frame] > goals[frame] && curvatures[frame].x > 0
                    ? Float(errors[frame] / curvatures[frame].x) : 0
            }
            let next = sums { frame in
                let (first, alpha) = (frame * size, alphas[frame])
                let (x, b, q) = (x.start + first, b.start + first, image.start + first)
                let (r, p) = (residual.start + first, direction.start + first)
                if alpha > 0 {
                    for place in 0..<size {
                        x[place] += p[place].multiplied(by: alpha)
                        r[place] -= (q[place] + p[place].multiplied(by: damping)).multiplied(by: alpha)
                    }
                }
                // ½ xᴴ(A + λ)x − Re xᴴb = −½ Re xᴴ(b + r).
                return SIMD2(
                    Chunks.dot(r, r, size), -0.5 * (Chunks.dot(x, b, size) + Chunks.dot(x, r, size)))
            }
            let betas = errors.indices.map { alphas[$0] > 0 ? Float(next[$0].x / errors[$0]) : 0 }
            Workers.forEach(frames, threads: threads) { frame in
                let (r, p, beta) = (residual.start + frame * size, direction.start + frame * size, betas[frame])
                for place in 0..<size { p[place] = r[place] + p[place].multiplied(by: beta) }
            }
            errors = errors.indices.map { alphas[$0] > 0 ? next[$0].x : 0 }
            report(iteration + 1, next.reduce(0) { $0 + $1.y } / (isFrameByFrame ? 1 : Double(frames)))
        }
    }

    /// Two sums for each frame; of all frames, unless each is a system of its own.
    private func sums(_ body: @Sendable (Int) -> SIMD2<Double>) -> [SIMD2<Double>] {
        let sums = Workers.map(frames, threads: threads, body)
        return isFrameByFrame ? sums : Array(repeating: sums.reduce(.zero, +), count: frames)
    }
}
