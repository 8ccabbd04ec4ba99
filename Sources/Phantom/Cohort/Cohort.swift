import Core

/// A population: how the values of its patients vary, and together.
///
/// One YAML file each in `phantoms/`. Numbers come in blocks, each with its source, for women, men or both.
public struct Cohort: Sendable, Codable, Hashable {
    /// Group of the patients: NOR, DCM, HCM, MINF, ARV or a name of one's own.
    public var group: String
    /// One sentence on who they are.
    public var summary: String
    /// Share of women, 0 to 1.
    public var femaleShare: Double
    /// Relative frequency of the rhythms; left out, all are in sinus rhythm.
    public var rhythms: [PatientParameters.Rhythm.Kind: Double]?
    /// Relative frequency of the forms of hypertrophy; left out, walls have the healthy pattern.
    public var hypertrophy: [Hypertrophy: Double]?
    /// Relative frequency of the infarcted territories; left out, there is no infarct.
    public var infarcts: [CoronaryTerritory: Double]?
    /// Distributions, limits and correlations with their sources; later blocks replace values of earlier ones.
    public var blocks: [Block]

    /// Values with a common source.
    public struct Block: Sendable, Codable, Hashable {
        /// Where the numbers come from.
        public var source: String
        /// Whom they are for; left out, for all.
        public var sex: Sex?
        /// How values vary.
        public var values: [Variable: Distribution]?
        /// Limits that define the group, by the names of `PatientParameters.limits`; a draw outside is repeated.
        public var limits: [String: Distribution.Bounds]?
        /// Which values vary together.
        public var correlations: [Correlation]?

        private enum CodingKeys: String, CodingKey {
            case source, values, limits, correlations
            case sex = "for"
        }
    }

    /// Women or men.
    public enum Sex: String, Sendable, Codable, CaseIterable {
        /// Women.
        case women
        /// Men.
        case men
    }

    /// A correlation of two values' normal scores: `[lv_edv_ml_per_m2, lv_mass_g_per_m2, 0.6]`.
    public struct Correlation: Sendable, Hashable {
        /// One of the values.
        public let first: Variable
        /// The other.
        public let second: Variable
        /// Coefficient, -1 to 1.
        public let coefficient: Double
    }

    private enum CodingKeys: String, CodingKey {
        case group, summary, rhythms, hypertrophy, infarcts, blocks
        case femaleShare = "female_share"
    }
}

extension Cohort.Correlation: Codable {
    /// Reads a list of two names and a number.
    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        first = try list.decode(Variable.self)
        second = try list.decode(Variable.self)
        coefficient = try list.decode(Double.self)
    }

    /// Writes a list of two names and a number.
    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(first)
        try list.encode(second)
        try list.encode(coefficient)
    }
}

extension PatientParameters.Rhythm.Kind: CodingKeyRepresentable {}

/// How thick walls are spread over the ventricle.
public enum Hypertrophy: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// The septum, and less so its neighbours.
    case asymmetric
    /// All segments alike.
    case symmetric

    /// Factors on the healthy wall of the 17 AHA segments, the septum `ratio` times the others.
    func factors(ratio: Double) -> [Double] {
        guard self == .asymmetric else { return [Double](repeating: 1, count: 17) }
        let septum: Set = [2, 3, 8, 9, 14]
        let neighbors: Set = [1, 4, 7, 10, 13, 15]
        return (1...17).map { septum.contains($0) ? ratio : neighbors.contains($0) ? 1 + (ratio - 1) / 3 : 1 }
    }
}

/// The heart muscle that one coronary artery feeds.
///
/// - Reference: Cerqueira 2002, doi:10.1161/hc0402.102975 (AHA segments and territories).
public enum CoronaryTerritory: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Left anterior descending artery.
    case lad
    /// Right coronary artery.
    case rca
    /// Left circumflex artery.
    case lcx

    /// AHA segments, 1 to 17.
    public var segments: [Int] {
        switch self {
        case .lad: [1, 2, 7, 8, 13, 14, 17]
        case .rca: [3, 4, 9, 10, 15]
        case .lcx: [5, 6, 11, 12, 16]
        }
    }
}
