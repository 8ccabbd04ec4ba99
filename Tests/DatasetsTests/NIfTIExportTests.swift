import Core
import Datasets
import Foundation
import Scanner
import Storage
import Testing

@Suite("NIfTI export") struct NIfTIExportTests {
    private let folder: TemporaryFolder
    private let dataset: DatasetFolder

    init() throws { (folder, dataset) = try DatasetFixture.copy() }

    @Test("Every array arrives with its values, its place and its sidecar")
    func values() throws {
        let target = folder("nifti")
        #expect(try NIfTIExport(dataset, to: target).run(threads: 2) == 3 * 7)
        let file = try PatientFile(dataset.url.appendingPathComponent("patients/p000001.h5").path)
        func nifti(_ name: String) throws -> NIfTIImage {
            try NIfTIImage.read(target.appendingPathComponent("p000001/\(name).nii.gz").path)
        }

        let sax = try #require(try file.cine(.sax))
        let cine = try nifti("sax_cine")
        #expect(cine.header.grid.size == [30, 30, 2] && cine.header.frames == 3)
        let images: [Float] = try sax.image.read()
        let size = 900
        for (slice, frame) in [(0, 0), (1, 0), (0, 2), (1, 1)] {
            let stored = images[(slice * 3 + frame) * size..<(slice * 3 + frame + 1) * size]
            #expect(Array(cine.floats[(frame * 2 + slice) * size..<(frame * 2 + slice + 1) * size]) == Array(stored))
        }
        let first = cine.header.grid.position(3, 5, 1)
        #expect(length(first - sax.planned[1].position(3, 5, 0)) < 1e-3)

        let volume = try #require(try file.volume())
        #expect(try nifti("volume_image").floats == volume.image?.read())
        #expect(try nifti("volume_label").values == .uint8(volume.label?.read() ?? []))
        let field: [Float] = try #require(volume.displacement).read()
        let exported = try nifti("volume_displacement")
        #expect(exported.header.intent == .displacement && exported.header.components == 3)
        let voxels = volume.grid.count
        // [T, 3, Z, Y, X] becomes components of frames.
        #expect(exported.floats[(2 * 3 + 1) * voxels + 40] == field[(1 * 3 + 2) * voxels + 40])

        let sidecar = try JSONDecoder().decode(
            JSONValue.self, from: Data(contentsOf: target.appendingPathComponent("p000001/sax_label.json")))
        #expect(sidecar["labels"]?["2"] == "lv_myocardium" && sidecar["synthetic"] == .bool(true))
    }

    @Test("A second export has the same bytes, and a folder with something in it is refused")
    func reproducible() throws {
        for name in ["a", "b"] { _ = try NIfTIExport(dataset, to: folder(name)).run(threads: 1) }
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder("a").path).filter { $0.contains(".") }
        #expect(names.count == 3 * 15)
        for name in names {
            #expect(try Data(contentsOf: folder("a/\(name)")) == Data(contentsOf: folder("b/\(name)")))
        }
        #expect(failure { _ = try NIfTIExport(dataset, to: folder("a")) }?.kind == .cannotCreate)
    }
}
