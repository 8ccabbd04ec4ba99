import Core
import Foundation
import Testing

@testable import Storage

@Suite("PNG and APNG")
struct PNGTests {
    static func raster(channels: Int, seed: Int = 0) -> Raster {
        let bytes = (0..<(37 * 23 * channels)).map { UInt8(truncatingIfNeeded: ($0 + seed) * ($0 / 50)) }
        return Raster(width: 37, height: 23, channels: channels, bytes: bytes)
    }

    @Test("Grey and RGB come back as they were written, from the same bytes each time", arguments: [1, 3])
    func roundTrip(channels: Int) throws {
        let raster = Self.raster(channels: channels)
        let bytes = try PNG.encode(raster)
        #expect(try PNG.decode(bytes) == raster)
        #expect(try PNG.encode(raster) == bytes)
    }

    @Test("A palette of any size comes back as its colours", arguments: [1, 2, 5, 17, 255, 256])
    func palette(colors: Int) throws {
        let palette = (0..<(3 * colors)).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
        let numbers = Self.raster(channels: 1).bytes.map { UInt8(Int($0) % colors) }
        let raster = Raster(width: 37, height: 23, palette: palette, bytes: numbers)
        let plain = numbers.flatMap { palette[(3 * Int($0))..<(3 * Int($0) + 3)] }
        #expect(try PNG.decode(PNG.encode(raster)) == Raster(width: 37, height: 23, channels: 3, bytes: plain))
        #expect(try PNGChunk.all(in: PNG.encode(raster)).first { $0.type == "PLTE" }?.data == palette)
    }

    @Test("Noise, which does not compress, fits as well")
    func noise() throws {
        var random = Philox(seed: 3, patient: 0, stage: .imageNoise)
        for size in [1, 2, 300] {
            let bytes = (0..<(size * size * 3)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 9) }
            let raster = Raster(width: size, height: size, channels: 3, bytes: bytes)
            #expect(try PNG.decode(PNG.encode(raster)) == raster)
        }
    }

    @Test("A picture cut anywhere is a typed error")
    func truncation() throws {
        let folder = try TemporaryFolder()
        let whole = try PNG.encode(Self.raster(channels: 3))
        // The last 12 bytes are the end mark, which libpng does not miss.
        for length in stride(from: 0, to: whole.count - 12, by: 5) {
            try folder.write(whole.prefix(length), "cut.png")
            expectError(.badData, mentions: "cut.png") { _ = try PNG.read(folder.file("cut.png")) }
        }
        expectError(.noInput) { _ = try PNG.read(folder.file("none.png")) }
    }

    /// Signature, IHDR, acTL (frames, 0 loops = for ever), then fcTL + data of each frame with one running
    /// sequence, IEND; `PNGChunk.all` compares every CRC.
    @Test("An animation has the structure that the standard asks for", arguments: [1, 3])
    func structure(channels: Int) throws {
        let frames = (0..<3).map { Self.raster(channels: channels, seed: $0) }
        let bytes = try APNG.encode(frames, delayMS: 33)
        let chunks = try PNGChunk.all(in: bytes)
        #expect(chunks.first?.type == "IHDR" && chunks.last?.type == "IEND")
        let names = chunks.map(\.type).filter { ["acTL", "fcTL", "IDAT", "fdAT"].contains($0) }
        #expect(names == ["acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT"])
        #expect(chunks.first { $0.type == "acTL" }?.data == [0, 0, 0, 3, 0, 0, 0, 0])
        let sequence = chunks.filter { ["fcTL", "fdAT"].contains($0.type) }.map { $0.data[3] }
        #expect(sequence == Array(0..<UInt8(sequence.count)))
        let control = try #require(chunks.first { $0.type == "fcTL" }?.data)
        #expect(control == [0, 0, 0, 0, 0, 0, 0, 37, 0, 0, 0, 23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 33, 3, 232, 0, 0])
        // Each frame, put back into a file of its own, is the picture.
        let head = chunks.prefix { $0.type != "acTL" }
        let data =
            chunks.filter { $0.type == "IDAT" }.map(\.data)
            + chunks.filter { $0.type == "fdAT" }.map { Array($0.data.dropFirst(4)) }
        for (frame, data) in zip(frames, data) {
            var file = PNGChunk.signature
            for chunk in head + [PNGChunk("IDAT", data), PNGChunk("IEND", [])] { chunk.append(to: &file) }
            #expect(try PNG.decode(file) == frame)
        }
        #expect(try APNG.encode(frames, delayMS: 33) == bytes)
        #expect(try PNG.decode(bytes) == frames[0], "a reader that knows no animations shows the first frame")
    }

    @Test("A damaged chunk and frames of different sizes are refused")
    func refusals() throws {
        var bytes = try PNG.encode(Self.raster(channels: 1))
        bytes[40] ^= 1
        expectError(.badData) { _ = try PNGChunk.all(in: bytes) }
        expectError(.badData, mentions: "one size") {
            _ = try APNG.encode([Self.raster(channels: 1), Self.raster(channels: 3)], delayMS: 30)
        }
        let numbers = [UInt8](repeating: 0, count: 4)
        expectError(.badData, mentions: "palette") {
            _ = try APNG.encode(
                [[1, 2, 3], [1, 2, 4]].map { Raster(width: 2, height: 2, palette: $0, bytes: numbers) }, delayMS: 30)
        }
        expectError(.badData, mentions: "65535") { _ = try APNG.encode([Self.raster(channels: 1)], delayMS: 0) }
        expectError(.badData) { _ = try APNG.encode([], delayMS: 30) }
    }
}
