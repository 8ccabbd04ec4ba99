/// What values are like: mean ± SD and order statistics.
public struct Summary: Sendable, Hashable {
    /// The values, rising.
    public let rising: [Double]
    /// Arithmetic mean.
    public let mean: Double
    /// Standard deviation with n − 1; 0 for one value.
    public let standardDeviation: Double

    /// Sums up values; nil for none.
    ///
    /// - Convention: a value that is not finite, such as the PSNR of equal images, makes mean and deviation so, too.
    /// - Precondition: no NaN, which nothing in this library makes.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        precondition(!values.contains(where: \.isNaN), "a summary of NaN would hide a failure")
        rising = values.sorted()
        mean = rising.reduce(0, +) / Double(values.count)
        standardDeviation = mean.isFinite ? sampleVariance(rising, mean: mean).squareRoot() : .infinity
    }

    /// How many values.
    public var count: Int { rising.count }
    /// The smallest value.
    public var minimum: Double { rising[0] }
    /// The largest value.
    public var maximum: Double { rising[rising.count - 1] }
    /// The 50th percentile.
    public var median: Double { percentile(50) }

    /// The value below which a percentage lies, interpolated linearly between order statistics, as NumPy's default.
    public func percentile(_ percent: Double) -> Double { Summary.percentile(percent, ofRising: rising) }

    /// A percentile of values that are sorted and not empty.
    static func percentile(_ percent: Double, ofRising values: [Double]) -> Double {
        precondition((0...100).contains(percent), "a percentile is from 0 to 100, got \(percent)")
        let place = percent / 100 * Double(values.count - 1)
        let below = Int(place)
        let part = place - Double(below)
        guard part > 0, values[below] != values[below + 1] else { return values[below] }
        return values[below] + part * (values[below + 1] - values[below])
    }
}

/// Σ (v − mean)² / (n − 1); 0 for fewer than two values.
func sampleVariance(_ values: [Double], mean: Double) -> Double {
    guard values.count > 1 else { return 0 }
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}
