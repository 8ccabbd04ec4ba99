import Core
import Datasets
import Testing

@Suite("Strict YAML") struct StrictYAMLTests {
    private static let schema = Schema.object([
        Schema.Property("text", .text, ""), Schema.Property("number", .number(-1e6...1e6), ""),
        Schema.Property("integer", .integer(-1000...1000), ""), Schema.Property("flag", .flag, ""),
        Schema.Property("list", .list(of: .number(0...10), count: 1...3), ""),
        Schema.Property("object", .object([Schema.Property("a", .integer(0...9), "")]), ""),
        Schema.Property("either", .either([.choice(["none"]), .number(0...1)]), ""),
        Schema.Property("map", .map(of: .integer(0...9)), ""),
    ])

    private func json(_ text: String) throws -> String {
        try ConfigDocument(text: text, name: "f.yml").json(schema: Self.schema).text()
    }

    @Test(
        "What is plain becomes JSON",
        arguments: [
            ("text: hello", #"{"text":"hello"}"#), ("text: 'don''t # stop'", #"{"text":"don't # stop"}"#),
            (#"text: "12""#, #"{"text":"12"}"#), ("number: -1.5e-3", #"{"number":-0.0015}"#),
            ("number: 2.0", #"{"number":2}"#), ("integer: 7 # days", #"{"integer":7}"#),
            ("flag: true", #"{"flag":true}"#),
            ("list: [1, 2.5]", #"{"list":[1,2.5]}"#), ("list:\n  - 1\n  - 2", #"{"list":[1,2]}"#),
            ("object: {a: 1}", #"{"object":{"a":1}}"#), ("either: none", #"{"either":"none"}"#),
            ("either: 0.5", #"{"either":0.5}"#), (#"{"flag": false, "list": [3]}"#, #"{"flag":false,"list":[3]}"#),
            ("map: {x: 1, y-z: 2}", #"{"map":{"x":1,"y-z":2}}"#), ("text: a & b * c ! d", #"{"text":"a & b * c ! d"}"#),
        ])
    func accepted(yaml: String, expected: String) throws { #expect(try json(yaml) == expected) }

    @Test(
        "What is clever is refused with its line",
        arguments: [
            ("number: 1\nlist: &a [1]\n", "f.yml:2: anchors"), ("list: *a", "f.yml:1: aliases"),
            ("\n\nnumber: !!float 1", "f.yml:3: tags"), ("object:\n  <<: {a: 1}", "f.yml:2: merge keys"),
            ("text: |\n  long", "f.yml:1: block text"), ("text: >-\n  long", "f.yml:1: block text"),
            ("? text\n: x", "f.yml:1: complex keys"), ("%YAML 1.2\n---\ntext: x", "f.yml:1: directives"),
            ("text: a\nflag: true\ntext: b", "key `text` is written twice"),
            ("text: a\n---\ntext: b", "not valid YAML"),
            ("text: [a", "not valid YAML"), ("\ttext: a", "f.yml:1: not valid YAML"),
            ("", "f.yml: the document is empty"),
            ("object: {a: 010}", "expected a whole number from 0 to 9, found `010`"), ("number: 1:30", "found `1:30`"),
            ("number: .nan", "found `.nan`"), ("number: .inf", "found `.inf`"), ("number: 0x10", "found `0x10`"),
            ("number: +1", "found `+1`"), ("number: 1e999", "found `1e999`"), ("number: '1'", "found `1`"),
            ("flag: yes", "expected true or false, found `yes`"), ("text: 12", "in quotes"), ("text:", "found nothing"),
            ("list: 1", "expected a list of 1 to 3 items"), ("list: []", "expected 1 to 3 items, found 0"),
            ("object: 1", "expected a mapping"), ("{? [a, b] : 1}", "complex keys"), ("- 1", "found a list of 1"),
        ])
    func refused(yaml: String, message: String) {
        let failure = failure { _ = try json(yaml) }
        #expect(failure?.kind == .badData)
        #expect(failure?.message.contains(message) ?? false, "\(failure?.message ?? "accepted")")
    }

    @Test("An alias bomb is refused before it is built")
    func bomb() {
        let levels = (1...40).map { "b\($0): &b\($0) [*b\($0 - 1), *b\($0 - 1)]" }
        let failure = failure { _ = try json("b0: &b0 [1]\n" + levels.joined(separator: "\n")) }
        #expect(failure?.message.hasPrefix("f.yml:1: anchors") ?? false)
    }

    @Test("Documents that are too large or too deep are refused")
    func limits() {
        let large = failure { _ = try json("text: " + String(repeating: "x", count: 1 << 20)) }
        #expect(large?.message.contains("at most 1048576") ?? false)
        for depth in [40, 100_000] {
            let deep = failure {
                _ = try json(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
            }
            #expect(deep?.kind == .badData)
        }
        let dashes = failure { _ = try json(String(repeating: "- ", count: 400_000) + "x") }
        #expect(dashes?.kind == .badData)
    }

    @Test("All problems are reported at once, the first five in full")
    func collects() {
        let failure = failure { _ = try json("a: 1\nb: 1\nflag: 3\nlist: 1\nobject: {q: 1}\nc: 1\nd: 1") }
        let lines = failure?.message.split(separator: "\n") ?? []
        #expect(lines.count == 6)
        #expect(lines.first?.hasPrefix("f.yml:1: unknown key `a`; expected one of text, number") ?? false)
        #expect(lines.last == "f.yml: and 2 more")
    }

    @Test("Any bytes give a document or an error, never a crash")
    func fuzz() {
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        let pieces = [
            "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", "\"", "'", "#", ",", "&", "*", "!", "|", "\\", "é", "?",
            "\t", "0",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...24, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            _ = try? json(text)
        }
    }
}

@Suite("Overrides") struct OverrideTests {
    private static let schema = Schema.object([
        Schema.Property("a", .object([Schema.Property("b", .number(0...10), "")]), ""),
        Schema.Property("list", .list(of: .object([Schema.Property("n", .integer(0...9), "")]), count: 0...9), ""),
    ])

    private func json(_ override: String) throws -> String {
        var document = try ConfigDocument(text: "list: [{n: 1}, {n: 2}]", name: "f.yml")
        try document.tree.apply(override: override)
        return try document.json(schema: Self.schema).text()
    }

    @Test("A key is set, made or replaced")
    func sets() throws {
        #expect(try json("a.b=3") == #"{"a":{"b":3},"list":[{"n":1},{"n":2}]}"#)
        #expect(try json("list.1.n=5") == #"{"list":[{"n":1},{"n":5}]}"#)
        #expect(try json("list=[{n: 7}]") == #"{"list":[{"n":7}]}"#)
    }

    @Test(
        "What leads nowhere or does not fit names the option",
        arguments: [
            ("a.b", CineError.Kind.usage, "expected key=value"), ("=1", .usage, "expected key=value"),
            ("list.7.n=1", .usage, "no item"), ("list.0.n.x=1", .usage, "leads nowhere"),
            ("a..b=1", .usage, "empty part"),
            ("a.b=x", .badData, "--set a.b=x: `a.b`: expected a number from 0 to 10"),
            ("a.c=1", .badData, "--set a.c=1: unknown key `c` in `a`"),
        ])
    func refuses(option: String, kind: CineError.Kind, message: String) {
        let failure = failure { _ = try json(option) }
        #expect(failure?.kind == kind)
        #expect(failure?.message.contains(message) ?? false, "\(failure?.message ?? "accepted")")
    }
}
