import Core

extension Cohort {
    /// The form of a cohort file.
    public static let schema = Schema.object([
        Schema.Property("group", .text, required: true, "Group of the patients: NOR, DCM, HCM, MINF, ARV or your own"),
        Schema.Property("summary", .text, required: true, "One sentence on who they are"),
        Schema.Property("female_share", .number(0...1), required: true, "Share of women"),
        Schema.Property(
            "rhythms", weights(PatientParameters.Rhythm.Kind.self), "Relative frequency of the rhythms"),
        Schema.Property("hypertrophy", weights(Hypertrophy.self), "Relative frequency of the forms of hypertrophy"),
        Schema.Property("infarcts", weights(CoronaryTerritory.self), "Relative frequency of the infarcted territories"),
        Schema.Property("blocks", .list(of: block, count: 1...100), required: true, "Numbers with their sources"),
    ])

    private static let block = Schema.object([
        Schema.Property("source", .text, required: true, "Where the numbers come from"),
        Schema.Property("for", .choice(Sex.allCases.map(\.rawValue)), "Whom they are for; left out, for all"),
        Schema.Property(
            "values",
            .object(
                Variable.allCases.map {
                    Schema.Property($0.rawValue, Distribution.schema, "How \($0.rawValue) varies")
                }),
            "How values vary: a number, or a uniform, normal or lognormal distribution"),
        Schema.Property(
            "limits",
            .object(
                PatientParameters.limits.map {
                    Schema.Property($0.name, Distribution.Bounds.schema, "Lowest and highest \($0.name)")
                }),
            "Limits that define the group; a patient outside is drawn again"),
        Schema.Property(
            "correlations",
            .list(
                of: .list(
                    of: .either([.choice(Variable.allCases.map(\.rawValue)), .number(-1...1)]), count: 3...3),
                count: 0...1000),
            "Which values vary together: two names and a coefficient"),
    ])

    private static func weights<Kind>(_ kind: Kind.Type) -> Schema
    where Kind: CaseIterable & RawRepresentable, Kind.RawValue == String {
        .object(
            kind.allCases.map { Schema.Property($0.rawValue, .number(0...1e6), "Relative frequency of \($0.rawValue)") }
        )
    }
}
