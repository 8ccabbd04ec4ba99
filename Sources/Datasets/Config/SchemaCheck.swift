import Core

/// Checks a parsed document against a schema and turns it into JSON; collects every problem on the way.
struct SchemaCheck {
    /// One thing that is wrong, with its place.
    struct Problem {
        let place: YAMLTree.Place
        let message: String
    }

    private(set) var problems: [Problem] = []

    /// The JSON of a document that fits.
    ///
    /// - Parameter name: how errors call the document.
    /// - Throws: `CineError` of kind `badData`: one line for each of the first five problems.
    static func json(of tree: YAMLTree, schema: Schema, name: String) throws -> JSONValue {
        var check = SchemaCheck()
        let value = check.value(of: tree, schema: schema, path: "")
        guard check.problems.isEmpty else { throw CineError(.badData, check.report(name: name)) }
        return value
    }

    private func report(name: String) -> String {
        let lines = problems.prefix(5).map { problem in
            switch problem.place {
            case .line(let line): "\(name):\(line): \(problem.message)"
            case .option(let option): "\(option): \(problem.message)"
            }
        }
        let rest = problems.count - lines.count
        return (lines + (rest > 0 ? ["\(name): and \(rest) more"] : [])).joined(separator: "\n")
    }

    // MARK: - By kind

    private mutating func value(of tree: YAMLTree, schema: Schema, path: String) -> JSONValue {
        switch (schema, tree.content) {
        case (.object(let properties), .mapping(let entries)):
            return object(entries, properties: properties, tree: tree, path: path)
        case (.map(let element), .mapping(let entries)):
            return .object(
                entries.reduce(into: [:]) {
                    $0[$1.key] = value(of: $1.value, schema: element, path: join(path, $1.key))
                })
        case (.list(let element, let count), .sequence(let items)):
            if !count.contains(items.count) {
                note(tree, path, "expected \(Schema.words(for: count, of: "item")), found \(items.count)")
            }
            return .array(items.map { value(of: $0, schema: element, path: path) })
        case (.either(let alternatives), _):
            return either(alternatives, tree: tree, path: path)
        case (_, .scalar(let text, let isQuoted)):
            if let value = scalar(text, isQuoted: isQuoted, schema: schema) { return value }
            let isEmpty = !isQuoted && ["", "~", "null"].contains(text)
            if case .choice(let words) = schema, !isEmpty {
                note(tree, path, "unknown word `\(text.prefix(40))`" + Nearest.advice(for: text, among: words))
            } else {
                note(
                    tree, path, "expected \(schema.expectation), found \(isEmpty ? "nothing" : "`\(text.prefix(40))`")")
            }
            return .null
        default:
            note(tree, path, "expected \(schema.expectation), found \(tree.kind)")
            return .null
        }
    }

    private mutating func object(
        _ entries: [YAMLTree.Entry], properties: [Schema.Property], tree: YAMLTree, path: String
    ) -> JSONValue {
        let names = properties.map(\.name)
        var members: [String: JSONValue] = [:]
        for entry in entries {
            if let property = properties.first(where: { $0.name == entry.key }) {
                members[entry.key] = value(of: entry.value, schema: property.schema, path: join(path, entry.key))
            } else {
                let owner = path.isEmpty ? "" : " in `\(path)`"
                problems.append(
                    Problem(
                        place: entry.place,
                        message: "unknown key `\(entry.key.prefix(40))`\(owner)"
                            + Nearest.advice(for: entry.key, among: names)))
            }
        }
        for property in properties where property.isRequired && !entries.contains(where: { $0.key == property.name }) {
            note(tree, path, "key `\(property.name)` is missing: \(property.schema.expectation)")
        }
        return .object(members)
    }

    private mutating func either(_ alternatives: [Schema], tree: YAMLTree, path: String) -> JSONValue {
        var closest: [SchemaCheck] = []
        for alternative in alternatives {
            var attempt = SchemaCheck()
            let value = attempt.value(of: tree, schema: alternative, path: path)
            if attempt.problems.isEmpty { return value }
            if alternative.resembles(tree) { closest.append(attempt) }
        }
        if closest.count == 1 {
            problems += closest[0].problems
        } else {
            note(tree, path, "expected \(Schema.either(alternatives).expectation), found \(tree.kind)")
        }
        return .null
    }

    private func scalar(_ text: String, isQuoted: Bool, schema: Schema) -> JSONValue? {
        switch schema {
        case .number(let range):
            guard !isQuoted, Decimal.isNumber(text), let value = Double(text), range.contains(value) else { return nil }
            return Int(text).map(JSONValue.integer) ?? .number(value)
        case .integer(let range):
            guard !isQuoted, Decimal.isNumber(text), let value = Int(text), range.contains(value) else { return nil }
            return .integer(value)
        case .flag:
            return isQuoted ? nil : text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .choice(let words):
            return words.contains(text) ? .string(text) : nil
        case .text:
            let isOther = ["", "~", "null", "true", "false"].contains(text) || Decimal.isNumber(text)
            return isOther && !isQuoted || text.isEmpty ? nil : .string(text)
        default:
            return nil
        }
    }

    // MARK: - Small things

    private mutating func note(_ tree: YAMLTree, _ path: String, _ message: String) {
        problems.append(Problem(place: tree.place, message: path.isEmpty ? message : "`\(path)`: \(message)"))
    }

    private func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// The one way to write a number: decimal, without leading zeros, sexagesimals or words for infinity.
enum Decimal {
    /// Whether text is a plain decimal number: `-1.5e-3`, but neither `010`, `1:30`, `.5`, `+1` nor `.nan`.
    static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
    }
}
