import Core
import Foundation

/// A YAML document on its way to a typed value.
public struct ConfigDocument: Sendable {
    /// How errors call the document.
    public let name: String
    /// What was written.
    public var tree: YAMLTree

    /// Parses text.
    ///
    /// - Throws: as `StrictYAML.parse`.
    public init(text: String, name: String) throws {
        self.name = name
        tree = try StrictYAML.parse(text, name: name)
    }

    /// Reads a file.
    ///
    /// - Throws: `CineError` of kind `noInput` when the file cannot be read, else as `StrictYAML.parse`.
    public init(contentsOf url: URL) throws {
        let name = url.lastPathComponent
        guard let data = try? Data(contentsOf: url) else {
            throw CineError(
                .noInput, "cannot read \(url.relativePath): expected a YAML file that is there and may be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CineError(.badData, "\(name): not UTF-8 text")
        }
        try self.init(text: text, name: name)
    }

    /// The document as JSON that fits a schema.
    ///
    /// - Throws: `CineError` of kind `badData` that names line, expectation and nearest key of the first five problems.
    public func json(schema: Schema) throws -> JSONValue { try SchemaCheck.json(of: tree, schema: schema, name: name) }

    /// The line of a key, or of the nearest part above it, for messages about what a schema cannot say.
    public func line(of path: [String]) -> Int {
        var tree = tree
        var line = 1
        for key in path {
            switch tree.content {
            case .mapping(let entries):
                guard let entry = entries.first(where: { $0.key == key }) else { return line }
                tree = entry.value
                if case .line(let number) = entry.place { line = number }
            case .sequence(let items):
                guard let index = Int(key), items.indices.contains(index) else { return line }
                tree = items[index]
                if case .line(let number) = tree.place { line = number }
            case .scalar: return line
            }
        }
        return line
    }
}
