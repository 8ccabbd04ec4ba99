import Core
import Foundation

/// A file that grows line by line, as a log: each line is in the file once `append` returns.
public final class AppendedFile {
    /// Where it lies.
    public let path: String
    /// Its size in bytes.
    public private(set) var size: Int
    private let descriptor: Int32

    /// Opens a file, or makes one, to go on where it had a size.
    ///
    /// - Parameter size: what lies beyond is cut off; a shorter file is taken as it is.
    /// - Throws: `CineError(.cannotCreate)` when it cannot be opened, `.inputOutput` when it cannot be cut.
    public init(_ path: String, continuingAt size: Int = 0) throws {
        try FileOperation.will(.open, path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw fileError(.cannotCreate, "create", path) }
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        let found = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        self.size = min(found, size)
        if found > size {
            try FileOperation.will(.truncate, path)
            guard ftruncate(descriptor, off_t(size)) == 0 else { throw fileError(.inputOutput, "write", path) }
        }
    }

    deinit { close(descriptor) }

    /// Appends a line; its end is added.
    ///
    /// - Throws: `CineError(.inputOutput)`, and a part of the line may be in the file.
    public func append(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, path) }
        size += bytes.count
    }

    /// Puts on the disk what was appended.
    ///
    /// - Throws: `CineError(.inputOutput)`.
    public func synchronise() throws {
        try FileOperation.will(.synchronise, path)
        // A pipe or a device cannot be synchronised.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw fileError(.inputOutput, "write", path) }
    }
}
