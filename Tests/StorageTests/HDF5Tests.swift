import ComplexModule
import Core
import Foundation
import Testing

@testable import Storage

@Suite("HDF5")
struct HDF5Tests {
    let folder: TemporaryFolder
    static let packings: [HDF5Packing] = [.plain, .checksummed, .gzip1]

    init() throws { folder = try TemporaryFolder() }

    @Test("Every type comes back as it was written", arguments: packings)
    func everyType(packing: HDF5Packing) throws {
        let path = folder.file("a.h5")
        let floats = (0..<120).map { Float($0) * 0.37 - 11 }
        try HDF5File.write(to: path) { root in
            let shape = [2, 3, 4, 5]
            try root.write("f32", floats, shape: shape, packing: packing)
            try root.write("f64", floats.map(Double.init), shape: shape, packing: packing)
            try root.write("f16", floats.map { Float16($0) }, shape: shape, packing: packing)
            try root.write(
                "f16/rounded".replacing("/", with: "_"), floats, as: .float16, shape: shape, packing: packing)
            try root.write("u8", (0..<120).map { UInt8($0) }, shape: shape, packing: packing)
            try root.write("i32", (0..<120).map { Int32($0) - 60 }, shape: shape, packing: packing)
            try root.write("c64", floats, as: .complex64, shape: [3, 4, 5], packing: packing)
        }
        let root = try HDF5File.open(path).root
        #expect(try root.children == ["c64", "f16", "f16_rounded", "f32", "f64", "i32", "u8"])
        #expect(try root.dataset("f32").read(Float.self, shape: [2, 3, 4, 5]) == floats)
        #expect(try root.dataset("f64").read(Double.self) == floats.map(Double.init))
        #expect(try root.dataset("f16").read(Float16.self) == floats.map { Float16($0) })
        #expect(try root.dataset("f16_rounded").read(Float.self) == floats.map { Float(Float16($0)) })
        #expect(try root.dataset("u8").read(UInt8.self) == (0..<120).map { UInt8($0) })
        #expect(try root.dataset("i32").read(Int32.self) == (0..<120).map { Int32($0) - 60 })
        let pairs = stride(from: 0, to: 120, by: 2).map { Complex(floats[$0], floats[$0 + 1]) }
        #expect(try root.dataset("c64").read(Complex<Float>.self) == pairs)
        #expect(try root.dataset("f32").packing == packing)
    }

    /// Chunks of odd extents that do not divide the shape, filled in whole and in pieces, so that both the
    /// library's filters and our own are met, by writer and by reader.
    @Test("A dataset filled block by block holds the blocks", arguments: packings)
    func blocks(packing: HDF5Packing) throws {
        let shape = [5, 3, 7, 11]
        let values = (0..<shape.reduce(1, *)).map { Float($0 % 97) }
        for chunk in [[1, 3, 7, 11], [2, 2, 3, 4], [1, 1, 7, 5], [5, 3, 7, 11]] {
            try HDF5File.write(to: folder.file("a.h5")) { root in
                try root.write("whole", values, shape: shape, chunk: chunk, packing: packing)
                let frames = try root.makeDataset("a/b/frames", .float32, shape: shape, chunk: chunk, packing: packing)
                for frame in 0..<5 {
                    try frames.write(
                        Array(values[(frame * 231)..<((frame + 1) * 231)]), at: [frame, 0, 0, 0], count: [1, 3, 7, 11])
                }
            }
            let file = try HDF5File.open(folder.file("a.h5"))
            #expect(try file.root.dataset("whole").read() == values)
            #expect(try file.root.dataset("a/b/frames").read() == values)
            let block: [Float] = try file.root.dataset("whole").read(at: [1, 2, 3, 4], count: [2, 1, 3, 5])
            var expected: [Float] = []
            for t in 1..<3 {
                for y in 3..<6 { for x in 4..<9 { expected.append(values[((t * 3 + 2) * 7 + y) * 11 + x]) } }
            }
            #expect(block == expected)
        }
    }

    @Test(
        "The checksum is the library's, for any length", arguments: [1, 2, 3, 63, 64, 65, 130, 16_384, 16_385, 70_001])
    func checksum(length: Int) throws {
        for fill in [nil, UInt8(0), UInt8(255)] {
            let bytes = (0..<length).map { fill ?? UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
            try HDF5File.write(to: folder.file("a.h5")) {
                try $0.write("x", bytes, chunk: [length], packing: .checksummed)
            }
            // The library verifies its filter as it reads.
            #expect(try HDF5File.open(folder.file("a.h5")).root.dataset("x").read(UInt8.self) == bytes)
        }
    }

    @Test("Attributes come back as they were written")
    func attributes() throws {
        let affine = Affine.rigid(shift: [1, 2, 3], rotation: [0.1, 0.2, 0.3]).rowMajor
        let long = String(repeating: "größe ", count: 30_000)
        try HDF5File.write(to: folder.file("a.h5")) { root in
            try root.attributes.set("format", "cineforge.patient")
            try root.attributes.set("empty", "")
            try root.attributes.set("long", long)
            try root.attributes.set("seed", -7)
            try root.attributes.set("lv_ef", 0.61)
            let image = try root.write("truth/image", [Float(1)])
            try image.attributes.set("affine", affine, shape: [4, 4])
            try image.attributes.set("list", [1, 2, 3])
        }
        let root = try HDF5File.open(folder.file("a.h5")).root
        #expect(try root.attributes.names == ["empty", "format", "long", "lv_ef", "seed"])
        #expect(try root.attributes.text("format") == "cineforge.patient")
        #expect(try root.attributes.text("empty") == "")
        #expect(try root.attributes.text("long") == long)
        #expect(try root.attributes.integer("seed") == -7)
        #expect(try root.attributes.number("seed") == -7)
        #expect(try root.attributes.number("lv_ef") == 0.61)
        let image = try root.dataset("truth/image")
        #expect(try image.attributes.numbers("affine", shape: [4, 4]) == affine)
        #expect(try image.attributes.value("list") == .numbers([1, 2, 3], shape: [3]))
        expectError(.badData, mentions: "seed", "text") { _ = try root.attributes.text("seed") }
        expectError(.badData, mentions: "none") { _ = try root.attributes.value("none") }
        expectError(.badData, mentions: "[3, 3]") { _ = try image.attributes.numbers("affine", shape: [3, 3]) }
    }

    @Test("The same content gives the same bytes")
    func sameBytes() throws {
        for name in ["a.h5", "b.h5"] { try writeSample(name) }
        let first = try folder.bytes("a.h5")
        #expect(try first == folder.bytes("b.h5"))
        Thread.sleep(forTimeInterval: 1.1)
        try writeSample("b.h5")
        #expect(try first == folder.bytes("b.h5"))
    }

    @Test("Wrong types, shapes, names and blocks are told, with what was found")
    func mismatches() throws {
        try writeSample("a.h5")
        let root = try HDF5File.open(folder.file("a.h5")).root
        let image = try root.dataset("truth/image")
        expectError(.badData, mentions: "float64", "float32", "/truth/image") { _ = try image.read(Double.self) }
        expectError(.badData, mentions: "[7]", "[4, 30, 40]") { _ = try image.read(Float.self, shape: [7]) }
        expectError(.badData, mentions: "block") { _ = try image.read(Float.self, at: [0, 0, 1], count: [1, 1, 40]) }
        expectError(.badData, mentions: "block") {
            _ = try image.read(Float.self, at: [0, 0, .max], count: [1, 1, 2])
        }
        expectError(.badData, mentions: "nothing") { _ = try root.dataset("truth/none") }
        expectError(.badData, mentions: "dataset") { _ = try root.dataset("truth") }
        expectError(.badData, mentions: "group") { _ = try root.group("truth/image") }
        #expect(root.exists("truth/image") && !root.exists("none") && !root.exists("truth/image/x"))
        #expect(root.holdsGroup("truth") && !root.holdsDataset("truth") && root.holdsDataset("truth/image"))
        expectError(.badData, mentions: "2 values") {
            try HDF5File.write(to: folder.file("b.h5")) { try $0.write("x", [Float(1)], shape: [2]) }
        }
        expectError(.inputOutput, mentions: "/x") {
            try HDF5File.write(to: folder.file("b.h5")) { root in
                try root.write("x", [Float(1)])
                try root.write("x", [Float(1)])
            }
        }
        expectError(.noInput) { _ = try HDF5File.open(folder.file("none.h5")) }
        try folder.write("not HDF5".utf8, "c.h5")
        expectError(.badData, mentions: "HDF5") { _ = try HDF5File.open(folder.file("c.h5")) }
        #expect(try folder.names == ["a.h5", "c.h5"])
    }

    @Test("Threads may write and read files at the same time")
    func threads() throws {
        let folder = folder
        Workers.forEach(16, threads: 4) { index in
            let values = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 + index) }
            let path = folder.file("\(index).h5")
            do {
                try HDF5File.write(to: path) { try $0.write("a/x", values, chunk: [4096], packing: .gzip1) }
                #expect(try HDF5File.open(path).root.dataset("a/x").read(UInt8.self) == values)
            } catch {
                Issue.record(error)
            }
        }
    }

    func writeSample(_ name: String) throws {
        let count = 4 * 30 * 40
        try HDF5File.write(to: folder.file(name)) { root in
            try root.attributes.set("format", "cineforge.patient")
            let image = (0..<count).map { sin(Float($0)) }
            try root.write("truth/image", image, shape: [4, 30, 40], chunk: [1, 30, 40], packing: .checksummed)
            try root.write("truth/label", (0..<count).map { UInt8($0 / 500) }, shape: [4, 30, 40], packing: .gzip1)
            try root.write("curve", [1.0, 2, 3])
        }
    }
}
