internal import CZlib
import Core

/// Animated PNG pictures, which loop for ever and which browsers show.
///
/// - Reference: PNG specification, third edition, W3C 2025, section 11.3.6 (acTL, fcTL, fdAT).
public enum APNG {
    /// The bytes of an animation; the same frames give the same bytes.
    ///
    /// libpng compresses each frame as a picture of its own, and the frames' data become one file.
    ///
    /// - Parameter frames: pictures of one size and palette.
    /// - Parameter delayMS: how long each frame is shown, in ms, 1 to 65535.
    /// - Parameter threads: frames compressed at a time.
    /// - Throws: `CineError` of kind `.badData` when there are no frames or they differ in size, channels or palette,
    ///   `.inputOutput` when libpng refuses.
    public static func encode(_ frames: [Raster], delayMS: Int, threads: Int = 1) throws -> [UInt8] {
        guard let first = frames.first, (1...65_535).contains(delayMS),
            frames.allSatisfy({ ($0.width, $0.height, $0.channels) == (first.width, first.height, first.channels) }),
            frames.allSatisfy({ $0.palette == first.palette })
        else {
            throw CineError(.badData, "An animation needs frames of one size and palette, each for 1 to 65535 ms.")
        }
        var result: [UInt8] = []
        var sequence: UInt32 = 0
        let pictures: [Result<[UInt8], any Error>] = Workers.map(frames.count, threads: threads) { index in
            Result { try PNG.encode(frames[index]) }
        }
        for (index, picture) in pictures.enumerated() {
            let chunks = try PNGChunk.all(in: picture.get())
            if index == 0 {
                result += PNGChunk.signature
                for chunk in chunks where chunk.type != "IDAT" && chunk.type != "IEND" { chunk.append(to: &result) }
                PNGChunk("acTL", bigEndian(UInt32(frames.count)) + bigEndian(UInt32(0))).append(to: &result)
            }
            PNGChunk("fcTL", frameControl(sequence, first, delayMS)).append(to: &result)
            sequence += 1
            for chunk in chunks where chunk.type == "IDAT" {
                if index == 0 {
                    chunk.append(to: &result)
                } else {
                    PNGChunk("fdAT", bigEndian(sequence) + chunk.data).append(to: &result)
                    sequence += 1
                }
            }
        }
        PNGChunk("IEND", []).append(to: &result)
        return result
    }

    /// Publishes an animation.
    ///
    /// - Throws: as `encode(_:delayMS:)`, and `CineError(.cannotCreate)`.
    public static func write(_ frames: [Raster], delayMS: Int, to path: String, threads: Int = 1) throws {
        try AtomicFile.write(try encode(frames, delayMS: delayMS, threads: threads), to: path)
    }

    /// Sequence number, size, offset, delay as a fraction of a second, no disposal, no blending.
    private static func frameControl(_ sequence: UInt32, _ frame: Raster, _ delayMS: Int) -> [UInt8] {
        [sequence, UInt32(frame.width), UInt32(frame.height), 0, 0].flatMap { bigEndian($0) }
            + bigEndian(UInt16(delayMS)) + bigEndian(UInt16(1000)) + [0, 0]
    }
}

/// A chunk of a PNG file.
struct PNGChunk {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let type: String
    let data: [UInt8]

    init(_ type: String, _ data: [UInt8]) {
        self.type = type
        self.data = data
    }

    func append(to bytes: inout [UInt8]) {
        let body = Array(type.utf8) + data
        bytes += bigEndian(UInt32(data.count))
        bytes += body
        bytes += bigEndian(UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count))))
    }

    /// The chunks of a whole file.
    ///
    /// - Throws: `CineError(.badData)` when it is damaged.
    static func all(in file: [UInt8]) throws -> [PNGChunk] {
        let damaged = CineError(.badData, "Expected a whole PNG file, found a damaged one.")
        guard file.starts(with: signature) else { throw damaged }
        var chunks: [PNGChunk] = []
        var position = signature.count
        while position < file.count {
            guard file.count - position >= 12 else { throw damaged }
            let length = Int(word(file, position))
            guard length <= file.count - position - 12 else { throw damaged }
            let body = Array(file[(position + 4)..<(position + 8 + length)])
            guard word(file, position + 8 + length) == UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
            else {
                throw damaged
            }
            chunks.append(PNGChunk(String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            position += 12 + length
        }
        return chunks
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// The bytes of a number, most significant first.
private func bigEndian<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
    stride(from: I.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> I($0)) }
}
