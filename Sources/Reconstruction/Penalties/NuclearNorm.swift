import ComplexModule
import Core
import Fourier

/// λ Σ σ_k of the matrix of all pixels' courses [T, P]: the nuclear norm, over the whole image.
///
/// - Cost: two passes over the array, each of T² operations a pixel, and the eigenvalues of a T × T matrix.
struct NuclearNorm: Penalty {
    let frames: Int
    let lambda: Double
    let threads: Int

    /// Columns of one piece of the Gram matrix, in blocks.
    private static let blocksAtOnce = 8

    func shrink(_ x: Samples, step: Double) -> Double {
        // Without eigenvalues (NaN in the data, which `run` refuses) nothing is shrunk and the objective ends the solver.
        guard let eigen = try? Eigenvalues(hermitian: gram(x), size: frames) else { return .infinity }
        let singular = eigen.values.map { max($0, 0).squareRoot() }
        let kept = singular.map { max($0 - step * lambda, 0) }
        let factors = zip(singular, kept).map { $0 > 0 ? $1 / $0 : 0 }
        multiply(x, by: filter(eigen, factors))
        return lambda * kept.reduce(0, +)
    }

    /// Singular values, in rising order.
    func singularValues(_ x: Samples) throws -> [Double] {
        try Eigenvalues(hermitian: gram(x), size: frames).values.map { max($0, 0).squareRoot() }
    }

    /// X Xᴴ, [T, T] in column order, lower triangle.
    private func gram(_ x: Samples) -> [ComplexDouble] {
        let (rows, columns) = (frames, x.count / frames)
        let blocks = ColumnBlock.count(columns: columns)
        let pieces = (blocks + Self.blocksAtOnce - 1) / Self.blocksAtOnce
        // A fixed number of partial sums, so that the order of adding does not depend on the threads.
        let groups = min(pieces, 16)
        let partial = Workers.map(groups, threads: threads) { group in
            var gram = [ComplexDouble](repeating: .zero, count: rows * rows)
            withScratch(Self.blocksAtOnce * rows * ColumnBlock.lanes) { scratch in
                for piece in stride(from: group, to: pieces, by: groups) {
                    let first = piece * Self.blocksAtOnce
                    let count = min(Self.blocksAtOnce, blocks - first)
                    for block in 0..<count {
                        ColumnBlock.load(
                            first + block, of: x.start, rows: rows, columns: columns,
                            into: scratch + block * rows * ColumnBlock.lanes)
                    }
                    Self.add(scratch, blocks: count, rows: rows, to: &gram)
                }
            }
            return gram
        }
        var gram = [ComplexDouble](repeating: .zero, count: rows * rows)
        for part in partial {
            for place in gram.indices { gram[place] += part[place] }
        }
        return gram
    }

    private static func add(
        _ scratch: UnsafePointer<Lanes>, blocks: Int, rows: Int, to gram: inout [ComplexDouble]
    ) {
        let signs = Lanes.alternating(1, -1)
        for column in 0..<rows {
            for row in column..<rows {
                var (real, imaginary) = (Lanes(0), Lanes(0))
                for block in 0..<blocks {
                    let (a, b) = (scratch + 2 * (block * rows + row), scratch + 2 * (block * rows + column))
                    real = real + a[0] * b[0] + a[1] * b[1]
                    imaginary = imaginary + a[0].swappedPairs * b[0] + a[1].swappedPairs * b[1]
                }
                gram[column * rows + row] += ComplexDouble(Double(real.sum()), Double((imaginary * signs).sum()))
            }
        }
    }

    /// Σ factor_k v_k v_kᴴ, [T, T] in row order.
    private func filter(_ eigen: Eigenvalues, _ factors: [Double]) -> [ComplexFloat] {
        var filter = [ComplexDouble](repeating: .zero, count: frames * frames)
        for (k, factor) in factors.enumerated() where factor > 0 {
            let vector = eigen.vectors[k * frames..<(k + 1) * frames]
            for (row, a) in vector.enumerated() {
                for (column, b) in vector.enumerated() {
                    filter[row * frames + column] += (a * b.conjugate).multiplied(by: factor)
                }
            }
        }
        return filter.map { ComplexFloat(Float($0.real), Float($0.imaginary)) }
    }

    /// X ← M X.
    private func multiply(_ x: Samples, by matrix: [ComplexFloat]) {
        let (rows, columns) = (frames, x.count / frames)
        let signs = Lanes.alternating(-1, 1)
        Workers.forEach(ColumnBlock.count(columns: columns), threads: threads) { block in
            let count = rows * ColumnBlock.lanes
            withScratch(3 * count) { scratch in
                let (swapped, result) = (scratch + count, scratch + 2 * count)
                ColumnBlock.load(block, of: x.start, rows: rows, columns: columns, into: scratch)
                for lane in 0..<count { swapped[lane] = scratch[lane].swappedPairs }
                matrix.withUnsafeBufferPointer { matrix in
                    for row in 0..<rows {
                        var (a, b, c, d) = (Lanes(0), Lanes(0), Lanes(0), Lanes(0))
                        for column in 0..<rows {
                            let factor = matrix[row * rows + column]
                            let (real, imaginary) = (Lanes(repeating: factor.real), Lanes(repeating: factor.imaginary))
                            a = a + scratch[2 * column] * real
                            b = b + scratch[2 * column + 1] * real
                            c = c + swapped[2 * column] * imaginary
                            d = d + swapped[2 * column + 1] * imaginary
                        }
                        result[2 * row] = a + c * signs
                        result[2 * row + 1] = b + d * signs
                    }
                }
                ColumnBlock.store(result, to: block, of: x.start, rows: rows, columns: columns)
            }
        }
    }
}
