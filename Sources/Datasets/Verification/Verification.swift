import Core
import Foundation
import Storage
import Synchronization

/// What is wrong with a dataset.
public struct Verification: Sendable {
    /// One thing that is wrong.
    public struct Problem: Sendable, Hashable {
        /// Where: a path in the dataset, and after a colon a path in the file.
        public let place: String
        /// What was expected and what was found.
        public let message: String
    }

    /// Everything that is wrong, by place.
    public let problems: [Problem]
    /// Number of patients that were checked.
    public let patients: Int
    /// Number of bytes that were hashed.
    public let bytes: Int

    /// Checks a dataset: manifest, hashes, shapes, ranges, and whether the numbers agree with each other.
    ///
    /// - Parameter folder: the dataset.
    /// - Parameter threads: patients at a time.
    /// - Parameter monitor: told how many bytes were checked, asked whether to stop.
    /// - Throws: `CineError` when there is no readable manifest, or `interrupted`.
    public init(_ folder: DatasetFolder, threads: Int, monitor: WorkMonitor = WorkMonitor()) throws {
        let manifest = try Manifest(contentsOf: folder.manifest)
        let found = Mutex(Verification.problems(of: manifest, in: folder))
        Workers.forEach(manifest.patients.count, threads: threads) { index in
            guard !monitor.isStopped() else { return }
            let entry = manifest.patients[index]
            let problems = Verification.problems(of: entry, manifest: manifest, in: folder)
            found.withLock { $0 += problems }
            monitor.advance(entry.bytes)
        }
        try monitor.check()
        problems = found.withLock { $0 }.sorted { ($0.place, $0.message) < ($1.place, $1.message) }
        patients = manifest.patients.count
        bytes = manifest.patients.reduce(0) { $0 + $1.bytes }
    }

    // MARK: - The folder

    private static func problems(of manifest: Manifest, in folder: DatasetFolder) -> [Problem] {
        var problems: [Problem] = []
        func note(_ place: String, _ message: String) { problems.append(Problem(place: place, message: message)) }
        let sha = (try? manifest.recipe.sha256()) ?? "nothing"
        if sha != manifest.recipeSHA256 {
            note("manifest.json", "expected recipe_sha256 \(sha) of its recipe, found \(manifest.recipeSHA256)")
        }
        if manifest.seed != manifest.recipe.seed {
            note("manifest.json", "expected the recipe's seed \(manifest.recipe.seed), found \(manifest.seed)")
        }
        let roster = Dictionary(uniqueKeysWithValues: manifest.recipe.roster().map { ($0.id, $0) })
        let listed = Dictionary(grouping: manifest.patients, by: \.id)
        for id in roster.keys.sorted() where listed[id] == nil {
            note("manifest.json", "patient \(id) of the recipe is not there; cineforge generate --resume makes it")
        }
        for (id, entries) in listed {
            if entries.count > 1 { note("manifest.json", "patient \(id) is listed \(entries.count) times") }
            guard let plan = roster[id] else {
                note("manifest.json", "patient \(id) is not one of the recipe's")
                continue
            }
            for entry in entries where entry.split != plan.split || entry.subject != plan.subject {
                note(
                    "manifest.json",
                    "patient \(id): expected split \(plan.split) and subject \(plan.subject), found \(entry.split) and \(entry.subject)"
                )
            }
        }
        let files = Set(manifest.patients.map(\.file))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.patients.path)) ?? []
        for name in names where !files.contains("patients/\(name)") {
            note(
                "patients/\(name)",
                AtomicFile.isLeftover(name) ? "left behind by a run that was killed" : "not in the manifest")
        }
        return problems
    }

    private static func problems(of entry: Manifest.Entry, manifest: Manifest, in folder: DatasetFolder) -> [Problem] {
        func one(_ message: String) -> [Problem] { [Problem(place: entry.file, message: message)] }
        // A damaged file is not opened: HDF5 may crash on it.
        if let damage = folder.damage(to: entry) { return one(damage) }
        do {
            let plan = manifest.recipe.roster().first { $0.id == entry.id }
            let file = try PatientFile(folder.url.appendingPathComponent(entry.file).path)
            return try PatientCheck(
                file, entry: entry, plan: plan, recipe: manifest.recipe, recipeSHA256: manifest.recipeSHA256
            ).problems()
        } catch {
            return one((error as? CineError)?.message ?? "\(error)")
        }
    }
}
