import Core

/// Writes JSON as readable YAML: keys in the schema's order, lists of plain values on one line.
public enum YAMLPrinter {
    /// The document as YAML that `StrictYAML` and `schema` read back to the same document.
    public static func text(_ value: JSONValue, schema: Schema) -> String {
        var lines: [String] = []
        write(value, schema: schema, indent: "", into: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func write(_ value: JSONValue, schema: Schema?, indent: String, into lines: inout [String]) {
        switch value {
        case .object(let members):
            for (key, member) in ordered(members, schema: schema) {
                if let plain = inline(member) {
                    lines.append("\(indent)\(word(key)): \(plain)")
                } else {
                    lines.append("\(indent)\(word(key)):")
                    write(member, schema: part(key, of: schema), indent: indent + "  ", into: &lines)
                }
            }
        case .array(let items):
            for item in items {
                var inner: [String] = []
                write(item, schema: element(of: schema), indent: indent + "  ", into: &inner)
                if let first = inner.first { inner[0] = indent + "- " + first.dropFirst(indent.count + 2) }
                lines += inner
            }
        default:
            lines.append(indent + (inline(value) ?? ""))
        }
    }

    private static func inline(_ value: JSONValue) -> String? {
        switch value {
        case .object(let members): members.isEmpty ? "{}" : nil
        case .array(let items):
            items.allSatisfy { inline($0) != nil } ? "[" + items.compactMap(inline).joined(separator: ", ") + "]" : nil
        case .string(let text): word(text)
        default: value.text()
        }
    }

    private static func word(_ text: String) -> String {
        let isPlain =
            text.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.\/-]*/) != nil && !["null", "true", "false"].contains(text)
        return isPlain ? text : JSONValue.quoted(text)
    }

    // MARK: - Order of keys

    private static func ordered(_ members: [String: JSONValue], schema: Schema?) -> [(key: String, value: JSONValue)] {
        var rank: [String: Int] = [:]
        if case .object(let properties) = schema {
            for (index, property) in properties.enumerated() { rank[property.name] = index }
        }
        return members.sorted { a, b in
            let (first, second) = (rank[a.key] ?? .max, rank[b.key] ?? .max)
            return first == second ? a.key < b.key : first < second
        }
    }

    private static func part(_ key: String, of schema: Schema?) -> Schema? {
        switch schema {
        case .object(let properties): properties.first { $0.name == key }?.schema
        case .map(let element): element
        default: nil
        }
    }

    private static func element(of schema: Schema?) -> Schema? {
        if case .list(let element, _) = schema { element } else { nil }
    }
}
