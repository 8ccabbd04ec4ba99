import Core
import Foundation

/// A regular file that is read from its start.
final class InputFile: Sendable {
    let path: String
    /// Size in bytes when it was opened.
    let size: Int
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Throws: `CineError(.noInput)` when there is no such regular file or it may not be read.
    init(_ path: String) throws {
        // Non-blocking, or opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fileError(.noInput, "read", path) }
        var status = stat()
        let known = fstat(descriptor, &status)
        guard known == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CineError(
                .noInput, "Cannot read \(path): expected a file, found a folder or a device. Check the path.")
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Fills the buffer, or as much of it as the file still has, and returns how many bytes that was.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = retryingInterrupts { Foundation.read(descriptor, rest.baseAddress, rest.count) }
            guard count >= 0 else { throw fileError(.inputOutput, "read", path) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The bytes at a place in the file, from any thread.
    ///
    /// - Throws: `CineError(.badData)` when the file does not reach as far, before anything is allocated.
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw CineError(
                .badData,
                "\(path): expected \(count) bytes at byte \(offset), found a file of \(size). It is damaged or cut short."
            )
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let read = retryingInterrupts {
                    pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
                }
                guard read > 0 else { throw fileError(.inputOutput, "read", path) }
                filled += read
            }
        }
    }

    /// The bytes of a whole file that is not larger than `limit`.
    static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
        let file = try InputFile(path)
        guard file.size <= limit else {
            throw CineError(
                .badData,
                "\(path): expected at most \(limit) bytes, found \(file.size). Check that it is the right file.")
        }
        return try [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
