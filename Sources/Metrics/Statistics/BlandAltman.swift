/// Agreement of two ways to measure the same cases, by their differences.
///
/// - Reference: Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8; 1999, doi:10.1177/096228029900800204.
public struct BlandAltman: Sendable, Hashable {
    /// a − b of each case.
    public let differences: [Double]
    /// (a + b) / 2 of each case.
    public let means: [Double]
    /// Mean difference.
    public let bias: Double
    /// Standard deviation of the differences, with n − 1.
    public let standardDeviation: Double

    /// Compares measures, `a` the method and `b` the reference; nil for fewer than two cases.
    public init?(_ a: [Double], _ b: [Double]) {
        requireEqualCounts(a.count, b.count)
        differences = zip(a, b).map { $0 - $1 }
        means = zip(a, b).map { ($0 + $1) / 2 }
        guard a.count > 1, let summary = Summary(differences) else { return nil }
        bias = summary.mean
        standardDeviation = summary.standardDeviation
    }

    /// The limits of agreement: bias ± 1.96 standard deviations, between which 95 % of differences lie if normal.
    public var limits: Interval { .about(bias, halfWidth: 1.96 * standardDeviation) }

    /// The interval of the bias: t quantile times SD / √n.
    public func biasInterval(confidence: Double = 0.95) -> Interval {
        .about(bias, halfWidth: quantile(confidence) * standardDeviation / count.squareRoot())
    }

    /// The intervals of both limits: t quantile times SD √(3 / n), an approximation for large n.
    public func limitIntervals(confidence: Double = 0.95) -> (lower: Interval, upper: Interval) {
        let half = quantile(confidence) * standardDeviation * (3 / count).squareRoot()
        return (.about(limits.lower, halfWidth: half), .about(limits.upper, halfWidth: half))
    }

    /// |a − b|, as tables of readers quote it.
    public var absoluteDifferences: [Double] { differences.map(abs) }

    /// |a − b| in percent of (a + b) / 2; 0 where both are 0.
    public var relativeDifferencesPercent: [Double] {
        zip(differences, means).map { $0 == 0 ? 0 : 100 * abs($0 / $1) }
    }

    private var count: Double { Double(differences.count) }

    private func quantile(_ confidence: Double) -> Double {
        StudentT(degreesOfFreedom: count - 1).quantile((1 + confidence) / 2)
    }
}
