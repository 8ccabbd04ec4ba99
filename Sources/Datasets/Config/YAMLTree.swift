/// A parsed YAML document that still knows where each part stood.
public struct YAMLTree: Sendable {
    /// What a part of the document is.
    public enum Content: Sendable {
        /// Keys with their values.
        case mapping([Entry])
        /// A sequence.
        case sequence([YAMLTree])
        /// One word, number or text; quoted ones are always text.
        case scalar(String, isQuoted: Bool)
    }

    /// One key with its value.
    public struct Entry: Sendable {
        /// The key.
        public var key: String
        /// Where the key stands.
        public var place: Place
        /// What stands there.
        public var value: YAMLTree
    }

    /// Where a part of the document comes from.
    public enum Place: Sendable, Hashable {
        /// A line of the file, from 1.
        case line(Int)
        /// An option of the command line.
        case option(String)
    }

    /// What it is.
    public var content: Content
    /// Where it stands.
    public var place: Place

    /// Makes a part of a document.
    public init(_ content: Content, at place: Place) {
        self.content = content
        self.place = place
    }
}
