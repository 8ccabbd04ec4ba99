import ComplexModule
import Core
import Foundation
import Fourier

/// Few temporal frequencies besides the average, by least squares whose weights are the frequencies found before.
///
/// With x = x̄ + F_tᴴ ρ and weights W = (|ρ|² + ε²)^(p/2), each outer iteration minimises
/// ½‖E x − y‖² + ½λ‖W⁻¹ρ‖² by conjugate gradients, from the last ρ on. That lies above
/// ½‖E x − y‖² + λ/(2 − 2p) Σ (|ρ|² + ε²)^(1 − p) and touches it where W was taken: so both fall together, to ℓ₁'s
/// solution for p = ½. The objective reported is the one above. W is not normalised: the data are.
/// - Convention: the first ρ is a least-squares solution after a few steps, blurred to the resolution of a training scan.
/// - Reference: Jung et al. 2009, doi:10.1002/mrm.21757.
public struct KTFOCUSS: Sendable, Equatable, Codable {
    /// Outer iterations: times that the weights are renewed.
    public var outerIterations = 5
    /// Conjugate-gradient iterations in each.
    public var innerIterations = 10
    /// Weight of the frequencies.
    public var lambda = 0.0015
    /// The power p of the weights, below 1.
    public var power = 0.5
    /// ε: what is below this is not told from 0.
    public var floor = 1e-3
    /// Lines across the centre of k-space that make the first weights.
    public var trainingLines = 16.0

    /// The default settings.
    public init() {}
}

extension KTFOCUSS: Solver {
    func solve(_ problem: Problem, progress: (Reconstruction.Progress) -> Void) throws -> Samples {
        let frequencies = try Frequencies(problem)
        let average = problem.averageInEachFrame
        let chunks = Chunks(count: problem.count, threads: problem.threads)
        let (image, filtered, residual) = (problem.samples(), problem.samples(), problem.samples())
        problem.normal(average, into: filtered)
        let constant = problem.constant + 0.5 * chunks.dot(average, filtered) - chunks.dot(average, problem.adjoint)
        chunks.forEach { range in
            for place in range { residual.start[place] = problem.adjoint.start[place] - filtered.start[place] }
        }

        let rho = try training(problem, residual)
        let (weights, right, q) = (problem.samples(), problem.samples(), problem.samples())
        for outer in 0..<outerIterations {
            let above = weigh(rho, weights, q, chunks)
            frequencies.forward(residual, weights, into: right)
            let solver = ConjugateGradients(
                apply: { q, result in
                    frequencies.adjoint(q, weights, into: image)
                    problem.normal(image, into: filtered)
                    frequencies.forward(filtered, weights, into: result)
                },
                damping: Float(lambda), frames: problem.frames, isFrameByFrame: false, tolerance: 1e-6,
                threads: problem.threads)
            solver.solve(q, b: right, iterations: innerIterations) { inner, value in
                progress(
                    .init(
                        iteration: outer * innerIterations + inner, iterations: outerIterations * innerIterations,
                        objective: value + constant + above))
            }
            chunks.forEach { range in
                for place in range {
                    rho.start[place] = q.start[place].multiplied(by: weights.start[place].real)
                }
            }
        }
        frequencies.adjoint(q, weights, into: image)
        chunks.forEach { range in
            for place in range { image.start[place] += average.start[place] }
        }
        return image
    }

    /// Renews W and q = W⁻¹ρ; returns by how much λ/(2 − 2p) Σ (|ρ|² + ε²)^(1 − p) is above ½λ‖q‖².
    private func weigh(_ rho: Samples, _ weights: Samples, _ q: Samples, _ chunks: Chunks) -> Double {
        chunks.sum { range in
            var sum = 0.0
            for place in range {
                let square = Double(rho.start[place].lengthSquared)
                let smooth = square + floor * floor
                let weight = Float(power == 0.5 ? smooth.squareRoot().squareRoot() : pow(smooth, power / 2))
                weights.start[place] = ComplexFloat(weight, weight)
                q.start[place] = rho.start[place].multiplied(by: 1 / weight)
                let squaredWeight = Double(weight * weight)
                sum += smooth / squaredWeight / (2 - 2 * power) - 0.5 * square / squaredWeight
            }
            return lambda * sum
        }
    }

    /// The first ρ: a few steps of least squares on the residual, times a Gaussian in k-space.
    private func training(_ problem: Problem, _ residual: Samples) throws -> Samples {
        let x = problem.samples()
        let solver = ConjugateGradients(
            apply: { problem.normal($0, into: $1) }, damping: 0.01, frames: problem.frames, isFrameByFrame: true,
            tolerance: 1e-3, threads: problem.threads)
        solver.solve(x, b: residual, iterations: 6) { _, _ in }
        let transform = try ImageFourier(shape: problem.shape, planning: problem.planning, threads: problem.threads)
        let spectrum = problem.samples()
        transform.forward(x.input, into: spectrum.output)
        let (height, width, pixels) = (problem.height, problem.width, problem.pixels)
        // Full width at half maximum = the training lines; the same in cycles per field of view along x.
        let narrow = 4 * 0.693_147 / (trainingLines * trainingLines)
        let gain = (0..<pixels).map { place in
            let (ky, kx) = (Double(place / width - height / 2), Double(place % width - width / 2))
            return Float(exp(-narrow * (ky * ky + kx * kx)))
        }
        for place in 0..<problem.count {
            spectrum.start[place] = spectrum.start[place].multiplied(by: gain[place % pixels])
        }
        transform.adjoint(spectrum.input, into: x.output)
        let temporal = try TemporalFourier(shape: problem.shape, planning: problem.planning, threads: problem.threads)
        temporal.forward(x.input, into: spectrum.output)
        return spectrum
    }

    /// The temporal transform with weights on its frequencies.
    private struct Frequencies {
        let transform: TemporalFourier
        let threads: Int

        init(_ problem: Problem) throws {
            transform = try TemporalFourier(
                shape: problem.shape, planning: problem.planning, threads: problem.threads)
            threads = problem.threads
        }

        /// W F_t x.
        func forward(_ x: Samples, _ weights: Samples, into result: Samples) {
            forEachBlock(x, weights, result) { scratch, weights, count in
                transform.forward(scratch)
                for lane in 0..<count { scratch[lane] = scratch[lane] * weights[lane] }
            }
        }

        /// F_tᴴ W q.
        func adjoint(_ q: Samples, _ weights: Samples, into result: Samples) {
            forEachBlock(q, weights, result) { scratch, weights, count in
                for lane in 0..<count { scratch[lane] = scratch[lane] * weights[lane] }
                transform.adjoint(scratch)
            }
        }

        private func forEachBlock(
            _ x: Samples, _ weights: Samples, _ result: Samples,
            _ body: @Sendable (UnsafeMutablePointer<Lanes>, UnsafePointer<Lanes>, Int) -> Void
        ) {
            let (rows, columns) = (transform.frames, transform.pixels)
            let count = rows * ColumnBlock.lanes
            Workers.forEach(ColumnBlock.count(columns: columns), threads: threads) { block in
                withScratch(2 * count) { scratch in
                    ColumnBlock.load(block, of: x.start, rows: rows, columns: columns, into: scratch)
                    ColumnBlock.load(block, of: weights.start, rows: rows, columns: columns, into: scratch + count)
                    body(scratch, scratch + count, count)
                    ColumnBlock.store(scratch, to: block, of: result.start, rows: rows, columns: columns)
                }
            }
        }
    }
}
