import Core
import Foundation

/// Keeps two processes from working on the same part of a dataset; the lock goes with its process, however that ends.
///
/// A process that makes everything holds the folder alone; the processes of a sharded run share it and each holds its
/// shard alone.
final class DatasetLock {
    static let name = ".lock"
    private var descriptors: [Int32] = []

    /// Takes the lock.
    ///
    /// - Throws: `CineError` of kind `cannotCreate` when another process holds it.
    init(_ folder: URL, shard: Shard?) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CineError(.cannotCreate, "cannot create \(folder.relativePath): \(error.localizedDescription)")
        }
        try take(folder.appendingPathComponent(Self.name), shared: shard != nil)
        if let shard {
            try take(folder.appendingPathComponent("\(Self.name)-\(shard.index)-of-\(shard.count)"), shared: false)
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Runs `body` while no other process of a sharded run does.
    static func alone<Result>(in folder: URL, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(
            folder.appendingPathComponent("\(name)-publish").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { if descriptor >= 0 { close(descriptor) } }
        if descriptor >= 0 { flock(descriptor, LOCK_EX) }
        return try body()
    }

    private func take(_ file: URL, shared: Bool) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CineError(
                .cannotCreate,
                "cannot write in \(file.deletingLastPathComponent().relativePath): \(String(cString: strerror(errno)))")
        }
        descriptors.append(descriptor)
        guard flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 else { return }
        // Some network file systems have no locks: publishing by rename keeps every file whole there, too.
        guard errno == EWOULDBLOCK else { return }
        throw CineError(
            .cannotCreate,
            "another cineforge is making \(file.deletingLastPathComponent().relativePath); wait for it, or choose another folder"
        )
    }
}
