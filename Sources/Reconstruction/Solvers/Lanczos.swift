import ComplexModule
import Core
import Fourier

/// An upper bound of the largest eigenvalue of a Hermitian, positive operator that maps each frame to itself.
///
/// Every frame has a Krylov space of its own, of a few steps from a random image, and all advance with one call of the
/// operator. An eigenvalue lies within the residual of each frame's largest Ritz value; so that value and its residual
/// bound the largest one, but for a start that has nothing of it.
/// - Reference: Parlett 1998, The Symmetric Eigenvalue Problem, chapters 4 and 13, doi:10.1137/1.9781611971163.
/// - Cost: one call of the operator and two passes over the arrays a step.
struct Lanczos {
    /// x ↦ A x.
    let apply: (Samples, Samples) -> Void
    let count: Int
    /// Equal parts of the arrays.
    let frames: Int
    let threads: Int
    /// Most steps: few enough that vectors stay orthogonal in single precision.
    let steps = 8
    /// Ends when the bound is above the largest Ritz value by less than this part of it.
    let tolerance = 0.02

    /// The bound.
    ///
    /// - Throws: `CineError` when LAPACK does not converge.
    func largestEigenvalue() throws -> Double {
        let size = count / frames
        var (previous, vector) = (Samples(count: count), start())
        let image = Samples(count: count)
        var diagonals = [[Double]](repeating: [], count: frames)
        var offDiagonals = diagonals
        var bound = 0.0
        for step in 0..<min(steps, size) {
            apply(vector, image)
            let sums = Workers.map(frames, threads: threads) { [previous, vector, offDiagonals] frame in
                let first = frame * size
                let (p, v, q) = (previous.start + first, vector.start + first, image.start + first)
                let alpha = Chunks.dot(v, q, size)
                let (a, b) = (Float(alpha), Float(offDiagonals[frame].last ?? 0))
                for place in 0..<size { q[place] -= v[place].multiplied(by: a) + p[place].multiplied(by: b) }
                let beta = Chunks.dot(q, q, size).squareRoot()
                let scale = beta > 0 ? Float(1 / beta) : 0
                for place in 0..<size { p[place] = q[place].multiplied(by: scale) }
                return SIMD2(alpha, beta)
            }
            (previous, vector) = (vector, previous)
            var largest = 0.0
            bound = 0
            for frame in 0..<frames {
                diagonals[frame].append(sums[frame].x)
                offDiagonals[frame].append(sums[frame].y)
                let ritz = try Eigenvalues(tridiagonal: diagonals[frame], offDiagonals[frame])
                largest = max(largest, ritz.values[step])
                let residual = sums[frame].y * ritz.vectors[(step + 1) * (step + 1) - 1].length
                bound = max(bound, ritz.values[step] + residual)
            }
            if bound <= (1 + tolerance) * largest { break }
        }
        return bound
    }

    /// Random positive images of norm 1, as the largest eigenvalues belong to smooth ones.
    private func start() -> Samples {
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        let vector = Samples(count: count)
        for place in 0..<count { vector.start[place] = ComplexFloat(Float(random.uniform()) + 0.5, 0) }
        let size = count / frames
        for frame in 0..<frames {
            let v = vector.start + frame * size
            let scale = Float(1 / Chunks.dot(v, v, size).squareRoot())
            for place in 0..<size { v[place] = v[place].multiplied(by: scale) }
        }
        return vector
    }
}

extension Eigenvalues {
    /// Of a real symmetric matrix that has nothing beside its diagonal and the ones next to it.
    fileprivate init(tridiagonal diagonal: [Double], _ offDiagonal: [Double]) throws {
        let size = diagonal.count
        var matrix = [ComplexDouble](repeating: .zero, count: size * size)
        for place in 0..<size {
            matrix[place * size + place] = ComplexDouble(diagonal[place])
            if place + 1 < size { matrix[place * size + place + 1] = ComplexDouble(offDiagonal[place]) }
        }
        try self.init(hermitian: matrix, size: size)
    }
}
