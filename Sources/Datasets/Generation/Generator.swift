import Core
import Foundation
import Storage
import Synchronization

/// Makes a dataset: each patient on its own, several at a time, in any order and any number of sessions.
public struct Generator: Sendable {
    /// How to make it.
    public struct Options: Sendable {
        /// Patients at a time.
        public var jobs = 1
        /// Threads for all of them together.
        public var threads = 1
        /// Names of the patients to make; empty for all.
        public var only: [String] = []
        /// Whether to go on with what is there.
        public var resume = false
        /// The part to make when several processes share the work.
        public var shard: Shard?

        /// The defaults: one patient at a time on one thread, from nothing.
        public init() {}
    }

    /// What happened to one patient.
    public enum Event: Sendable {
        /// A patient begins that takes so many samples.
        case began(samples: Int)
        /// Samples were computed.
        case samples(Int)
        /// A patient is finished; `isNew` tells whether it was made just now.
        case finished(Manifest.Entry, isNew: Bool)
    }

    private let recipe: Recipe
    private let folder: DatasetFolder
    private let options: Options

    /// Prepares to make a dataset.
    public init(_ recipe: Recipe, in folder: DatasetFolder, options: Options) {
        self.recipe = recipe
        self.folder = folder
        self.options = options
    }

    /// The patients to make, in order.
    ///
    /// - Throws: `CineError` of kind `usage` when `only` names a patient that the recipe does not have.
    public func plans() throws -> [PatientPlan] {
        let roster = recipe.roster()
        let ids = Set(roster.map(\.id))
        for id in options.only where !ids.contains(id) {
            throw CineError(
                .usage,
                "--only \(id): no such patient; expected \(PatientPlan.id(0)) to \(PatientPlan.id(roster.count - 1))")
        }
        return roster.filter { plan in
            (options.only.isEmpty || options.only.contains(plan.id)) && options.shard?.contains(plan) ?? true
        }
    }

    /// Makes what is not there yet.
    ///
    /// - Returns: the manifest of all that is there.
    /// - Throws: `CineError`: `interrupted` when `isStopped` says so, with everything finished so far recorded;
    ///   `cannotCreate` when the folder is in use or holds something else; and what making a patient throws.
    public func run(
        isStopped: @escaping @Sendable () -> Bool = { false }, onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) throws -> Manifest {
        let plans = try plans()
        let lock = try FolderLock(folder.url, part: options.shard.map { "\($0.index)-of-\($0.count)" })
        defer { withExtendedLifetime(lock) {} }
        try folder.prepare(for: recipe, resume: options.resume, isShared: options.shard != nil)
        let jobs = max(1, min(options.jobs, plans.count))
        let writer = try PatientWriter(recipe: recipe, threads: max(1, options.threads / jobs))
        let known = try folder.records()
        let failure = Mutex<(any Error)?>(nil)
        let stop = { @Sendable in isStopped() || failure.withLock { $0 != nil } }
        Workers.forEach(plans.count, threads: jobs) { index in
            guard !stop() else { return }
            do {
                let plan = plans[index]
                if let entry = known[plan.id], folder.holds(entry) {
                    try pictures(of: plan.id, isNew: false, threads: writer.threads)
                    return onEvent(.finished(entry, isNew: false))
                }
                let monitor = WorkMonitor(
                    isStopped: stop, begin: { onEvent(.began(samples: $0)) }, advance: { onEvent(.samples($0)) })
                let entry = try make(plan, writer: writer, monitor: monitor)
                onEvent(.finished(entry, isNew: true))
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        let manifest = try FolderLock.alone(in: folder.url) {
            let manifest = try Manifest(recipe: recipe, patients: listed())
            try folder.publish(manifest)
            return manifest
        }
        if let error = failure.withLock({ $0 }), !isStopped() { throw error }
        if isStopped(), !plans.allSatisfy({ plan in manifest.patients.contains { $0.id == plan.id } }) {
            throw CineError(
                .interrupted,
                "interrupted with \(manifest.patients.count) patients finished; add --resume to the same command to go on"
            )
        }
        return manifest
    }

    private func make(_ plan: PatientPlan, writer: PatientWriter, monitor: WorkMonitor) throws -> Manifest.Entry {
        let file = DatasetFolder.file(of: plan.id)
        let path = folder.url.appendingPathComponent(file).path
        do {
            try writer.write(plan, to: path, monitor: monitor)
        } catch let error as CineError where error.kind == .badData {
            throw CineError(.badData, "patient \(plan.id), subject \(plan.subject): \(error.message)")
        }
        let hash = try hash(path, threads: writer.threads) {
            try pictures(of: plan.id, isNew: true, threads: writer.threads)
        }
        let entry = Manifest.Entry(
            id: plan.id, group: try recipe.parameters(of: plan.group, subject: plan.subject).group, split: plan.split,
            subject: plan.subject, file: file, sha256: hash,
            bytes: DatasetFolder.size(of: path) ?? 0)
        try folder.record(entry)
        return entry
    }

    /// The hash of a file, found while something else is done where there are threads for both.
    private func hash(_ path: String, threads: Int, meanwhile: @Sendable () throws -> Void) throws -> String {
        let results: [Result<String, any Error>] = Workers.map(2, threads: threads) { index in
            Result {
                if index == 0 { return try SHA256.hex(ofFile: path) }
                try meanwhile()
                return ""
            }
        }
        return try results.map { try $0.get() }[0]
    }

    private func pictures(of id: String, isNew: Bool, threads: Int) throws {
        guard recipe.previews else { return }
        let montage = folder.previews.appendingPathComponent("\(id).png")
        guard isNew || !FileManager.default.fileExists(atPath: montage.path) else { return }
        let file = folder.url.appendingPathComponent(DatasetFolder.file(of: id)).path
        try Previews.write(file: file, into: folder.previews, id: id, threads: threads)
    }

    /// What is recorded of this recipe's patients and lies in the folder.
    private func listed() throws -> [Manifest.Entry] {
        let ids = Set(recipe.roster().map(\.id))
        return try folder.records().values.filter { entry in
            ids.contains(entry.id)
                && DatasetFolder.size(of: folder.url.appendingPathComponent(entry.file).path) == entry.bytes
        }
    }
}
