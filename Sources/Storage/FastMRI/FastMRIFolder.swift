import Core
import Foundation

/// A folder in fastMRI's layout: `multicoil_train`, `multicoil_val` and `multicoil_test`, with a file for each volume.
///
/// Loaders open everything in those three, so nothing else is ever there. What fastMRI has no place for goes to a file
/// of the same name below `<root>_truth`.
public struct FastMRIFolder: Sendable {
    /// The folder that holds the three.
    public let root: URL

    /// What a file is for.
    public enum Split: String, Sendable, CaseIterable {
        /// For training.
        case train
        /// For validation.
        case val
        /// For testing: undersampled, without targets.
        case test
    }

    /// Names a folder; nothing is made yet.
    public init(_ root: URL) { self.root = root }

    /// Publishes a volume.
    ///
    /// - Parameter name: of the file without `.h5`. Loaders draw masks by it, so it should never change.
    /// - Parameter split: what it is for.
    /// - Parameter volume: what the file holds.
    /// - Parameter body: appends the slices.
    /// - Throws: as `FastMRIWriter.write`, and `CineError(.badData)` for a name that is not of ASCII letters, digits, `_`
    ///   and `-`.
    public func write(
        _ name: String, _ split: Split, _ volume: FastMRIVolume, _ body: (inout FastMRIWriter) throws -> Void
    ) throws {
        let path = try file(name, in: root.appendingPathComponent("multicoil_\(split.rawValue)"))
        try FastMRIWriter.write(to: path, staging: root.path, volume, body)
    }

    /// Publishes what is known of a volume beyond what fastMRI has a place for.
    ///
    /// - Parameter name: as of the volume.
    /// - Parameter body: writes into the root group.
    /// - Throws: as `HDF5File.write`, and `CineError(.badData)` for a wrong name.
    public func writeTruth(_ name: String, _ body: (HDF5Group) throws -> Void) throws {
        let folder = root.deletingLastPathComponent().appendingPathComponent(root.lastPathComponent + "_truth")
        try HDF5File.write(to: file(name, in: folder), body)
    }

    private func file(_ name: String, in folder: URL) throws -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return character.isASCII
                && (character.isLetter || character.isNumber || character == "_" || character == "-")
        }
        guard isPlain, !name.isEmpty else {
            throw CineError(.badData, "expected a name of ASCII letters, digits, _ and -, found \"\(name)\"")
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CineError(.cannotCreate, "cannot create \(folder.path): \(error.localizedDescription)")
        }
        return folder.appendingPathComponent("\(name).h5").path
    }
}
