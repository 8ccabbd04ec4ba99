import Datasets
import Foundation
import Testing

@Suite("JSON") struct JSONValueTests {
    @Test("Equal documents have equal text, keys sorted by code")
    func canonical() {
        let value = JSONValue.object([
            "b": .number(1), "a": .array([.number(0.1), .integer(2), .null]), "Z": .bool(true), "é": "x\n\"\u{1}",
        ])
        #expect(value.text() == #"{"Z":true,"a":[0.1,2,null],"b":1,"é":"x\n\"\u0001"}"#)
        #expect(value.text(pretty: true).contains("\n  \"a\": [0.1,2,null],\n"))
    }

    @Test(
        "Numbers read back as themselves",
        arguments: [0.1, 1e-300, 123456789.123456789, -0.5, 1e300, 3, -0.0, 1 / 3] as [Double])
    func numbers(value: Double) throws {
        let text = JSONValue.array([.number(value)]).text()
        let back = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
        #expect(back == [value])
    }

    @Test("Laying over replaces members, deeply")
    func overlay() {
        let base = JSONValue.object(["a": .object(["x": .integer(1), "y": .integer(2)]), "b": .integer(3)])
        let top = JSONValue.object(["a": .object(["y": .integer(5)]), "c": .null])
        #expect(base.overlaid(with: top).text() == #"{"a":{"x":1,"y":5},"b":3,"c":null}"#)
    }
}
