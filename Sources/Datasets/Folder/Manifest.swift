import Core
import Foundation
import Storage

/// The table of contents of a dataset: the resolved recipe and every patient file with its hash.
public struct Manifest: Sendable, Codable, Hashable {
    /// Name of the format.
    public var format = PatientFormat.datasetName
    /// Version of the format.
    public var version = PatientFormat.datasetVersion
    /// The resolved recipe.
    public var recipe: Recipe
    /// SHA-256 of the recipe's canonical JSON.
    public var recipeSHA256: String
    /// Seed of the recipe.
    public var seed: UInt64
    /// The patients whose files are there, in order.
    public var patients: [Entry]

    enum CodingKeys: String, CodingKey {
        case format, version, recipe, seed, patients
        case recipeSHA256 = "recipe_sha256"
    }

    /// One patient file.
    public struct Entry: Sendable, Codable, Hashable {
        /// Name in the dataset.
        public var id: String
        /// Group of the cohort.
        public var group: String
        /// `train`, `validation` or `test`.
        public var split: String
        /// Number of the heart: the same number is the same heart.
        public var subject: Int
        /// Path in the dataset.
        public var file: String
        /// SHA-256 of the file.
        public var sha256: String
        /// Size of the file.
        public var bytes: Int
    }

    /// The manifest of a recipe with the patients that are there.
    ///
    /// - Throws: `CineError` when the recipe cannot be encoded.
    public init(recipe: Recipe, patients: [Entry]) throws {
        self.recipe = recipe
        self.patients = patients.sorted { $0.id < $1.id }
        recipeSHA256 = try recipe.sha256()
        seed = recipe.seed
    }

    /// Whether every patient of the recipe is there.
    public var isComplete: Bool { patients.count == recipe.patients.reduce(0) { $0 + $1.count } }

    /// The manifest as text, the same for the same dataset.
    ///
    /// - Throws: `CineError` when it cannot be encoded.
    public func text() throws -> String { try JSONValue(encoding: self).text(pretty: true) + "\n" }

    /// Reads a manifest.
    ///
    /// - Throws: `CineError`: `noInput` when there is none, `badData` when it is not ours or damaged.
    public init(contentsOf url: URL) throws {
        guard let data = try? Data(contentsOf: url) else {
            throw CineError(
                .noInput, "cannot read \(url.relativePath): expected a dataset folder with a manifest.json")
        }
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: data) else {
            throw CineError(.badData, "\(url.relativePath): not JSON; the file is damaged")
        }
        guard json["format"] == .string(PatientFormat.datasetName) else {
            throw CineError(
                .badData,
                "\(url.relativePath): expected format \(PatientFormat.datasetName), found "
                    + (json["format"]?.text() ?? "none"))
        }
        guard case .string(let version) = json["version"], version.hasPrefix("1.") else {
            throw CineError(
                .badData,
                "\(url.relativePath): expected version 1, found \(json["version"]?.text() ?? "none"); "
                    + "use the program that made the dataset")
        }
        do {
            self = try json.decode()
        } catch let error as DecodingError {
            throw CineError(.badData, "\(url.relativePath): \(Manifest.describe(error)); the file is damaged")
        }
        for entry in patients where !Manifest.isSafe(entry) {
            throw CineError(
                .badData,
                "\(url.relativePath): patient `\(entry.id)` has the file `\(entry.file)`; "
                    + "expected a name below the dataset's folder")
        }
    }

    /// Names that cannot lead out of the folder.
    private static func isSafe(_ entry: Entry) -> Bool {
        let parts = entry.file.split(separator: "/", omittingEmptySubsequences: false)
        return entry.id.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil
            && parts.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}/) != nil }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` cannot be read"
        default: "it cannot be read"
        }
    }
}
