import Core
import Foundation
import Testing

@testable import Datasets

@Suite("Manifests") struct ManifestTests {
    private let folder: TemporaryFolder
    private let manifest: Manifest

    init() throws {
        folder = try TemporaryFolder()
        let entry = Manifest.Entry(
            id: "p000000", group: "NOR", split: "train", subject: 0, file: "patients/p000000.h5",
            sha256: String(repeating: "0", count: 64), bytes: 12)
        manifest = try Manifest(recipe: resolve(tinyRecipe), patients: [entry])
    }

    private func read(_ text: String) throws -> Manifest {
        let url = folder("manifest.json")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return try Manifest(contentsOf: url)
    }

    @Test("Written and read it is the same, byte for byte")
    func roundTrip() throws {
        let back = try read(manifest.text())
        #expect(back == manifest)
        #expect(try back.text() == manifest.text())
        #expect(try back.recipe.sha256() == manifest.recipeSHA256)
        #expect(!back.isComplete)
    }

    @Test("It holds the members of the contract")
    func contract() throws {
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(manifest.text().utf8))
        guard case .object(let members) = json else {
            Issue.record("not an object")
            return
        }
        #expect(Set(members.keys) == ["format", "version", "recipe", "recipe_sha256", "seed", "patients"])
        #expect(json["format"] == "cineforge.dataset" && json["version"] == "1.0" && json["seed"] == .integer(7))
        #expect(json["recipe"]?["cine"]?["snr"] == .integer(20), "the recipe is resolved")
    }

    @Test(
        "Names that lead out of the folder are refused",
        arguments: [
            "../p.h5", "/etc/passwd", "patients/../../p.h5", "patients//p.h5", "", ".", "patients/.hidden", "~/p.h5",
            "patients/p.h5/", "a\\b", "patients/p\u{0}.h5", "patients/\u{202E}.h5", "C:/p.h5", "patients/p h5",
        ])
    func traversal(file: String) throws {
        var bad = manifest
        bad.patients[0].file = file
        let failure = failure { _ = try read(bad.text()) }
        #expect(failure?.kind == .badData)
        #expect(failure?.message.contains("below the dataset's folder") ?? false)
    }

    @Test("What is no manifest is refused", arguments: ["", "[]", "{}", "not json", #"{"format":"x"}"#])
    func strangers(text: String) { #expect(failure { _ = try read(text) }?.kind == .badData) }

    @Test("A newer major version is refused, a damaged member is named")
    func versions() throws {
        var newer = manifest
        newer.version = "2.0"
        #expect(failure { _ = try read(newer.text()) }?.message.contains("expected version 1, found \"2.0\"") ?? false)
        newer.version = "1.7"
        #expect(try read(newer.text()).version == "1.7")
        let damaged = try manifest.text().replacingOccurrences(of: "\"bytes\": 12", with: "\"bytes\": \"many\"")
        #expect(failure { _ = try read(damaged) }?.message.contains("bytes") ?? false)
        #expect(failure { _ = try Manifest(contentsOf: folder("nowhere")) }?.kind == .noInput)
    }
}
