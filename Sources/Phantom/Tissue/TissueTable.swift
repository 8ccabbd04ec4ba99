import Core

/// Relaxation times and proton densities of the tissues at one field strength.
public struct TissueTable: Sendable, Hashable {
    /// How one tissue relaxes.
    public struct Relaxation: Sendable, Hashable, Codable {
        /// Longitudinal relaxation time in ms.
        public var t1MS: Double
        /// Transverse relaxation time in ms.
        public var t2MS: Double
        /// Transverse relaxation time with the dephasing within a voxel, in ms.
        public var t2StarMS: Double
        /// Proton density, 0 to 1 of water.
        public var density: Double
        /// Chemical shift from water in Hz.
        public var shiftHz: Double
        /// Where the numbers come from.
        public var source: String

        /// Makes values; T2* is at most T2.
        public init(
            t1MS: Double, t2MS: Double, t2StarMS: Double? = nil, density: Double, shiftHz: Double = 0,
            source: String = ""
        ) {
            self.t1MS = t1MS
            self.t2MS = t2MS
            self.t2StarMS = min(t2StarMS ?? t2MS, t2MS)
            self.density = density
            self.shiftHz = shiftHz
            self.source = source
        }
    }

    /// Field strength in tesla.
    public var fieldT: Double
    /// Values by `Tissue.rawValue`.
    private var relaxations: [Relaxation]

    init(fieldT: Double, relaxations: [Relaxation]) {
        self.fieldT = fieldT
        self.relaxations = relaxations
    }

    /// Makes a table.
    ///
    /// - Throws: `CineError` that names a tissue without values.
    public init(fieldT: Double, _ values: [Tissue: Relaxation]) throws {
        self.fieldT = fieldT
        relaxations = try Tissue.allCases.map { tissue in
            if let relaxation = values[tissue] { return relaxation }
            guard tissue == .air else {
                throw CineError(.badData, "expected values for every tissue, \(tissue.name) has none; add it")
            }
            return Relaxation(t1MS: 1000, t2MS: 1, density: 0, source: "gives no signal")
        }
    }

    /// The values of a tissue.
    public subscript(tissue: Tissue) -> Relaxation {
        get { relaxations[Int(tissue.rawValue)] }
        set { relaxations[Int(tissue.rawValue)] = newValue }
    }

    /// The table of one patient.
    ///
    /// - Throws: `CineError` when a factor names no tissue.
    public func applying(_ factors: [String: PatientParameters.TissueFactor]) throws -> TissueTable {
        var table = self
        for (name, factor) in factors {
            guard let tissue = Tissue.allCases.first(where: { $0.name == name }) else {
                throw CineError(
                    .badData,
                    "no tissue is called \(name); there are \(Tissue.allCases.map(\.name).joined(separator: ", "))")
            }
            table[tissue].t1MS *= factor.t1
            table[tissue].t2MS *= factor.t2
            table[tissue].t2StarMS *= factor.t2
            table[tissue].density = min(table[tissue].density * factor.density, 1)
        }
        return table
    }
}

// MARK: Codable

extension TissueTable: Codable {
    private enum CodingKeys: String, CodingKey {
        case tissues
        case fieldT = "field_t"
    }

    /// Reads a table with a value for every tissue but air.
    public init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: CodingKeys.self)
        let named = try form.decode([String: Relaxation].self, forKey: .tissues)
        let values = try named.map { name, relaxation in
            guard let tissue = Tissue.allCases.first(where: { $0.name == name }) else {
                throw CineError(.badData, "no tissue is called \(name)")
            }
            return (tissue, relaxation)
        }
        try self.init(
            fieldT: form.decode(Double.self, forKey: .fieldT), Dictionary(uniqueKeysWithValues: values))
    }

    /// Writes all tissues by name.
    public func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: CodingKeys.self)
        try form.encode(fieldT, forKey: .fieldT)
        try form.encode(
            Dictionary(uniqueKeysWithValues: Tissue.allCases.map { ($0.name, self[$0]) }), forKey: .tissues)
    }

    /// The form of a tissue file.
    public static let schema = Schema.object([
        Schema.Property("field_t", .number(0.05...14), required: true, "Field strength in tesla"),
        Schema.Property(
            "tissues",
            .object(
                Tissue.allCases.map {
                    Schema.Property($0.name, Relaxation.schema, required: $0 != .air, "Values of \($0.name)")
                }),
            required: true, "Relaxation times and proton density by tissue"),
    ])
}

extension TissueTable.Relaxation {
    private enum CodingKeys: String, CodingKey {
        case density, source
        case t1MS = "t1_ms"
        case t2MS = "t2_ms"
        case t2StarMS = "t2_star_ms"
        case shiftHz = "shift_hz"
    }

    /// Reads the values; T2* defaults to T2, the shift to 0.
    public init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            t1MS: form.decode(Double.self, forKey: .t1MS), t2MS: form.decode(Double.self, forKey: .t2MS),
            t2StarMS: form.decodeIfPresent(Double.self, forKey: .t2StarMS),
            density: form.decode(Double.self, forKey: .density),
            shiftHz: form.decodeIfPresent(Double.self, forKey: .shiftHz) ?? 0,
            source: form.decode(String.self, forKey: .source))
    }

    static let schema = Schema.object([
        Schema.Property("t1_ms", .number(1...10_000), required: true, "Longitudinal relaxation time in ms"),
        Schema.Property("t2_ms", .number(0.1...10_000), required: true, "Transverse relaxation time in ms"),
        Schema.Property("t2_star_ms", .number(0.1...10_000), "The same with the dephasing within a voxel, in ms"),
        Schema.Property("density", .number(0...1), required: true, "Proton density, 1 for water"),
        Schema.Property("shift_hz", .number(-5000...5000), "Chemical shift from water in Hz"),
        Schema.Property("source", .text, required: true, "Where the numbers come from"),
    ])
}
