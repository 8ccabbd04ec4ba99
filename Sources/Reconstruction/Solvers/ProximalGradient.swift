import ComplexModule
import Core

/// Something that images should have little of.
protocol Penalty {
    /// Replaces `x` by the minimiser of ½‖u − x‖² + step · penalty(u), and returns penalty(u).
    func shrink(_ x: Samples, step: Double) -> Double
}

/// Accelerated proximal gradients for ½‖A x − y‖² + penalty(x), whose objective never rises.
///
/// FISTA's momentum carries on while the objective falls. A step that would raise it is not taken; the next starts without
/// momentum, and falls unless rounding stops it, which ends the iteration.
/// - Reference: Beck & Teboulle 2009, doi:10.1137/080716542; O'Donoghue & Candès 2015 on restarts,
///   doi:10.1007/s10208-013-9150-3.
/// - Cost: one AᴴA, one `shrink` and two passes over the arrays an iteration.
struct ProximalGradient<P: Penalty> {
    /// x ↦ AᴴA x.
    let normal: (Samples, Samples) -> Void
    /// Aᴴ y.
    let adjoint: Samples
    /// ½‖y‖².
    let constant: Double
    let penalty: P
    /// At most 1/‖A‖².
    let step: Double
    let iterations: Int
    /// Ends when the objective falls by less than this part of it.
    let tolerance: Double
    let threads: Int

    /// The minimiser, from `start` on.
    func solve(from start: Samples, progress: (Reconstruction.Progress) -> Void) -> Samples {
        let chunks = Chunks(count: start.count, threads: threads)
        let adjoint = adjoint
        var (x, image) = (start, Samples(count: start.count))
        normal(x, image)
        var (previous, previousImage) = (Samples(count: start.count), Samples(count: start.count))
        previous.copy(x)
        previousImage.copy(image)
        var (next, nextImage) = (Samples(count: start.count), Samples(count: start.count))
        var objective = Double.infinity
        var (time, momentum) = (1.0, 0.0)

        for iteration in 1...max(iterations, 1) {
            let (beta, step) = (Float(momentum), Float(step))
            chunks.forEach { [x, image, previous, previousImage, next] range in
                for place in range {
                    let point = x.start[place] + (x.start[place] - previous.start[place]).multiplied(by: beta)
                    let filtered =
                        image.start[place] + (image.start[place] - previousImage.start[place]).multiplied(by: beta)
                    next.start[place] = point - (filtered - adjoint.start[place]).multiplied(by: step)
                }
            }
            let penalised = penalty.shrink(next, step: self.step)
            normal(next, nextImage)
            let candidate =
                0.5 * chunks.dot(next, nextImage) - chunks.dot(next, adjoint) + constant + penalised
            let fall = objective - candidate
            if fall >= 0 {
                (previous, x, next) = (x, next, previous)
                (previousImage, image, nextImage) = (image, nextImage, previousImage)
                objective = candidate
                let later = (1 + (1 + 4 * time * time).squareRoot()) / 2
                (time, momentum) = (later, (time - 1) / later)
            }
            progress(.init(iteration: iteration, iterations: iterations, objective: objective))
            if fall < 0 {
                if momentum == 0 { break }
                (time, momentum) = (1, 0)
            } else if fall < tolerance * objective {
                break
            }
        }
        return x
    }
}
