import Core
import Datasets
import Foundation
import Testing

@Suite("Recipes") struct RecipeTests {
    @Test("Resolved, printed, parsed and resolved again is a fixed point", arguments: ["plain", "full"])
    func fixedPoint(kind: String) throws {
        let text =
            kind == "plain"
            ? tinyRecipe
            : """
            version: 1
            name: "full: of # signs"
            patients:
              - {cohort: dcm, count: 3, breath_holds: {severity: ukb, slices_per_hold: 3}}
              - {cohort: minf, first_subject: 1, parameters: {lv: {edv_ml: 220}, tissue_factors: {fat: {t1: 1.1, t2: 1, density: 1}}}}
            tissues: tissues-3t
            volume: {margin_mm: 3, displacement: float32}
            cine: {profile: {kind: rectangular}, label_rule: majority}
            """
        let first = try resolve(text)
        let second = try resolve(first.yaml())
        #expect(second == first)
        #expect(try second.sha256() == first.sha256())
        #expect(try second.yaml() == first.yaml())
        let decoded: Recipe = try first.json().decode()
        #expect(decoded == first)
    }

    @Test("Volumes along the stack have its pixels, and along the patient's axes nothing of it")
    func volumeAxes() throws {
        let head = "version: 1\nname: x\npatients: [{reference: true}]\n"
        let recipe = try resolve(head + "volume: {along: sax, size: [64, 48]}")
        let volume = try #require(recipe.volume)
        #expect(volume.slicesPerThick == 5 && volume.spacingMM == nil && volume.marginMM == nil)
        #expect(try resolve(recipe.yaml()) == recipe)
        // What older recipes hash to has no new key.
        let plain = try resolve(head + "volume: {}").json()["volume"]
        #expect(plain?["along"] == nil && plain?["slices_per_thick"] == nil && plain?["spacing_mm"] != nil)
    }

    @Test("A resolved recipe needs no other file")
    func standalone() throws {
        let resolved = try resolve("version: 1\nname: x\npatients: [{cohort: hcm}]\ntissues: tissues-3t\ncine: {}")
        let document = try ConfigDocument(text: resolved.yaml(), name: "recipe.yml")
        #expect(try RecipeLoader(folders: []).resolve(document) == resolved)
        #expect(resolved.tissues.fieldT == 3)
        #expect(resolved.scan.fieldT == 3)
    }

    @Test("The hash depends on every value and on nothing else")
    func hash() throws {
        let base = try resolve(tinyRecipe)
        let reordered = try resolve(
            tinyRecipe.replacingOccurrences(of: "name: tiny\nseed: 7", with: "seed: 7   # lucky\nname: tiny"))
        #expect(try reordered.sha256() == base.sha256())
        for override in [
            "seed=8", "frames=4", "patients.1.count=3", "cine.snr=19", "volume.spacing_mm=9", "previews=false",
        ] {
            #expect(try resolve(tinyRecipe, overrides: [override]).sha256() != base.sha256(), "\(override)")
        }
        #expect(try resolve(tinyRecipe, seed: 9).seed == 9)
    }

    @Test("Absent groups are not asked for, and present ones have every default")
    func defaults() throws {
        let recipe = try resolve("version: 1\nname: x\npatients: [{reference: true}]\nvolume: {}")
        #expect(recipe.cine == nil && recipe.breathHolds == nil)
        #expect(recipe.volume == Recipe.VolumeRequest())
        #expect(recipe.frames == 25 && recipe.seed == 1 && recipe.previews)
        #expect(recipe.scan.frames == 25)
    }

    @Test("Every key of the parts that are decoded can be written in a recipe")
    func schemaIsComplete() throws {
        let schema = Recipe.schema.jsonSchema(title: "x")["properties"]
        let full = try resolve(tinyRecipe).json()
        for group in ["cine", "volume", "breath_holds", "split"] {
            guard case .object(let written) = full[group], case .object(let known) = schema?[group]?["properties"]
            else {
                Issue.record("no \(group)")
                continue
            }
            let missing = Set(written.keys).subtracting(known.keys).subtracting(["frames", "field_t"])
            #expect(missing.isEmpty, "\(group): \(missing)")
        }
    }

    @Test(
        "The recipes of the project are right",
        arguments: [
            "demo", "benchmark", "super-resolution", "segmentation", "motion-stress", "teaching", "learning",
            "learning-demo",
        ])
    func project(name: String) throws {
        let url = projectFolder.appendingPathComponent("datasets/\(name).yml")
        let recipe = try RecipeLoader(recipe: url, executable: nil).load(url)
        #expect(recipe.name == name)
        switch name {
        case "demo": #expect(recipe.roster().count == 3)
        case "benchmark":
            #expect(recipe.volume?.size == [128, 128, 112] && recipe.volume?.spacingMM == 1.25)
            #expect(recipe.cine?.scan.sliceCount == 12 && recipe.cine?.scan.pixelMM == 1.8 && recipe.frames == 25)
        case "motion-stress":
            let bySubject = Dictionary(grouping: recipe.roster(), by: \.subject)
            #expect(bySubject.count == 10 && bySubject.values.allSatisfy { $0.count == 5 })
        case "teaching": #expect(Set(recipe.patients.compactMap(\.cohort)).count == 5)
        default: break
        }
    }

    @Test("The JSON Schema names every key, type and range")
    func jsonSchema() throws {
        let schema = Recipe.schema.jsonSchema(title: "CineForge recipe")
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["additionalProperties"] == .bool(false))
        #expect(schema["required"] == .array(["version", "name", "patients"]))
        let frames = schema["properties"]?["frames"]
        #expect(frames?["type"] == "integer" && frames?["minimum"] == .number(1) && frames?["maximum"] == .number(200))
        #expect(schema["properties"]?["cine"]?["properties"]?["snr"]?["description"] != nil)
    }
}

@Suite("Rosters") struct RosterTests {
    private let recipe: Recipe

    init() throws {
        recipe = try resolve(
            """
            version: 1
            name: x
            patients:
              - {reference: true, count: 10}
              - {reference: true, count: 10, first_subject: 0}
              - {reference: true, count: 5}
            split: {train: 0.6, validation: 0.2, test: 0.2}
            cine: {}
            """)
    }

    @Test("Subjects count on, unless they are named")
    func subjects() {
        let roster = recipe.roster()
        #expect(roster.map(\.id) == (0..<25).map { String(format: "p%06d", $0) })
        #expect(roster.map(\.subject) == Array(0..<10) + Array(0..<10) + Array(10..<15))
    }

    @Test("Shares come out exactly, and a subject stays in one split")
    func splits() {
        let bySubject = Dictionary(grouping: recipe.roster(), by: \.subject).mapValues { Set($0.map(\.split)) }
        #expect(bySubject.values.allSatisfy { $0.count == 1 })
        let counts = Dictionary(grouping: bySubject.values.compactMap(\.first)) { $0 }.mapValues(\.count)
        #expect(counts == ["train": 9, "validation": 3, "test": 3])
    }

    @Test("Schedulers say which part to make")
    func shards() {
        #expect(Shard(environment: [:]) == nil)
        #expect(Shard(environment: ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"]) == nil)
        let environments = [
            ["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "4"],
            ["SLURM_PROCID": "2", "SLURM_NTASKS": "4"], ["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"],
        ]
        for environment in environments { #expect(Shard(environment: environment) == Shard(index: 2, count: 4)) }
        let parts = (0..<3).compactMap { Shard(index: $0, count: 3) }
        for plan in recipe.roster() { #expect(parts.count { $0.contains(plan) } == 1) }
    }
}
