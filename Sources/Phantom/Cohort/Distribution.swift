import Core
import Foundation

/// How a value varies between the patients of a cohort.
///
/// In YAML: a number, `{normal: {mean: 166, sd: 32, clip: [90, 260]}}`, `{uniform: [0.4, 0.7]}` or
/// `{lognormal: {median: 1.6, log_sd: 1, clip: [0.1, 8]}}`.
public enum Distribution: Sendable, Hashable {
    /// The same for all.
    case constant(Double)
    /// Equally likely within a range.
    case uniform(ClosedRange<Double>)
    /// Normal within limits. Mean and SD are those of the values within the limits: clipping shifts neither.
    case normal(Normal)
    /// Logarithm normal, tails beyond the limits left out.
    case lognormal(Lognormal)

    /// Mean, SD and limits of a normal distribution.
    public struct Normal: Sendable, Hashable {
        /// Mean of the values within the limits.
        public let mean: Double
        /// SD of the values within the limits.
        public let deviation: Double
        /// Bounds.
        public let clip: ClosedRange<Double>
        fileprivate let truncated: TruncatedNormal

        /// Makes the distribution.
        ///
        /// - Throws: `CineError` when no normal distribution has this mean and SD within the limits.
        public init(mean: Double, deviation: Double, clip: ClosedRange<Double>) throws {
            self.mean = mean
            self.deviation = deviation
            self.clip = clip
            truncated = try TruncatedNormal(mean: mean, deviation: deviation, limits: clip)
        }
    }

    /// Median, SD of the natural logarithm and limits of a log-normal distribution.
    public struct Lognormal: Sendable, Hashable {
        /// Median before the tails are left out.
        public let median: Double
        /// SD of the natural logarithm before the tails are left out.
        public let logDeviation: Double
        /// Bounds.
        public let clip: ClosedRange<Double>

        /// Makes the distribution.
        ///
        /// - Throws: `CineError` when a value is not positive.
        public init(median: Double, logDeviation: Double, clip: ClosedRange<Double>) throws {
            guard median > 0, logDeviation > 0, clip.lowerBound > 0 else {
                throw CineError(
                    .badData, "expected positive values for a log-normal, got \(median), \(logDeviation), \(clip)")
            }
            self.median = median
            self.logDeviation = logDeviation
            self.clip = clip
        }
    }

    /// The value below which a share of the patients lies.
    func value(at share: Double) -> Double {
        switch self {
        case .constant(let value): value
        case .uniform(let range): range.lowerBound + share * (range.upperBound - range.lowerBound)
        case .normal(let normal): normal.truncated.value(at: share)
        case .lognormal(let shape):
            exp(
                TruncatedNormal(
                    cutting: log(shape.median), deviation: shape.logDeviation,
                    to: log(shape.clip.lowerBound)...log(shape.clip.upperBound)
                ).value(at: share))
        }
    }

    /// Its form in a configuration.
    public static let schema = Schema.either([
        .number(-1e6...1e6),
        .object([
            Schema.Property(
                "normal",
                .object([
                    Schema.Property("mean", anyNumber, required: true, "Mean within the clip"),
                    Schema.Property("sd", .number(0...1e6), required: true, "Standard deviation within the clip"),
                    Schema.Property("clip", pair, required: true, "Lowest and highest value"),
                ]), required: true, "Normal distribution, cut off at the clip without shifting mean or SD")
        ]),
        .object([Schema.Property("uniform", pair, required: true, "Lowest and highest value")]),
        .object([
            Schema.Property(
                "lognormal",
                .object([
                    Schema.Property("median", anyNumber, required: true, "Median"),
                    Schema.Property("log_sd", .number(0...10), required: true, "SD of the natural logarithm"),
                    Schema.Property("clip", pair, required: true, "Lowest and highest value"),
                ]), required: true, "Log-normal distribution, cut off at the clip")
        ]),
    ])

    private static let anyNumber = Schema.number(-1e6...1e6)
    private static let pair = Bounds.schema
}

extension Distribution {
    /// Two numbers, the lower first: `[90, 260]`.
    public struct Bounds: Sendable, Hashable, Codable {
        /// From the lower to the higher number.
        public let range: ClosedRange<Double>

        /// Makes bounds.
        public init(_ range: ClosedRange<Double>) { self.range = range }

        /// Reads a list of two numbers.
        public init(from decoder: any Decoder) throws {
            let bounds = try decoder.singleValueContainer().decode([Double].self)
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw CineError(.badData, "expected two numbers, the lower first, got \(bounds)")
            }
            range = bounds[0]...bounds[1]
        }

        /// Writes a list of two numbers.
        public func encode(to encoder: any Encoder) throws {
            var single = encoder.singleValueContainer()
            try single.encode([range.lowerBound, range.upperBound])
        }

        /// Its form in a configuration.
        static let schema = Schema.list(of: .number(-1e6...1e6), count: 2...2)
    }
}

// MARK: Codable

extension Distribution: Codable {
    private enum CodingKeys: String, CodingKey { case normal, uniform, lognormal }

    /// Reads any of the four forms.
    public init(from decoder: any Decoder) throws {
        guard let form = try? decoder.container(keyedBy: CodingKeys.self) else {
            self = .constant(try decoder.singleValueContainer().decode(Double.self))
            return
        }
        if form.contains(.normal) {
            self = .normal(try form.decode(Normal.self, forKey: .normal))
        } else if form.contains(.lognormal) {
            self = .lognormal(try form.decode(Lognormal.self, forKey: .lognormal))
        } else {
            self = .uniform(try form.decode(Distribution.Bounds.self, forKey: .uniform).range)
        }
    }

    /// Writes the form that it was read from.
    public func encode(to encoder: any Encoder) throws {
        if case .constant(let value) = self {
            var single = encoder.singleValueContainer()
            return try single.encode(value)
        }
        var form = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .constant: break
        case .uniform(let range): try form.encode(Distribution.Bounds(range), forKey: .uniform)
        case .normal(let normal): try form.encode(normal, forKey: .normal)
        case .lognormal(let shape): try form.encode(shape, forKey: .lognormal)
        }
    }
}

extension Distribution.Normal: Codable {
    private enum CodingKeys: String, CodingKey { case mean, sd, clip }

    /// Reads and checks.
    public init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            mean: form.decode(Double.self, forKey: .mean), deviation: form.decode(Double.self, forKey: .sd),
            clip: form.decode(Distribution.Bounds.self, forKey: .clip).range)
    }

    /// Writes mean, sd and clip.
    public func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: CodingKeys.self)
        try form.encode(mean, forKey: .mean)
        try form.encode(deviation, forKey: .sd)
        try form.encode(Distribution.Bounds(clip), forKey: .clip)
    }
}

extension Distribution.Lognormal: Codable {
    private enum CodingKeys: String, CodingKey {
        case median, clip
        case logDeviation = "log_sd"
    }

    /// Reads and checks.
    public init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            median: form.decode(Double.self, forKey: .median),
            logDeviation: form.decode(Double.self, forKey: .logDeviation),
            clip: form.decode(Distribution.Bounds.self, forKey: .clip).range)
    }

    /// Writes median, log_sd and clip.
    public func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: CodingKeys.self)
        try form.encode(median, forKey: .median)
        try form.encode(logDeviation, forKey: .logDeviation)
        try form.encode(Distribution.Bounds(clip), forKey: .clip)
    }
}
