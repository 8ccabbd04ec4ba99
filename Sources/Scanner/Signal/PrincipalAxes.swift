/// The principal axes of a set of vectors, from their products: those that hold all but a share of their length.
///
/// - Reference: pivoted Cholesky, Harbrecht et al. 2012, doi:10.1016/j.apnum.2011.10.001; then Jacobi's method, Golub and
///   Van Loan 2013, 8.5.
struct PrincipalAxes {
    /// The axes, longest first: orthonormal combinations of the vectors, one weight per vector.
    let axes: [[Double]]

    /// Finds the axes.
    ///
    /// - Parameter gram: products of the vectors, count × count.
    /// - Parameter tolerance: share of the root of the sum of squares that may be left.
    init(gram: [Double], count: Int, tolerance: Double) {
        precondition(gram.count == count * count, "expected \(count)² products, found \(gram.count)")
        let trace = (0..<count).reduce(0.0) { $0 + gram[$1 * count + $1] }
        let allowed = tolerance * tolerance * trace
        let (columns, rest) = Self.cholesky(gram, count, leaving: allowed / 100)
        let size = columns.count
        var products = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0..<size { products[i * size + j] = zip(columns[i], columns[j]).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let (values, vectors) = Self.jacobi(products, size)
        let order = (0..<size).sorted { values[$0] > values[$1] }
        var tail = rest + values.reduce(0, +)
        var axes: [[Double]] = []
        for k in order where tail > allowed {
            tail -= values[k]
            var axis = [Double](repeating: 0, count: count)
            for (column, weights) in columns.enumerated() {
                let share = vectors[column * size + k] / values[k].squareRoot()
                for i in 0..<count { axis[i] += share * weights[i] }
            }
            axes.append(axis)
        }
        self.axes = axes
    }

    /// Columns of L with L Lᵀ = A up to a rest of its trace.
    private static func cholesky(
        _ a: [Double], _ n: Int, leaving allowed: Double
    ) -> (columns: [[Double]], rest: Double) {
        var diagonal = (0..<n).map { a[$0 * n + $0] }
        var columns: [[Double]] = []
        while columns.count < n {
            let rest = diagonal.reduce(0, +)
            guard rest > allowed, let pivot = diagonal.indices.max(by: { diagonal[$0] < diagonal[$1] }),
                diagonal[pivot] > 0
            else { break }
            let root = diagonal[pivot].squareRoot()
            var column = (0..<n).map { a[$0 * n + pivot] }
            for done in columns {
                let share = done[pivot]
                for i in 0..<n { column[i] -= share * done[i] }
            }
            for i in 0..<n {
                column[i] /= root
                diagonal[i] = max(0, diagonal[i] - column[i] * column[i])
            }
            diagonal[pivot] = 0
            columns.append(column)
        }
        return (columns, diagonal.reduce(0, +))
    }

    /// Eigenvalues and eigenvectors (columns) of a symmetric matrix.
    private static func jacobi(_ matrix: [Double], _ n: Int) -> (values: [Double], vectors: [Double]) {
        var a = matrix
        var v = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
        let size = a.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<30 {
            var off = 0.0
            for p in 0..<n { for q in 0..<p { off += a[p * n + q] * a[p * n + q] } }
            if off <= 1e-28 * size { break }
            for p in 0..<n {
                for q in p + 1..<max(n, p + 1) where a[p * n + q] != 0 {
                    let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
                    let t = (theta < 0 ? -1.0 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        let (x, y) = (a[k * n + p], a[k * n + q])
                        (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
                    }
                    for k in 0..<n {
                        let (x, y) = (a[p * n + k], a[q * n + k])
                        (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
                        let (u, w) = (v[k * n + p], v[k * n + q])
                        (v[k * n + p], v[k * n + q]) = (c * u - s * w, s * u + c * w)
                    }
                }
            }
        }
        return ((0..<n).map { max(0, a[$0 * n + $0]) }, v)
    }
}
