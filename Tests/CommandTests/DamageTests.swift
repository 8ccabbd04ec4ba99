import Datasets
import Foundation
import Testing

@Suite("Damaged patient files") struct DamageTests {
    private let folder: Folder
    private let dataset: String
    private let file: URL
    private let whole: Data

    init() throws {
        folder = try Folder()
        dataset = folder("out").path
        let made = try Program.run(["generate", folder.recipe(patients: 1), "--out", dataset])
        #expect(made.status == 0, "\(made.errors)")
        file = folder("out/patients/p000000.h5")
        whole = try Data(contentsOf: file)
    }

    /// Changes one byte: `times` places in the whole file, and as many among the names and texts at its start.
    private func flipping(_ times: Int, _ body: (Int) throws -> Void) throws {
        let places = (0..<times).flatMap { [$0 * whole.count / times, $0 * min(8192, whole.count) / times] }
        for place in places {
            var data = whole
            data[place] ^= 1 << UInt8(place % 8)
            try data.write(to: file)
            try body(place)
        }
    }

    /// HDF5 1.10 crashes on some of them when it reads text, so nobody must open them with it.
    @Test("verify finds a byte changed anywhere, and ends as it should")
    func verify() throws {
        try flipping(40) { place in
            let outcome = try Program.run(["verify", dataset])
            #expect(outcome.status == 65, "byte \(place): \(outcome.errors)")
            #expect(outcome.output.contains("patients/p000000.h5: expected sha256"), "byte \(place)")
        }
        let json = try Program.run(["verify", dataset, "--json"])
        #expect(json.status == 65)
        let report = try JSONDecoder().decode(JSONValue.self, from: Data(json.output.utf8))
        #expect(report["ok"] == .bool(false))
        try whole.write(to: file)
        #expect(try Program.run(["verify", dataset]).status == 0)
    }

    @Test("inspect and export refuse a byte changed anywhere, and say how to mend it")
    func readers() throws {
        try flipping(10) { place in
            for command in [
                ["inspect", file.path], ["export", dataset, "--to", "nifti", "--out", folder("nifti-\(place)").path],
            ] {
                let outcome = try Program.run(command)
                #expect(outcome.status == 65, "byte \(place): \(outcome.errors)")
                #expect(outcome.errors.contains("expected sha256") && outcome.errors.contains("--resume"))
            }
        }
        try FileManager.default.removeItem(at: file)
        let missing = try Program.run(["export", dataset, "--to", "nifti", "--out", folder("missing").path])
        #expect(missing.status == 66 && missing.errors.contains("the file is missing"))
    }
}
