import Core
import Foundation

/// Publishes files: a reader sees the whole new file or what was there before, never a part.
///
/// The bytes go to a hidden file in the same folder, which is synchronised with the disk and then renamed;
/// the folder is synchronised last. Whatever fails, the hidden file is removed; a process that is killed
/// leaves it behind, and `removeLeftovers(in:)` finds it by its name.
public enum AtomicFile {
    private static let mark = ".partial-"

    /// Publishes what `body` writes, by `PartialFile.append` or by opening `PartialFile.path`.
    ///
    /// - Parameter path: name under which the file is published.
    /// - Parameter staging: folder of the hidden file, on the same file system; that of the file when nil. For
    ///   folders of which others read every entry.
    /// - Parameter body: writes the file.
    /// - Throws: `CineError` of kind `.cannotCreate` when the file cannot be made or put in its place,
    ///   `.inputOutput` when writing fails, and what `body` throws. Nothing is left behind.
    public static func write(
        to path: String, staging: String? = nil, _ body: (PartialFile) throws -> Void
    ) throws {
        let target = URL(fileURLWithPath: path)
        let folder = target.deletingLastPathComponent().path
        let file = try create(target, in: staging ?? folder)
        do {
            try body(file)
            try file.synchronise()
            try FileOperation.will(.rename, path)
            guard rename(file.path, path) == 0 else { throw fileError(.cannotCreate, "create", path) }
        } catch {
            unlink(file.path)
            throw error
        }
        try synchronise(folder: folder)
    }

    /// Publishes bytes.
    ///
    /// - Throws: as `write(to:_:)`.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { try $0.append(bytes) }
    }

    /// Publishes text in UTF-8.
    ///
    /// - Throws: as `write(to:_:)`.
    public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    /// Removes what killed writers left in a folder; no writer may be at work there.
    ///
    /// - Returns: the names that were removed.
    /// - Throws: `CineError(.inputOutput)` when the folder cannot be read or a file not removed.
    @discardableResult
    public static func removeLeftovers(in folder: String) throws -> [String] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter(isLeftover).sorted()
            for name in names { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
            return names
        } catch {
            throw CineError(.inputOutput, "Cannot clear unfinished files from \(folder): \(error.localizedDescription)")
        }
    }

    /// Whether a name is one that only an unfinished file has.
    public static func isLeftover(_ name: String) -> Bool { name.hasPrefix(".") && name.contains(mark) }

    private static func create(_ target: URL, in folder: String) throws -> PartialFile {
        let stem = "\(folder)/.\(target.lastPathComponent)\(mark)\(getpid())"
        try FileOperation.will(.open, stem)
        for attempt in 1...1000 {
            let path = attempt == 1 ? stem : "\(stem)-\(attempt)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return PartialFile(path: path, descriptor: descriptor) }
            guard errno == EEXIST else { throw fileError(.cannotCreate, "create", target.path) }
        }
        throw CineError(
            .cannotCreate, "Cannot create \(target.path): its folder is full of unfinished copies. Remove \(stem)*.")
    }

    private static func synchronise(folder: String) throws {
        try FileOperation.will(.synchronise, folder)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileError(.inputOutput, "synchronise", folder) }
        defer { close(descriptor) }
        // Some network file systems cannot synchronise a folder and say EINVAL: they order renames themselves.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw fileError(.inputOutput, "synchronise", folder) }
    }
}

/// A file that is being written and has not its name yet.
public final class PartialFile {
    /// Where it lies for now, for a library that opens files by itself.
    public let path: String
    private let descriptor: Int32

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    ///
    /// - Throws: `CineError(.inputOutput)`.
    public func append(_ bytes: UnsafeRawBufferPointer) throws { try writeAll(bytes, to: descriptor, path) }

    /// Appends bytes.
    ///
    /// - Throws: `CineError(.inputOutput)`.
    public func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

    func synchronise() throws {
        try FileOperation.will(.synchronise, path)
        guard fsync(descriptor) == 0 else { throw fileError(.inputOutput, "write", path) }
    }
}
