import Core

/// Correlated standard normal values: a Gaussian copula by the Cholesky factor of its correlation matrix.
struct NormalScores: Sendable {
    private let factor: [[Double]]

    /// Factors the matrix of some correlations of named values; the others are 0.
    ///
    /// - Throws: `CineError` when no values can correlate like this.
    init(names: [String], correlations: [(Int, Int, Double)]) throws {
        let count = names.count
        var rows = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
        for (first, second, coefficient) in correlations {
            rows[first][second] = coefficient
            rows[second][first] = coefficient
        }
        for row in 0..<count {
            for column in 0...row {
                var rest = rows[row][column]
                for k in 0..<column { rest -= rows[row][k] * rows[column][k] }
                if row == column {
                    guard rest > 1e-9 else {
                        throw CineError(
                            .badData,
                            """
                            the correlations contradict one another: the others leave no room for those of \(names[row]). \
                            Lower some, or state how its partners correlate.
                            """)
                    }
                    rows[row][row] = rest.squareRoot()
                } else {
                    rows[row][column] = rest / rows[column][column]
                }
            }
        }
        factor = rows
    }

    /// The shares, each uniform in 0 to 1, of correlated values, from independent shares.
    func callAsFunction(_ shares: [Double]) -> [Double] {
        let independent = shares.map(StandardNormal.quantile)
        return factor.indices.map { row in
            StandardNormal.cumulative((0...row).reduce(0) { $0 + factor[row][$1] * independent[$1] })
        }
    }
}
