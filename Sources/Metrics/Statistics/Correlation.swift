import Foundation

/// How two measures of the same cases go together.
public struct Correlation: Sendable, Hashable {
    /// The coefficient, −1 to 1.
    public let coefficient: Double
    /// Number of cases.
    public let count: Int

    /// Pearson's product-moment correlation; nil for fewer than three cases, or where one measure does not vary.
    public static func pearson(_ a: [Double], _ b: [Double]) -> Correlation? {
        requireEqualCounts(a.count, b.count)
        guard a.count > 2, let first = Summary(a), let second = Summary(b) else { return nil }
        var (product, squareA, squareB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += (x - first.mean) * (y - second.mean)
            squareA += (x - first.mean) * (x - first.mean)
            squareB += (y - second.mean) * (y - second.mean)
        }
        guard squareA > 0, squareB > 0 else { return nil }
        let coefficient = product / (squareA * squareB).squareRoot()
        return Correlation(coefficient: min(max(coefficient, -1), 1), count: a.count)
    }

    /// Spearman's rank correlation: Pearson's of the ranks, equal values sharing theirs.
    public static func spearman(_ a: [Double], _ b: [Double]) -> Correlation? { pearson(midranks(a), midranks(b)) }

    /// Two-sided p-value by Student's t with n − 2 degrees of freedom: exact for Pearson's of normal data.
    public var pValue: Double {
        let freedom = Double(count - 2)
        let t = coefficient * (freedom / ((1 - coefficient) * (1 + coefficient))).squareRoot()
        return StudentT(degreesOfFreedom: freedom).upperTails(t)
    }

    /// The interval by Fisher's z; nil for fewer than four cases.
    public func interval(confidence: Double = 0.95) -> Interval? {
        guard count > 3 else { return nil }
        let z = atanh(coefficient)
        let half = Normal.quantile((1 + confidence) / 2) / Double(count - 3).squareRoot()
        return Interval(lower: tanh(z - half), upper: tanh(z + half))
    }
}

/// The intraclass correlation ICC(2,1) of two raters: two-way random effects, absolute agreement, single measures.
///
/// - Returns: nil for fewer than two cases, or where nothing varies.
/// - Reference: Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420.
public func intraclassCorrelation(_ a: [Double], _ b: [Double]) -> Double? {
    requireEqualCounts(a.count, b.count)
    guard a.count > 1 else { return nil }
    let n = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    let mean = (meanA + meanB) / 2
    var (betweenCases, rest) = (0.0, 0.0)
    for (x, y) in zip(a, b) {
        let caseMean = (x + y) / 2
        betweenCases += 2 * (caseMean - mean) * (caseMean - mean) / (n - 1)
        let (restX, restY) = (x - caseMean - meanA + mean, y - caseMean - meanB + mean)
        rest += (restX * restX + restY * restY) / (n - 1)
    }
    let betweenRaters = n * ((meanA - mean) * (meanA - mean) + (meanB - mean) * (meanB - mean))
    let spread = betweenCases + rest + 2 * (betweenRaters - rest) / n
    return spread > 0 ? (betweenCases - rest) / spread : nil
}
