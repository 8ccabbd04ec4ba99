import Core
import Datasets
import Foundation
import Storage
import Testing

@Suite("Verification") struct VerificationTests {
    private let folder: TemporaryFolder
    private let dataset: DatasetFolder

    init() throws { (folder, dataset) = try DatasetFixture.copy() }

    private func problems() throws -> [String] {
        try Verification(dataset, threads: 1).problems.map { "\($0.place): \($0.message)" }
    }

    private func expect(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let problems = try problems()
        #expect(problems.contains { $0.contains(words) }, "\(problems)", sourceLocation: sourceLocation)
    }

    private func patient(_ index: Int) -> URL { dataset.url.appendingPathComponent("patients/p00000\(index).h5") }

    /// Changes what a patient's file holds, and renews its hash.
    private func edit(_ patient: Int, _ change: (inout DatasetFixture.Change) -> Void) throws {
        var changes = DatasetFixture.Change()
        change(&changes)
        try DatasetFixture.rewrite(dataset, patient: patient, changes)
    }

    private func editManifest(_ change: (inout Manifest) throws -> Void) throws {
        var manifest = try Manifest(contentsOf: dataset.manifest)
        try change(&manifest)
        try manifest.text().write(to: dataset.manifest, atomically: true, encoding: .utf8)
    }

    @Test("A dataset that was just made is right, and a copy made anew has the same bytes")
    func right() throws {
        #expect(try problems() == [])
        try edit(0) { _ in }
        #expect(try problems() == [])
    }

    @Test("A missing, short, changed, additional or unfinished file is named")
    func files() throws {
        try FileManager.default.removeItem(at: patient(0))
        var data = try Data(contentsOf: patient(1))
        data[data.count / 2] ^= 4
        try data.write(to: patient(1))
        try Data(contentsOf: patient(2)).dropLast(100).write(to: patient(2))
        try Data().write(to: dataset.url.appendingPathComponent("patients/p000007.h5"))
        try Data().write(to: dataset.url.appendingPathComponent("patients/.p000001.h5.partial-1"))
        try expect("patients/p000000.h5: the file is missing")
        try expect("patients/p000001.h5: expected sha256")
        try expect("patients/p000002.h5: expected \(data.count)")
        try expect("patients/p000007.h5: not in the manifest")
        try expect("partial-1: left behind by a run that was killed")
    }

    @Test("A patient file cut anywhere is an error, never a crash")
    func truncation() throws {
        let whole = try Data(contentsOf: patient(0))
        for percent in stride(from: 0, through: 99, by: 9) {
            let part = whole.prefix(whole.count * percent / 100)
            try part.write(to: patient(0))
            try editManifest {
                $0.patients[0].bytes = part.count
                $0.patients[0].sha256 = try SHA256.hex(of: Array(part))
            }
            try expect("patients/p000000.h5")
        }
    }

    @Test("A manifest that is stale or was edited is found out")
    func manifest() throws {
        try editManifest { manifest in
            manifest.patients.append(manifest.patients[0])
            manifest.patients[1].split = "holdout"
            manifest.patients[2].id = "p000009"
            manifest.recipe.seed = 8
        }
        try expect("patient p000000 is listed 2 times")
        try expect("patient p000001: expected split")
        try expect("patient p000002 of the recipe is not there")
        try expect("patient p000009 is not one of the recipe's")
        try expect("manifest.json: expected recipe_sha256")
        try expect("manifest.json: expected the recipe's seed 8, found 7")
    }

    @Test("Wrong values are found even when the hashes were renewed")
    func values() throws {
        try edit(1) { change in
            change.floats = { path, values in
                var values = values
                if path == "/truth/volume/image" { values[5] = .nan }
                if path == "/cine/sax/image" { values[7] = -1 }
                if path == "/cine/sax/motion" { values[0] += 1 }
                return values
            }
            change.bytes = { path, values in
                guard path == "/cine/lax_4ch/label" else { return values }
                return [13] + values.dropFirst()
            }
            change.halves = { _, values in [5] + values.dropFirst() }
            change.doubles = { path, values in path == "/truth/curves/time_ms" ? values.reversed() : values }
            change.attribute = { path, value in
                switch path {
                case "@id": .text("p000005")
                case "/truth/measures@lv_ef": .numbers([0.9], shape: [])
                case "/truth/measures@es_frame": .integer(0)
                default: value
                }
            }
        }
        try expect("p000001.h5:truth/volume/image: frame 0: expected finite intensities, none negative, found nan")
        try expect("p000001.h5:cine/sax/image: slice 0: expected finite intensities, none negative, found -1")
        try expect("p000001.h5:cine/sax/true_affine: slice 0: expected planned_affine moved back by motion")
        try expect("p000001.h5:cine/lax_4ch/label: slice 0: expected labels, found 13")
        try expect("p000001.h5:truth/volume/displacement: frame 0: expected at most 0.01 mm, found 5")
        try expect("p000001.h5:truth/curves/time_ms: expected rising times")
        try expect("p000001.h5: expected id p000001, found p000005")
        try expect("p000001.h5:truth/measures: expected lv_ef")
        try expect("p000001.h5:truth/measures: expected es_frame at the smallest lv_ml, found 0")
    }

    @Test("Swapped frames no longer hold what the curve says")
    func swapped() throws {
        try edit(0) { change in
            change.bytes = { path, values in
                guard path == "/truth/volume/label" else { return values }
                let frame = values.count / 3
                return Array(values[frame..<2 * frame] + values[..<frame] + values[(2 * frame)...])
            }
        }
        try expect("p000000.h5:truth/volume/label: frame 0: expected an LV cavity of")
    }

    @Test("Reports what it has read")
    func summary() throws {
        let result = try Verification(dataset, threads: 2)
        #expect(result.patients == 3)
        #expect(result.bytes == (try Manifest(contentsOf: dataset.manifest).patients.reduce(0) { $0 + $1.bytes }))
        #expect(failure { _ = try Verification(DatasetFolder(folder("nowhere")), threads: 1) }?.kind == .noInput)
    }
}
