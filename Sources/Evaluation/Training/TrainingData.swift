import Core
import Datasets
import Foundation

/// The patients of a dataset by what they serve for, their files compared with the manifest and open.
public struct TrainingData: Sendable {
    /// To learn from.
    public let training: [PatientFile]
    /// To choose weights by.
    public let validation: [PatientFile]
    /// To score by, once.
    public let test: [PatientFile]
    /// SHA-256 of the recipe.
    public let recipeSHA256: String

    /// Opens a dataset.
    ///
    /// - Throws: `CineError`: `noInput` when there is none, `badData` when it is damaged or not complete.
    public init(_ url: URL) throws {
        let folder = DatasetFolder(url)
        guard FileManager.default.fileExists(atPath: folder.manifest.path) else {
            throw CineError(
                .noInput,
                """
                Expected a dataset in \(url.relativePath), found no manifest.json. Make it first: cineforge generate \
                RECIPE --out \(url.relativePath)
                """)
        }
        let manifest = try Manifest(contentsOf: folder.manifest)
        guard manifest.isComplete else {
            throw CineError(
                .badData,
                """
                \(url.relativePath): expected all patients of the recipe, found \(manifest.patients.count). Finish it: \
                cineforge generate RECIPE --out \(url.relativePath) --resume
                """)
        }
        func patients(_ split: String) throws -> [PatientFile] {
            try manifest.patients.filter { $0.split == split }.map { try folder.patient($0) }
        }
        training = try patients("train")
        validation = try patients("validation")
        test = try patients("test")
        recipeSHA256 = manifest.recipeSHA256
        guard training.isEmpty else { return }
        throw CineError(
            .badData,
            """
            \(url.relativePath): expected patients to train on, found none. Give the recipe a `split` such as \
            {train: 0.7, validation: 0.1, test: 0.2}.
            """)
    }
}
