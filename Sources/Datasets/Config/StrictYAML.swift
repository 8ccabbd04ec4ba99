import Core
import Yams

/// Reads YAML (and so JSON) with nothing but mappings, sequences and plain or quoted scalars.
public enum StrictYAML {
    /// Largest document in bytes.
    public static let largestSize = 1 << 20
    /// Deepest nesting.
    public static let deepest = 16

    /// Parses a document.
    ///
    /// - Parameter text: the document.
    /// - Parameter name: how errors call the document: `recipe.yml`.
    /// - Throws: `CineError` of kind `badData` with the line and what to write instead: for syntax errors, anchors,
    ///   aliases, tags, merge keys, block text, repeated keys, more than one document, and what is too large or deep.
    public static func parse(_ text: String, name: String) throws -> YAMLTree {
        guard text.utf8.count <= largestSize else {
            throw CineError(.badData, "\(name): \(text.utf8.count) bytes; a document has at most \(largestSize)")
        }
        if let problem = YAMLGuard.firstProblem(in: text) {
            throw CineError(.badData, "\(name):\(problem.line): \(problem.message)")
        }
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw CineError(.badData, "\(name)\(describe(error))")
        }
        guard let root else { throw CineError(.badData, "\(name): the document is empty") }
        return try tree(root, name: name, depth: 1)
    }

    private static func tree(_ node: Node, name: String, depth: Int) throws -> YAMLTree {
        let line = node.mark?.line ?? 1
        guard depth <= deepest else {
            throw CineError(.badData, "\(name):\(line): nested more than \(deepest) deep")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLTree(.scalar(scalar.string, isQuoted: scalar.style != .plain), at: .line(line))
        case .sequence(let items):
            return YAMLTree(
                .sequence(try items.map { try tree($0, name: name, depth: depth + 1) }), at: .line(line))
        case .mapping(let members):
            let entries = try members.map { key, value in
                let keyLine = key.mark?.line ?? line
                guard case .scalar(let scalar) = key else {
                    throw CineError(.badData, "\(name):\(keyLine): a key must be a word")
                }
                guard scalar.string != "<<" else {
                    throw CineError(.badData, "\(name):\(keyLine): merge keys (<<) are not allowed; write the keys out")
                }
                return YAMLTree.Entry(
                    key: scalar.string, place: .line(keyLine), value: try tree(value, name: name, depth: depth + 1))
            }
            return YAMLTree(.mapping(entries), at: .line(line))
        case .alias:
            throw CineError(.badData, "\(name):\(line): aliases (*name) are not allowed; write the value out")
        }
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ":\(mark.line): not valid YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            ":\(context.mark.line): key `\(duplicates.first ?? "")` is written twice; keep one"
        case .reader(let problem, _, _, _): ": not valid YAML: \(problem)"
        default: ": not valid YAML: \(error)"
        }
    }
}
