import Core
import Foundation
import Scanner
import Storage
import Synchronization
import Testing

@testable import Datasets

@Suite("Patient files") struct PatientFileTests {
    private let folder: TemporaryFolder
    private let dataset: DatasetFolder

    init() throws { (folder, dataset) = try DatasetFixture.copy() }

    @Test("A file holds the groups of the contract, with its shapes and types")
    func contract() throws {
        let file = try PatientFile(dataset.url.appendingPathComponent("patients/p000001.h5").path)
        let contents = try file.contents().reduce(into: [:]) {
            $0[$1.path] = "\($1.dataset.type?.rawValue ?? "?") \($1.dataset.shape)"
        }
        #expect(
            contents == [
                "cine/lax_4ch/image": "float32 [1, 3, 30, 30]", "cine/lax_4ch/label": "uint8 [1, 3, 30, 30]",
                "cine/lax_4ch/motion": "float32 [1, 6]", "cine/lax_4ch/planned_affine": "float64 [1, 4, 4]",
                "cine/lax_4ch/true_affine": "float64 [1, 4, 4]", "cine/sax/image": "float32 [2, 3, 30, 30]",
                "cine/sax/label": "uint8 [2, 3, 30, 30]", "cine/sax/motion": "float32 [2, 6]",
                "cine/sax/planned_affine": "float64 [2, 4, 4]", "cine/sax/true_affine": "float64 [2, 4, 4]",
                "truth/curves/la_ml": "float64 [3]", "truth/curves/lv_ml": "float64 [3]",
                "truth/curves/ra_ml": "float64 [3]",
                "truth/curves/rv_ml": "float64 [3]", "truth/curves/time_ms": "float64 [3]",
                "truth/volume/displacement": "float16 [3, 3, 14, 13, 15]",
                "truth/volume/image": "float32 [3, 14, 13, 15]",
                "truth/volume/label": "uint8 [3, 14, 13, 15]",
            ])
        #expect(try file.root.attributes.text("format") == "cineforge.patient")
        #expect(try file.root.attributes.text("format_version") == "1.0")
        #expect(try file.root.attributes.integer("seed") == 7)
        #expect(try file.id == "p000001" && file.group == "NOR")
        #expect(try file.recipeSHA256 == resolve(tinyRecipe).sha256())
        #expect(try file.provenance["subject"] == .integer(1))
        #expect(try file.parameters["lv"]?["edv_ml"] == .integer(166))
        #expect(try file.measures["lv_edv_ml"] == 166)
        #expect(try file.measures.count == 14)
        let volume = try #require(try file.volume())
        #expect(volume.grid.size == [15, 13, 14] && volume.frames == 3)
        let sax = try #require(try file.cine(.sax))
        #expect(sax.motions.contains { $0.contains { $0 != 0 } })
        #expect(try file.cine(.lax2ch) == nil)
    }

    @Test("Fine slices along the stack have its pixels, and the centre of each thick slice in their middle")
    func fineSlices() throws {
        let recipe = try resolve(
            tinyRecipe, overrides: ["cine.planning_error_deg=4", "breath_holds.severity=0", "cine.slice_count=3"])
        var along = recipe
        for (perThick, size) in [(3, [16, 20]), (4, [15, 30])] {
            along.volume = Recipe.VolumeRequest()
            along.volume?.along = .sax
            along.volume?.slicesPerThick = perThick
            along.volume?.spacingMM = nil
            along.volume?.marginMM = nil
            along.volume?.size = size
            let path = folder("along\(perThick)").path
            try PatientWriter(recipe: along, threads: 2).write(along.roster()[0], to: path)
            let file = try PatientFile(path)
            let (grid, stack) = (try #require(try file.volume()).grid, try #require(try file.cine(.sax)))
            #expect(grid.size == SIMD3(size[0], size[1], 3 * perThick))
            let start = SIMD2((30 - size[0]) / 2, (30 - size[1]) / 2)
            for slice in 0..<3 {
                let z = (Double(slice) + 0.5) * Double(perThick) - 0.5
                let found = grid.affine([2, 5, z])
                // Affines are stored in double precision.
                #expect(length(found - stack.planned[slice].position(start.x + 2, start.y + 5, 0)) < 1e-9)
            }
            guard perThick == 3 else { continue }
            // At rest and with an odd number of fine slices, the middle one shows the thick slice's centre plane.
            let fine: [UInt8] = try #require(try file.volume()?.label).read(at: [1, 4, 0, 0], count: [1, 1, 20, 16])
            let thick: [UInt8] = try stack.label.read(at: [1, 1, start.y, start.x], count: [1, 1, 20, 16])
            #expect(fine == thick && Set(fine).count > 4)
        }
    }

    @Test("A volume along another stack is found")
    func strayFineSlices() throws {
        let recipe = try resolve(
            tinyRecipe.replacingOccurrences(
                of: "{spacing_mm: 12, size: [15, 13, 14]}", with: "{along: sax, slices_per_thick: 4, size: [16, 16]}"))
        _ = try Generator(recipe, in: DatasetFolder(folder("stack")), options: Generator.Options()).run()
        let stray = DatasetFolder(folder("stack"))
        #expect(try Verification(stray, threads: 1).problems.isEmpty)
        var change = DatasetFixture.Change()
        change.attribute = { name, value in
            guard name == "/truth/volume@affine", case .numbers(var affine, let shape) = value else { return value }
            affine[3] += 1
            return .numbers(affine, shape: shape)
        }
        try DatasetFixture.rewrite(stray, patient: 1, change)
        let problems = try Verification(stray, threads: 1).problems
        #expect(problems.contains { $0.message.contains("fine slices of the planned short-axis stack") })
    }

    @Test("Displacement in single precision is the same field")
    func displacement() throws {
        let recipe = try resolve(
            "version: 1\nname: x\nframes: 2\npatients: [{reference: true}]\nvolume: {spacing_mm: 12, image: false, displacement: float16}"
        )
        var single = recipe
        single.volume?.displacement = .float32
        for (name, recipe) in [("half", recipe), ("single", single)] {
            let writer = try PatientWriter(recipe: recipe, threads: 2)
            try writer.write(recipe.roster()[0], to: folder(name).path)
        }
        let half: [Float] = try #require(try PatientFile(folder("half").path).volume()?.displacement).read()
        let exact: [Float] = try #require(try PatientFile(folder("single").path).volume()?.displacement).read()
        // Half precision keeps 11 bits; the sampler's single precision adds a few µm.
        let excess = zip(half, exact).map { abs($0 - $1) - abs($1) / 2048 }.max() ?? .infinity
        #expect(excess < 0.005)
        #expect((exact.map(abs).max() ?? 0) > 1)
        #expect(try PatientFile(folder("half").path).volume()?.image == nil)
    }

    @Test("What is no patient file is refused")
    func strangers() throws {
        #expect(failure { _ = try PatientFile(folder("nowhere").path) }?.kind == .noInput)
        try Data("x".utf8).write(to: folder("text"))
        #expect(failure { _ = try PatientFile(folder("text").path) }?.kind == .badData)
        try HDF5File.write(to: folder("other").path) { try $0.attributes.set("format", "other") }
        #expect(
            failure { _ = try PatientFile(folder("other").path) }?.message.contains(
                "expected format cineforge.patient, found other") ?? false)
        try HDF5File.write(to: folder("newer").path) { root in
            try root.attributes.set("format", "cineforge.patient")
            try root.attributes.set("format_version", "2.0")
        }
        #expect(failure { _ = try PatientFile(folder("newer").path) }?.message.contains("found 2.0") ?? false)
    }
}

@Suite("Generator") struct GeneratorTests {
    private let folder: TemporaryFolder
    private let dataset: DatasetFolder

    init() throws { (folder, dataset) = try DatasetFixture.copy() }

    private func options(resume: Bool = false) -> Generator.Options {
        var options = Generator.Options()
        options.resume = resume
        return options
    }

    @Test("Stopped, it keeps what is finished; resumed, it makes only the rest")
    func resume() throws {
        let recipe = try resolve(tinyRecipe, overrides: ["previews=false"])
        let dataset = DatasetFolder(folder("stopped"))
        let finished = Mutex(0)
        let stopped = failure {
            _ = try Generator(recipe, in: dataset, options: options()).run(
                isStopped: { finished.withLock { $0 > 0 } },
                onEvent: { event in if case .finished = event { finished.withLock { $0 += 1 } } })
        }
        #expect(stopped?.kind == .interrupted)
        #expect(try Manifest(contentsOf: dataset.manifest).patients.map(\.id) == ["p000000"])
        let made = Mutex<[String: Bool]>([:])
        let manifest = try Generator(recipe, in: dataset, options: options(resume: true)).run(onEvent: { event in
            if case .finished(let entry, let isNew) = event { made.withLock { $0[entry.id] = isNew } }
        })
        #expect(made.withLock { $0 } == ["p000000": false, "p000001": true, "p000002": true])
        #expect(manifest.isComplete)
        #expect(try Verification(dataset, threads: 1).problems.isEmpty)
    }

    @Test("A record without its file, or a file without its record, is made again")
    func records() throws {
        var manifest = try Manifest(contentsOf: dataset.manifest)
        let complete = manifest
        try FileManager.default.removeItem(at: dataset.url.appendingPathComponent(manifest.patients[2].file))
        manifest.patients.remove(at: 0)
        try manifest.text().write(to: dataset.manifest, atomically: true, encoding: .utf8)
        let made = Mutex<Set<String>>([])
        let after = try Generator(manifest.recipe, in: dataset, options: options(resume: true)).run(onEvent: { event in
            if case .finished(let entry, isNew: true) = event { _ = made.withLock { $0.insert(entry.id) } }
        })
        #expect(made.withLock { $0 } == ["p000000", "p000002"])
        #expect(after == complete)
    }

    @Test("Pictures are made for every patient, and again when they are lost")
    func pictures() throws {
        func pictures() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: dataset.url.appendingPathComponent("previews").path)
                .sorted()
        }
        let all = try pictures()
        #expect(all == ["p000000.apng", "p000000.png", "p000001.apng", "p000001.png", "p000002.apng", "p000002.png"])
        try FileManager.default.removeItem(at: dataset.url.appendingPathComponent("previews/p000001.png"))
        let recipe = try Manifest(contentsOf: dataset.manifest).recipe
        _ = try Generator(recipe, in: dataset, options: options(resume: true)).run()
        #expect(try pictures() == all)
    }

    @Test("The same subject is the same heart, whatever the breath-holds")
    func subjects() throws {
        let recipe = try resolve(
            """
            version: 1
            name: x
            patients:
              - {cohort: healthy-men, count: 2, first_subject: 4}
              - {cohort: healthy-men, first_subject: 5, breath_holds: {severity: 5}}
            cine: {}
            """)
        let parameters = try recipe.roster().map { try recipe.parameters(of: $0.group, subject: $0.subject) }
        #expect(parameters[1] == parameters[2])
        #expect(parameters[0] != parameters[1])
    }

    @Test("Breath-hold errors keep their directions at every severity")
    func severities() throws {
        let recipe = try resolve(
            """
            version: 1
            name: x
            frames: 1
            patients:
              - {reference: true}
              - {reference: true, first_subject: 0, breath_holds: {severity: 2.5}}
              - {reference: true, first_subject: 0, breath_holds: {severity: 5, drift_mm_per_s: 0.18}}
            cine: {views: [sax], slice_count: 4}
            """)
        let motions = try recipe.roster().map { try PatientStudy($0, of: recipe).slices[0].motions }
        #expect(motions[0].allSatisfy { $0 == .none })
        for (weak, strong) in zip(motions[1], motions[2]) {
            // Twice the severity and twice the drift is twice the shift, in single precision.
            #expect(length(strong.shiftMM - 2 * weak.shiftMM) < 1e-4)
            #expect(length(weak.shiftMM) > 0)
        }
    }

    @Test("Estimates tell the size of files within a tenth")
    func estimate() throws {
        let manifest = try Manifest(contentsOf: dataset.manifest)
        var recipe = manifest.recipe
        recipe.volume?.size = [40, 40, 40]
        let plan = recipe.roster()[0]
        try PatientWriter(recipe: recipe, threads: 2).write(plan, to: folder("file").path)
        let found = try Data(contentsOf: folder("file")).count
        let estimate = try Estimate(recipe, plans: [plan], jobs: 1, threads: 1)
        #expect(abs(estimate.diskBytes - found) < found / 10, "\(estimate.diskBytes) against \(found)")
        #expect(estimate.seconds > 0 && estimate.memoryBytes > 50_000_000)
    }
}
