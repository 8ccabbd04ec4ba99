/// The shape of a configuration: one description that checks a YAML document and prints a JSON Schema.
public indirect enum Schema: Sendable {
    /// Named entries; a name that is not listed is an error.
    case object([Property])
    /// Entries whose names the user chooses.
    case map(of: Schema)
    /// A sequence.
    case list(of: Schema, count: ClosedRange<Int>)
    /// A finite decimal number within a range.
    case number(ClosedRange<Double>)
    /// A whole decimal number within a range.
    case integer(ClosedRange<Int>)
    /// Text.
    case text
    /// true or false.
    case flag
    /// One of some words.
    case choice([String])
    /// The first alternative that fits.
    case either([Schema])

    /// One entry of an object.
    public struct Property: Sendable {
        /// Key, in snake case, with its unit: `slice_thickness_mm`.
        public let name: String
        /// What may stand there.
        public let schema: Schema
        /// Whether the entry may be left out.
        public let isRequired: Bool
        /// One sentence for the user.
        public let summary: String

        /// Describes one entry.
        public init(_ name: String, _ schema: Schema, required: Bool = false, _ summary: String) {
            self.name = name
            self.schema = schema
            self.isRequired = required
            self.summary = summary
        }
    }
}
