import Core
import Foundation

/// Keeps two processes from working on the same folder; the lock goes with its process, however that ends.
///
/// A process that works on everything holds the folder alone; processes that each work on a part share it, and each
/// holds its part alone.
public final class FolderLock: Sendable {
    /// What the names of the files begin with that are locked.
    public static let name = ".lock"
    private let descriptors: [Int32]

    /// Makes the folder if there is none, and takes the lock.
    ///
    /// - Parameter part: what this process works on, as "2-of-8"; nil for everything.
    /// - Throws: `CineError` of kind `cannotCreate` when another process holds it, or the folder cannot be made.
    public init(_ folder: URL, part: String? = nil) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CineError(.cannotCreate, "cannot create \(folder.relativePath): \(error.localizedDescription)")
        }
        let whole = try Self.take(Self.name, in: folder, shared: part != nil)
        do {
            descriptors =
                try [whole] + (part.map { [try Self.take("\(Self.name)-\($0)", in: folder, shared: false)] } ?? [])
        } catch {
            close(whole)
            throw error
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Runs `body` while no other process that works on a part of the folder does.
    public static func alone<Result>(in folder: URL, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(
            folder.appendingPathComponent("\(name)-publish").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { if descriptor >= 0 { close(descriptor) } }
        if descriptor >= 0 { flock(descriptor, LOCK_EX) }
        return try body()
    }

    private static func take(_ name: String, in folder: URL, shared: Bool) throws -> Int32 {
        let descriptor = open(folder.appendingPathComponent(name).path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CineError(
                .cannotCreate, "cannot write in \(folder.relativePath): \(String(cString: strerror(errno)))")
        }
        // Some network file systems have no locks: publishing by rename keeps every file whole there, too.
        guard flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0, errno == EWOULDBLOCK else {
            return descriptor
        }
        close(descriptor)
        throw CineError(
            .cannotCreate,
            "another cineforge is at work in \(folder.relativePath); wait for it, or choose another folder")
    }
}
