import Core

extension Schema {
    /// What may stand there, in words: "a number from 0.5 to 10".
    var expectation: String {
        switch self {
        case .object(let properties):
            "a mapping with keys such as \(properties.prefix(3).map(\.name).joined(separator: ", "))"
        case .map: "a mapping"
        case .list(let element, let count):
            "a list of \(Schema.words(for: count, of: "item")), each \(element.expectation)"
        case .number(let range): "a number" + Schema.words(range.lowerBound, range.upperBound)
        case .integer(let range): "a whole number" + Schema.words(Double(range.lowerBound), Double(range.upperBound))
        case .text: "text (in quotes when it looks like a number)"
        case .flag: "true or false"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .either(let alternatives): alternatives.map(\.expectation).joined(separator: ", or ")
        }
    }

    /// "3 items", "1 to 4 items", "at least 1 item".
    static func words(for count: ClosedRange<Int>, of noun: String) -> String {
        switch (count.lowerBound, count.upperBound) {
        case (let low, let high) where low == high: "\(low) \(noun)\(low == 1 ? "" : "s")"
        case (let low, .max): "at least \(low) \(noun)\(low == 1 ? "" : "s")"
        case (let low, let high): "\(low) to \(high) \(noun)s"
        }
    }

    private static func words(_ low: Double, _ high: Double) -> String {
        let unlimited = 1e15
        return switch (low > -unlimited, high < unlimited) {
        case (true, true): " from \(Words.number(low)) to \(Words.number(high))"
        case (true, false): " of at least \(Words.number(low))"
        case (false, true): " of at most \(Words.number(high))"
        case (false, false): ""
        }
    }

    /// Whether a part of a document looks as if it was meant to fit: a mapping with a key of ours, a list, a scalar.
    func resembles(_ tree: YAMLTree) -> Bool {
        switch (self, tree.content) {
        case (.object(let properties), .mapping(let entries)):
            entries.contains { entry in properties.contains { $0.name == entry.key } }
        case (.map, .mapping), (.list, .sequence): true
        case (.either(let alternatives), _): alternatives.contains { $0.resembles(tree) }
        case (.object, _), (.map, _), (.list, _), (_, .mapping), (_, .sequence): false
        case (_, .scalar): true
        }
    }
}

extension YAMLTree {
    /// "a mapping", "a list" or the scalar itself.
    var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence(let items): "a list of \(items.count)"
        case .scalar(let text, _): text.isEmpty ? "nothing" : "`\(text.prefix(40))`"
        }
    }
}
