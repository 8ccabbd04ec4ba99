import Core
import Foundation

/// A JSON document: what a checked YAML document becomes, and what our own JSON files are made of.
public enum JSONValue: Sendable, Hashable {
    /// Named members.
    case object([String: JSONValue])
    /// A sequence.
    case array([JSONValue])
    /// Text.
    case string(String)
    /// A finite number that is not whole, or was written with a point.
    case number(Double)
    /// A whole number.
    case integer(Int)
    /// true or false.
    case bool(Bool)
    /// Nothing.
    case null

    /// The member of an object; nil for anything else.
    public subscript(key: String) -> JSONValue? {
        get { if case .object(let members) = self { members[key] } else { nil } }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The document with the members of `other` laid over its own; anything but an object is replaced.
    public func overlaid(with other: JSONValue) -> JSONValue {
        guard case .object(let mine) = self, case .object(let theirs) = other else { return other }
        return .object(mine.merging(theirs) { $0.overlaid(with: $1) })
    }

    /// The document with every key of every object renamed.
    public func renamingKeys(_ rename: (String) -> String) -> JSONValue {
        switch self {
        case .object(let members):
            .object(
                members.reduce(into: [:]) { $0[rename($1.key)] = $1.value.renamingKeys(rename) })
        case .array(let items): .array(items.map { $0.renamingKeys(rename) })
        default: self
        }
    }
}

// MARK: - Codable

extension JSONValue: Codable {
    /// Makes the document that encodes a value.
    public init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }

    /// Decodes a value from the document.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(text().utf8))
    }

    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else {
            self = .null
        }
    }

    /// Writes any JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .null: try container.encodeNil()
        }
    }
}

// MARK: - Text

extension JSONValue {
    /// The document as text: keys sorted, numbers in their shortest form, so that equal documents have equal bytes.
    ///
    /// - Parameter pretty: one member a line, indented by two spaces.
    public func text(pretty: Bool = false) -> String {
        var result = ""
        write(into: &result, indent: pretty ? "\n" : nil)
        return result
    }

    private func write(into text: inout String, indent: String?) {
        switch self {
        case .object(let members):
            let sorted = members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
            JSONValue.write(sorted, "{", "}", into: &text, indent: indent) { member, text, indent in
                text += JSONValue.quoted(member.key) + (indent == nil ? ":" : ": ")
                member.value.write(into: &text, indent: indent)
            }
        case .array(let items):
            let isFlat = items.allSatisfy {
                if case .object = $0 { false } else if case .array = $0 { false } else { true }
            }
            JSONValue.write(items, "[", "]", into: &text, indent: isFlat ? nil : indent) { item, text, indent in
                item.write(into: &text, indent: indent)
            }
        case .string(let value): text += JSONValue.quoted(value)
        case .number(let value): text += JSONValue.shortest(value)
        case .integer(let value): text += String(value)
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func write<Item>(
        _ items: [Item], _ open: String, _ close: String, into text: inout String, indent: String?,
        each: (Item, inout String, String?) -> Void
    ) {
        let inner = indent.map { $0 + "  " }
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            text += inner ?? ""
            each(item, &text, inner)
        }
        if !items.isEmpty { text += indent ?? "" }
        text += close
    }

    /// A number in the shortest decimal form that reads back as itself.
    static func shortest(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    /// Text between quotation marks, escaped as JSON asks (and YAML understands).
    static func quoted(_ value: String) -> String {
        value.unicodeScalars.reduce(into: "\"") { text, scalar in
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        } + "\""
    }
}
