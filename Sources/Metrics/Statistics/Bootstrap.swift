import Core

/// A range that holds an unknown value with some confidence.
public struct Interval: Sendable, Hashable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// Makes an interval from its ends.
    public init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }

    /// Whether a value lies in it, ends included.
    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// value ∓ half of the width.
    static func about(_ value: Double, halfWidth: Double) -> Interval {
        Interval(lower: value - halfWidth, upper: value + halfWidth)
    }
}

/// How a statistic varies when cases are drawn anew, with replacement, from those at hand.
///
/// For a difference of two methods, pass the differences per case: cases stay paired.
///
/// - Reference: Efron 1987, doi:10.1080/01621459.1987.10478410.
public struct Bootstrap: Sendable {
    /// The statistic of the cases.
    public let estimate: Double
    /// The statistic of each resample, rising.
    public let distribution: [Double]
    /// The statistic without each case.
    private let jackknife: [Double]

    /// Draws resamples; nil for no cases.
    ///
    /// - Parameters:
    ///   - resamples: how many; 2000 give ends of 95 % intervals to a few percent of their width.
    ///   - random: a stream of its own, so that results do not depend on what else was computed.
    ///   - statistic: of cases in any order, such as their mean.
    /// - Cost: `resamples` + n evaluations of the statistic.
    public init?(
        _ cases: [Double], resamples: Int = 2000, random: Philox, statistic: ([Double]) -> Double = Bootstrap.mean
    ) {
        precondition(resamples > 0, "a bootstrap needs resamples")
        guard !cases.isEmpty else { return nil }
        var random = random
        var sample = cases
        estimate = statistic(cases)
        distribution = (0..<resamples).map { _ in
            for index in sample.indices { sample[index] = cases[Int(random.uniform() * Double(cases.count))] }
            return statistic(sample)
        }.sorted()
        jackknife =
            cases.count < 2
            ? []
            : cases.indices.map { left in
                var rest = cases
                rest.remove(at: left)
                return statistic(rest)
            }
    }

    /// The arithmetic mean.
    public static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The part of the distribution between two percentiles.
    public func percentileInterval(confidence: Double = 0.95) -> Interval {
        interval(confidence) { $0 }
    }

    /// The bias-corrected and accelerated (BCa) interval: percentiles shifted for bias and skewness.
    ///
    /// Where it is not defined (all resamples on one side of the estimate, all cases alike) it is the percentile interval.
    public func correctedInterval(confidence: Double = 0.95) -> Interval {
        let below = Double(distribution.count { $0 < estimate } + distribution.count { $0 <= estimate }) / 2
        let bias = Normal.quantile(below / Double(distribution.count))
        let mean = Bootstrap.mean(jackknife)
        let squares = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) }
        let cubes = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
        let acceleration = cubes / (6 * squares * squares.squareRoot())
        guard bias.isFinite, acceleration.isFinite else { return percentileInterval(confidence: confidence) }
        return interval(confidence) { probability in
            let z = bias + Normal.quantile(probability)
            return Normal.cumulative(bias + z / (1 - acceleration * z))
        }
    }

    private func interval(_ confidence: Double, shift: (Double) -> Double) -> Interval {
        precondition(confidence > 0 && confidence < 1, "a confidence is between 0 and 1, got \(confidence)")
        let tail = (1 - confidence) / 2
        return Interval(
            lower: Summary.percentile(100 * shift(tail), ofRising: distribution),
            upper: Summary.percentile(100 * shift(1 - tail), ofRising: distribution))
    }
}
