import Core
import Datasets
import Foundation

/// The project's own folder.
let projectFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Resolves a recipe that stands in a test.
func resolve(_ text: String, overrides: [String] = [], seed: UInt64? = nil) throws -> Recipe {
    let loader = RecipeLoader(folders: [projectFolder.appendingPathComponent("phantoms")])
    return try loader.resolve(ConfigDocument(text: text, name: "recipe.yml"), overrides: overrides, seed: seed)
}

/// The message of the `CineError` that `body` throws, with its kind.
func failure(_ body: () throws -> Void) -> (kind: CineError.Kind, message: String)? {
    do {
        try body()
        return nil
    } catch let error as CineError {
        return (error.kind, error.message)
    } catch {
        return nil
    }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }
}

/// A recipe whose patients take a fraction of a second.
let tinyRecipe = """
    version: 1
    name: tiny
    seed: 7
    frames: 3
    patients:
      - {reference: true}
      - {reference: true, count: 2, breath_holds: {severity: 5}}
    split: {train: 0.34, validation: 0.33, test: 0.33}
    volume: {spacing_mm: 12, size: [15, 13, 14]}
    cine: {views: [sax, lax_4ch], pixel_mm: 9, slice_count: 2, layer_spacing_mm: 4, oversampling: 1}
    breath_holds: {severity: 1}
    """
