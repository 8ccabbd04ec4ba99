/// Wilcoxon's signed-rank test: whether paired differences lie about zero.
///
/// Differences of zero are dropped; equal sizes share their mean rank.
///
/// - Reference: Wilcoxon 1945, doi:10.2307/3001968.
public struct WilcoxonTest: Sendable, Hashable {
    /// Where the two-sided p-value comes from.
    public enum Distribution: Sendable, Hashable {
        /// All signs of the ranks at hand, ties included.
        case exact
        /// A normal distribution with the variance corrected for ties, without correction for continuity.
        case normal
    }

    /// Differences that are not zero.
    public let count: Int
    /// Sum of the ranks of positive differences.
    public let positiveRankSum: Double
    /// Two-sided p-value; 1 where all differences are zero.
    public let pValue: Double

    /// Beyond it the normal distribution is as good, and the exact one slow.
    private static let largestExactCount = 50

    /// Tests differences, such as scores of one method less those of the other on the same cases.
    ///
    /// - Parameter distribution: nil for exact up to 50 differences.
    /// - Cost: exact n³ additions.
    public init(differences: [Double], distribution: Distribution? = nil) {
        let kept = differences.filter { $0 != 0 }
        let ranks = midranks(kept.map(abs))
        count = kept.count
        positiveRankSum = zip(kept, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
        let used = distribution ?? (kept.count <= WilcoxonTest.largestExactCount ? .exact : .normal)
        pValue =
            switch used {
            case .exact: WilcoxonTest.exact(ranks, positiveRankSum)
            case .normal: WilcoxonTest.normal(ranks, positiveRankSum)
            }
    }

    /// Counts the signs that give each rank sum; ranks are doubled, since ties have halves.
    private static func exact(_ ranks: [Double], _ statistic: Double) -> Double {
        let doubled = ranks.map { Int(2 * $0) }
        // Probabilities, each halved as a rank joins.
        var chance = [1.0] + [Double](repeating: 0, count: doubled.reduce(0, +))
        for rank in doubled {
            for sum in chance.indices.reversed() {
                chance[sum] = 0.5 * (chance[sum] + (sum >= rank ? chance[sum - rank] : 0))
            }
        }
        let found = Int(2 * statistic)
        let tail = min(chance[...found].reduce(0, +), chance[found...].reduce(0, +))
        return min(1, 2 * tail)
    }

    private static func normal(_ ranks: [Double], _ statistic: Double) -> Double {
        let mean = ranks.reduce(0, +) / 2
        // Σ ranks² / 4 is n(n + 1)(2n + 1)/24 less its correction for ties.
        let variance = ranks.reduce(0) { $0 + $1 * $1 } / 4
        guard variance > 0 else { return 1 }
        return 2 * Normal.cumulative(-abs(statistic - mean) / variance.squareRoot())
    }
}

/// Student's t-test of paired differences: whether their mean is zero.
public struct PairedTTest: Sendable, Hashable {
    /// Mean difference.
    public let meanDifference: Double
    /// Mean over its standard error; ∞ where all differences are the same and not zero.
    public let statistic: Double
    /// n − 1.
    public let degreesOfFreedom: Int
    /// Two-sided p-value.
    public let pValue: Double
    /// The 95 % interval of the mean difference.
    public let interval: Interval

    /// Tests differences; nil for fewer than two.
    public init?(differences: [Double]) {
        guard differences.count > 1, let summary = Summary(differences) else { return nil }
        let error = summary.standardDeviation / Double(summary.count).squareRoot()
        let distribution = StudentT(degreesOfFreedom: Double(summary.count - 1))
        meanDifference = summary.mean
        statistic = summary.mean == 0 ? 0 : summary.mean / error
        degreesOfFreedom = summary.count - 1
        pValue = distribution.upperTails(statistic)
        interval = .about(summary.mean, halfWidth: distribution.quantile(0.975) * error)
    }
}

/// Holm's correction: p-values of several tests that may be compared with one level for all.
///
/// - Returns: adjusted p-values in the order given, each at least its own and at most 1.
/// - Reference: Holm 1979, Scandinavian Journal of Statistics 6:65-70.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var largest = 0.0
    for (place, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
        largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
        adjusted[index] = largest
    }
    return adjusted
}

/// Ranks from 1; equal values share the mean of theirs.
func midranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
        var end = first + 1
        while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
        for place in first..<end { ranks[order[place]] = Double(first + 1 + end) / 2 }
        first = end
    }
    return ranks
}
