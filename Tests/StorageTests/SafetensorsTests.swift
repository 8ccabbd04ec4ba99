import Core
import Foundation
import Testing

@testable import Storage

@Suite("Safetensors")
struct SafetensorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Writes arrays of bytes.
    private func write(
        _ arrays: [(Safetensors.Entry, [UInt8])], metadata: [String: String] = [:], to name: String
    ) throws {
        try Safetensors.write(arrays.map(\.0), metadata: metadata, to: folder.file(name)) { entry, append in
            for (other, bytes) in arrays where other == entry { try bytes.withUnsafeBytes { try append($0) } }
        }
    }

    /// Leaves a file of a header and data.
    private func leave(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> String {
        let count = length ?? UInt64(header.utf8.count)
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8)
        try folder.write(bytes + [UInt8](repeating: 0, count: data), "damaged")
        return folder.file("damaged")
    }

    @Test("Arrays and words come back, in the order of the data, each at a multiple of its size")
    func roundTrip() throws {
        let arrays = Safetensors.Element.allCases.enumerated().map { index, element in
            let entry = Safetensors.Entry(name: "array \"\(9 - index)\" ü/\n", element: element, shape: [2, 1, 3])
            return (entry, (0..<6 * element.size).map { UInt8(truncatingIfNeeded: $0 * 7 + index) })
        }
        let scalar = Safetensors.Entry(name: "scalar", element: .uint8, shape: [])
        let empty = Safetensors.Entry(name: "empty", element: .float64, shape: [0, 2])
        try write(arrays + [(scalar, [7]), (empty, [])], metadata: ["epoch": "3", "note": "a/b"], to: "a")
        let file = try SafetensorsFile(folder.file("a"))
        #expect(file.metadata == ["epoch": "3", "note": "a/b"])
        #expect(file.entries.map(\.element.size) == file.entries.map(\.element.size).sorted(by: >))
        for (entry, bytes) in arrays + [(scalar, [7]), (empty, [])] {
            #expect(file.entries.contains(entry))
            #expect(try file.bytes(of: entry.name) == bytes)
        }
        let header = try folder.bytes("a")[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(header.isMultiple(of: 8))
        try write(
            Array(arrays.reversed()) + [(empty, []), (scalar, [7])], metadata: ["note": "a/b", "epoch": "3"], to: "b")
        #expect(try folder.bytes("a") == folder.bytes("b"))
    }

    @Test("No arrays at all are a file")
    func nothing() throws {
        try write([], to: "a")
        #expect(try SafetensorsFile(folder.file("a")).entries.isEmpty)
    }

    @Test("What cannot be written leaves nothing behind")
    func badWriting() throws {
        let entry = Safetensors.Entry(name: "a", element: .float32, shape: [2])
        expectError(.badData, mentions: "8 bytes", "\"a\"") { try write([(entry, [1, 2, 3])], to: "x") }
        expectError(.badData, mentions: "8 bytes", "\"a\"") {
            try write([(entry, [UInt8](repeating: 0, count: 9))], to: "x")
        }
        expectError(.badData, mentions: "twice") { try write([(entry, []), (entry, [])], to: "x") }
        let huge = Safetensors.Entry(name: "a", element: .float32, shape: [1 << 40, 1 << 40])
        expectError(.badData, mentions: "cannot be written") { try write([(huge, [])], to: "x") }
        #expect(try folder.names.isEmpty)
    }

    @Test(
        "Headers that lie are refused",
        arguments: [
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 8),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8),
            (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,-8]}}"#, 0),
            (#"{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}"#, 8),
            (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
            (#"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 8),
            (
                #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
                6
            ),
            (#"{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}"#, 8),
            (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8),
            (#"{"__metadata__":{"a":1}}"#, 0),
            (#"{"a""#, 0), ("[]", 0), ("", 0), (" {}", 0),
            (#"{"a":"# + String(repeating: "[", count: 100_000), 0),
        ])
    func damaged(header: String, data: Int) throws {
        let path = try leave(header, data: data)
        expectError(.badData, mentions: path) { _ = try SafetensorsFile(path) }
    }

    @Test("Lengths that lie and short files are refused before anything is allocated")
    func lengths() throws {
        for length in [3, 100_000_001, UInt64.max, 1 << 63] {
            let path = try leave("{}", length: length)
            expectError(.badData, mentions: path, "\(length)") { _ = try SafetensorsFile(path) }
        }
        try folder.write([1, 2, 3], "short")
        expectError(.badData, mentions: "3 bytes") { _ = try SafetensorsFile(folder.file("short")) }
        expectError(.noInput, mentions: "none") { _ = try SafetensorsFile(folder.file("none")) }
    }

    @Test("A type that we have not, and a name that is not there")
    func unknown() throws {
        let path = try leave(#"{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}"#, data: 2)
        expectError(.badData, mentions: "\"a\"", "F8_E4M3", "F32") { _ = try SafetensorsFile(path) }
        try write([], to: "a")
        expectError(.badData, mentions: "\"b\"") { _ = try SafetensorsFile(folder.file("a")).bytes(of: "b") }
    }

    @Test("Every flipped or cut byte of a header gives an error or a file, never a crash")
    func fuzz() throws {
        let entry = Safetensors.Entry(name: "a", element: .float32, shape: [2])
        try write([(entry, [UInt8](repeating: 1, count: 8))], metadata: ["k": "v"], to: "a")
        let bytes = try folder.bytes("a")
        for index in bytes.indices {
            for flip in [1, 0x20, 0x80] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= flip
                try folder.write(damaged, "b")
                if let file = try? SafetensorsFile(folder.file("b")) {
                    for entry in file.entries { #expect(try file.bytes(of: entry.name).count == entry.byteCount) }
                }
            }
            try folder.write(bytes[..<index], "b")
            #expect(throws: CineError.self) { try SafetensorsFile(folder.file("b")) }
        }
    }
}
