internal import CZlib
import Core

/// Where bytes go, one after the other.
protocol ByteSink {
    func append(_ bytes: UnsafeRawBufferPointer) throws
    /// Passes on what is still held back.
    func finish() throws
}

extension ByteSink {
    func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }
}

extension PartialFile: ByteSink {
    func finish() {}
}

/// Compresses to a file as gzip, level 1, without name and time.
final class GzipSink: ByteSink {
    private let file: PartialFile
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

    init(_ file: PartialFile) throws {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        try check(czlib_gzip_start(stream, 1))
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        // zlib counts in 32 bits.
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(piece.count)
            while stream.pointee.avail_in > 0 { try deflate(Z_NO_FLUSH) }
            rest = rest.dropFirst(piece.count)
        }
    }

    func finish() throws {
        while try deflate(Z_FINISH) != Z_STREAM_END {}
    }

    @discardableResult
    private func deflate(_ flush: Int32) throws -> Int32 {
        stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(buffer.count)
        let result = CZlib.deflate(stream, flush)
        try check(result)
        try file.append(UnsafeRawBufferPointer(rebasing: buffer[..<(buffer.count - Int(stream.pointee.avail_out))]))
        return result
    }

    private func check(_ result: Int32) throws {
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            throw CineError(.inputOutput, "Cannot compress \(file.path): zlib reports code \(result).")
        }
    }
}

/// Where bytes come from, one after the other.
protocol ByteSource {
    /// Path, for messages.
    var path: String { get }
    /// An upper bound of the bytes that it can give.
    var bound: Int { get }
    /// Fills the buffer, or as much of it as there still is.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension InputFile: ByteSource {
    var bound: Int { size }
}

/// Decompresses a gzip file.
final class GunzipSource: ByteSource {
    private let file: InputFile
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    private var isAtEnd = false

    /// - Throws: `CineError(.noInput)` when there is no such file.
    init(_ path: String) throws {
        file = try InputFile(path)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_gunzip_start(stream) == Z_OK else { throw CineError(.inputOutput, "zlib cannot read \(path).") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    var path: String { file.path }

    /// Deflate cannot shrink by more than 1032.
    var bound: Int { file.size * 1040 }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < target.count, !isAtEnd {
            if stream.pointee.avail_in == 0 {
                let count = try file.read(into: buffer)
                guard count > 0 else { throw damaged("it ends too early") }
                stream.pointee.next_in = buffer.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_in = UInt32(count)
            }
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...].prefix(1 << 30))
            stream.pointee.next_out = rest.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(rest.count)
            let result = inflate(stream, Z_NO_FLUSH)
            guard result == Z_OK || result == Z_STREAM_END else { throw damaged("zlib reports code \(result)") }
            filled += rest.count - Int(stream.pointee.avail_out)
            isAtEnd = result == Z_STREAM_END
        }
        return filled
    }

    private func damaged(_ cause: String) -> CineError {
        CineError(
            .badData, "\(path): expected a whole gzip file, found a damaged one: \(cause). Make or copy it again.")
    }
}
