import Core
import Foundation

/// The standard normal distribution function and its inverse.
enum StandardNormal {
    static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

    /// The value below which a share lies, by bisection to 1e-15 in [-9, 9].
    static func quantile(_ share: Double) -> Double {
        var low = -9.0
        var high = 9.0
        for _ in 0..<54 {
            let middle = (low + high) / 2
            if cumulative(middle) < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// A normal distribution cut off at two limits.
struct TruncatedNormal: Sendable, Hashable {
    private let mean: Double
    private let deviation: Double
    private let limits: ClosedRange<Double>

    /// A normal distribution of which the tails are left out, so that its mean may shift.
    init(cutting mean: Double, deviation: Double, to limits: ClosedRange<Double>) {
        self.mean = mean
        self.deviation = deviation
        self.limits = limits
    }

    /// The one that has a mean and an SD after the tails are left out: the cut shifts neither.
    ///
    /// - Error: mean and SD within 1e-9 of the SD.
    /// - Throws: `CineError` when no truncated normal within the limits has them.
    init(mean: Double, deviation: Double, limits: ClosedRange<Double>) throws {
        guard deviation > 0, limits.contains(mean) else {
            throw CineError(
                .badData,
                "expected an SD above 0 and a mean within its clip \(limits), got mean \(mean) and SD \(deviation)")
        }
        var candidate = TruncatedNormal(cutting: mean, deviation: deviation, to: limits)
        for _ in 0..<2000 {
            let now = candidate.moments
            if abs(now.mean - mean) < 1e-9 * deviation, abs(now.deviation - deviation) < 1e-9 * deviation {
                self = candidate
                return
            }
            candidate = TruncatedNormal(
                cutting: candidate.mean + mean - now.mean,
                deviation: candidate.deviation * deviation / now.deviation, to: limits)
            guard candidate.deviation < 10 * (limits.upperBound - limits.lowerBound) else { break }
        }
        throw CineError(
            .badData,
            "no normal distribution cut to \(limits) has mean \(mean) and SD \(deviation): widen the clip or lower the SD"
        )
    }

    /// The value below which a share lies.
    func value(at share: Double) -> Double {
        let low = StandardNormal.cumulative((limits.lowerBound - mean) / deviation)
        let high = StandardNormal.cumulative((limits.upperBound - mean) / deviation)
        let value = mean + deviation * StandardNormal.quantile(low + share * (high - low))
        return min(max(value, limits.lowerBound), limits.upperBound)
    }

    /// Mean and SD of what is left.
    var moments: (mean: Double, deviation: Double) {
        let a = (limits.lowerBound - mean) / deviation
        let b = (limits.upperBound - mean) / deviation
        let mass = StandardNormal.cumulative(b) - StandardNormal.cumulative(a)
        let (atA, atB) = (StandardNormal.density(a), StandardNormal.density(b))
        let shift = (atA - atB) / mass
        let spread = 1 + (a * atA - b * atB) / mass - shift * shift
        return (mean + deviation * shift, deviation * max(spread, 0).squareRoot())
    }
}
