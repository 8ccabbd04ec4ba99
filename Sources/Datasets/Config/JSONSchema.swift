import Core

extension Schema {
    /// The schema as a JSON Schema (draft 2020-12), for editors and other programs.
    ///
    /// - Parameter title: what documents of this schema are.
    public func jsonSchema(title: String) -> JSONValue {
        JSONValue.object(["$schema": .string("https://json-schema.org/draft/2020-12/schema"), "title": .string(title)])
            .overlaid(with: jsonSchema)
    }

    private var jsonSchema: JSONValue {
        switch self {
        case .object(let properties):
            var members: [String: JSONValue] = [
                "type": "object", "additionalProperties": .bool(false),
                "properties": .object(
                    properties.reduce(into: [:]) {
                        $0[$1.name] = $1.schema.jsonSchema.overlaid(with: .object(["description": .string($1.summary)]))
                    }),
            ]
            let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { members["required"] = .array(required) }
            return .object(members)
        case .map(let element):
            return .object(["type": "object", "additionalProperties": element.jsonSchema])
        case .list(let element, let count):
            var members: [String: JSONValue] = [
                "type": "array", "items": element.jsonSchema, "minItems": .integer(count.lowerBound),
            ]
            if count.upperBound < Int.max { members["maxItems"] = .integer(count.upperBound) }
            return .object(members)
        case .number(let range):
            return Schema.limited("number", range.lowerBound, range.upperBound)
        case .integer(let range):
            return Schema.limited("integer", Double(range.lowerBound), Double(range.upperBound))
        case .text: return .object(["type": "string", "minLength": .integer(1)])
        case .flag: return .object(["type": "boolean"])
        case .choice(let words): return .object(["enum": .array(words.map { .string($0) })])
        case .either(let alternatives): return .object(["anyOf": .array(alternatives.map(\.jsonSchema))])
        }
    }

    private static func limited(_ type: String, _ low: Double, _ high: Double) -> JSONValue {
        var members: [String: JSONValue] = ["type": .string(type)]
        if low > -1e15 { members["minimum"] = .number(low) }
        if high < 1e15 { members["maximum"] = .number(high) }
        return .object(members)
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Makes text.
    public init(stringLiteral value: String) { self = .string(value) }
}
