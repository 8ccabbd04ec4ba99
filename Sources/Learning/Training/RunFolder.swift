import Core
import Foundation
import Storage

/// The folder of a training.
///
/// ```
/// RUN/experiment.json    what is trained, as it was given
/// RUN/last.safetensors   the last checkpoint, from which training goes on
/// RUN/best.safetensors   the checkpoint of the best validation
/// RUN/log.jsonl          a line for each step and validation
/// ```
public struct RunFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Names a folder; nothing is read or made.
    public init(_ url: URL) { self.url = url }

    /// What is trained, as it was given.
    public var experiment: String { path("experiment.json") }
    /// The last checkpoint.
    public var last: String { path("last.safetensors") }
    /// The checkpoint of the best validation.
    public var best: String { path("best.safetensors") }
    /// The log.
    public var log: String { path("log.jsonl") }

    /// Takes the folder for this process and makes it ready to begin or to go on.
    ///
    /// - Parameters:
    ///   - experiment: JSON that goes into `experiment.json` when training begins.
    ///   - resume: whether to go on with what is there.
    /// - Throws: `CineError` of kind `cannotCreate` when another process trains there or it holds something else,
    ///   `noInput` when there is nothing to go on with.
    func open(experiment text: String, resume: Bool) throws -> FolderLock {
        if resume { try requireCheckpoint() }
        let lock = try FolderLock(url)
        try AtomicFile.removeLeftovers(in: url.path)
        if resume {
            try requireCheckpoint()
        } else {
            try refuseStrangers()
            try AtomicFile.write(text, to: experiment)
        }
        return lock
    }

    private func requireCheckpoint() throws {
        guard !FileManager.default.fileExists(atPath: last) else { return }
        throw CineError(
            .noInput,
            """
            There is nothing to resume in \(url.relativePath): expected last.safetensors, found none. Leave --resume \
            out to begin.
            """)
    }

    /// What was stopped before its first checkpoint has lost nothing that could be resumed, and is begun again.
    private func refuseStrangers() throws {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
        let own = [experiment, log].map { URL(fileURLWithPath: $0).lastPathComponent }
        guard let name = names.first(where: { !own.contains($0) && !$0.hasPrefix(FolderLock.name) }) else { return }
        throw CineError(
            .cannotCreate,
            """
            \(url.relativePath) was expected to be empty, found \(name). Add --resume to go on with a training, or \
            choose another folder.
            """)
    }

    private func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
