import Core
import Foundation

extension DatasetFolder {
    /// Opens the file of a patient once its bytes are those that the manifest records: HDF5 1.10 itself may crash on a
    /// damaged file, so it sees none.
    ///
    /// - Cost: the file is read once more, at some 2 GB/s.
    /// - Throws: `CineError`: `noInput` when the file is missing, `badData` when it differs or is no patient.
    public func patient(_ entry: Manifest.Entry) throws -> PatientFile {
        let path = url.appendingPathComponent(entry.file)
        if let damage = damage(to: entry) {
            throw CineError(
                FileManager.default.fileExists(atPath: path.path) ? .badData : .noInput,
                "\(path.relativePath): \(damage); cineforge generate with --resume makes the file again")
        }
        return try PatientFile(path.path)
    }

    /// Opens a patient file, compared as above when it lies in a dataset whose manifest lists it.
    ///
    /// - Throws: as `patient(_:)`.
    public static func patient(at path: String) throws -> PatientFile {
        let url = URL(fileURLWithPath: path)
        let parent = url.deletingLastPathComponent()
        let folder = DatasetFolder(parent.deletingLastPathComponent())
        let file = "\(parent.lastPathComponent)/\(url.lastPathComponent)"
        let manifest = try? Manifest(contentsOf: folder.manifest)
        guard let entry = manifest?.patients.first(where: { $0.file == file }) else { return try PatientFile(path) }
        return try folder.patient(entry)
    }
}
