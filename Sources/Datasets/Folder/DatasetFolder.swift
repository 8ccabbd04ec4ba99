import Core
import Foundation
import Storage

/// A dataset on disk: where its parts lie, and which patients are finished.
///
/// A finished patient is one whose file was published and whose record in `state/` was published after it. The
/// manifest is rewritten from the records; once it lists every patient, `state/` has served and is removed.
public struct DatasetFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Names a folder; nothing is read or made.
    public init(_ url: URL) { self.url = url }

    /// Where the manifest lies.
    public var manifest: URL { url.appendingPathComponent("manifest.json") }
    /// Where the records of finished patients lie.
    var state: URL { url.appendingPathComponent("state") }
    /// Where the patient files lie.
    var patients: URL { url.appendingPathComponent("patients") }
    /// Where the pictures lie.
    var previews: URL { url.appendingPathComponent("previews") }

    /// Path in the dataset of a patient's file.
    static func file(of id: String) -> String { "patients/\(id).h5" }

    // MARK: - Begin

    /// Makes the folder ready for a recipe: folders, manifest, nothing half written.
    ///
    /// - Parameters:
    ///   - resume: whether to go on with what is there.
    ///   - isShared: whether other processes work on the same dataset; their unfinished files are then let alone.
    /// - Throws: `CineError` of kind `cannotCreate` when the folder holds something else, or another recipe's dataset.
    func prepare(for recipe: Recipe, resume: Bool, isShared: Bool) throws {
        try refuseStrangers(recipe, resume: resume || isShared)
        for folder in [patients, previews, state] where folder != previews || recipe.previews {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            } catch {
                throw CineError(.cannotCreate, "cannot create \(folder.relativePath): \(error.localizedDescription)")
            }
        }
        if !isShared {
            for folder in [url, patients, previews, state] where FileManager.default.fileExists(atPath: folder.path) {
                try AtomicFile.removeLeftovers(in: folder.path)
            }
        }
        if !FileManager.default.fileExists(atPath: manifest.path) {
            try publish(Manifest(recipe: recipe, patients: []))
        }
    }

    private func refuseStrangers(_ recipe: Recipe, resume: Bool) throws {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { !AtomicFile.isLeftover($0) && !$0.hasPrefix(FolderLock.name) }
        guard !names.isEmpty else { return }
        guard resume else {
            throw CineError(
                .cannotCreate,
                "\(url.relativePath) is not empty; add --resume to go on with it, or choose another folder")
        }
        guard FileManager.default.fileExists(atPath: manifest.path) else {
            guard Set(names).isSubset(of: ["state", "patients", "previews"]) else {
                throw CineError(
                    .cannotCreate, "\(url.relativePath) holds something that is not a dataset; choose another folder")
            }
            return
        }
        let found = try Manifest(contentsOf: manifest).recipeSHA256
        let expected = try recipe.sha256()
        guard found == expected else {
            throw CineError(
                .cannotCreate,
                "\(url.relativePath) was made from another recipe (\(found.prefix(12))…, this one is "
                    + "\(expected.prefix(12))…); use the recipe it was made from, or choose another folder")
        }
    }

    // MARK: - Records

    /// Records that a patient's file is published.
    func record(_ entry: Manifest.Entry) throws {
        let text = try JSONValue(encoding: entry).text() + "\n"
        try AtomicFile.write(text, to: state.appendingPathComponent("\(entry.id).json").path)
    }

    /// The records, by patient.
    func records() throws -> [String: Manifest.Entry] {
        var entries: [String: Manifest.Entry] = [:]
        if FileManager.default.fileExists(atPath: manifest.path) {
            for entry in try Manifest(contentsOf: manifest).patients { entries[entry.id] = entry }
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: state.path)) ?? []
        for name in names where name.hasSuffix(".json") {
            let data = try? Data(contentsOf: state.appendingPathComponent(name))
            guard let data, let entry = try? JSONDecoder().decode(Manifest.Entry.self, from: data) else { continue }
            entries[entry.id] = entry
        }
        return entries
    }

    /// Whether the file of a record is there and is what was recorded.
    func holds(_ entry: Manifest.Entry) -> Bool { damage(to: entry) == nil }

    /// How the file of a record differs from what was recorded; nil when it does not.
    func damage(to entry: Manifest.Entry) -> String? {
        let path = url.appendingPathComponent(entry.file).path
        guard let size = DatasetFolder.size(of: path) else { return "the file is missing" }
        guard size == entry.bytes else { return "expected \(entry.bytes) bytes, found \(size)" }
        do {
            let sha = try SHA256.hex(ofFile: path)
            return sha == entry.sha256 ? nil : "expected sha256 \(entry.sha256), found \(sha)"
        } catch {
            return (error as? CineError)?.message ?? "\(error)"
        }
    }

    /// Size of a file; nil when there is none.
    static func size(of path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
    }

    // MARK: - End

    /// Rewrites the manifest; removes the records once every patient is listed.
    func publish(_ manifest: Manifest) throws {
        try AtomicFile.write(manifest.text(), to: self.manifest.path)
        if manifest.isComplete { try? FileManager.default.removeItem(at: state) }
    }
}
