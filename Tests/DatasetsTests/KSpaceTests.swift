import Core
import Foundation
import Fourier
import Reconstruction
import Scanner
import Storage
import Testing

@testable import Datasets

/// K-space in datasets: written, verified, read back, reconstructed and exported.
@Suite("K-space", .serialized) struct KSpaceTests {
    private static let recipe = """
        version: 1
        name: raw
        seed: 5
        frames: 4
        patients:
          - {reference: true, kspace: {sampling: {kind: full}, fidelity: frame, snr: 0}}
          - {reference: true, kspace: {sampling: {kind: lattice, acceleration: 2}}}
          - {reference: true, kspace: {sampling: {kind: radial_golden, spokes_per_frame: 20}, views: [lax_4ch]}}
          - {reference: true, kspace: {fidelity: frame, slices: 1}, field: {offset_hz: 20, transmit_scale: 0}}
        cine: {images: false, pixel_mm: 6, field_of_view_mm: 330, layer_spacing_mm: 8}
        kspace: {slices: 2, coils: {channels: 4}, gating: {breathing: free, views_per_segment: 20}, oversampling: 1.5}
        previews: false
        """

    private static let made = Result {
        let folder = try TemporaryFolder()
        var options = Generator.Options()
        (options.jobs, options.threads) = (2, 2)
        _ = try Generator(resolve(recipe), in: DatasetFolder(folder("dataset")), options: options).run()
        return SharedFolder(folder)
    }

    /// `@unchecked Sendable`: only read after it was made.
    private struct SharedFolder: @unchecked Sendable {
        let folder: TemporaryFolder
        init(_ folder: TemporaryFolder) { self.folder = folder }
    }

    private func dataset() throws -> DatasetFolder { DatasetFolder(try Self.made.get().folder("dataset")) }

    private func view(_ patient: Int, _ view: View) throws -> KSpaceView {
        let path = try dataset().url.appendingPathComponent("patients/p00000\(patient).h5").path
        return try #require(try PatientFile(path).kspace(view))
    }

    @Test("A file holds what the contract says, and verifies")
    func contract() throws {
        let contents = try PatientFile(dataset().url.appendingPathComponent("patients/p000001.h5").path).contents()
        let kspace = contents.filter { $0.path.hasPrefix("kspace/") }.reduce(into: [:]) {
            $0[$1.path] = "\($1.dataset.type?.rawValue ?? "?") \($1.dataset.shape)"
        }
        // A lattice of 2 in 55 lines, with 4 in the centre: 28 and 2.
        #expect(
            kspace == [
                "kspace/sax/samples": "complex64 [2, 4, 4, 30, 110]", "kspace/sax/lines": "int32 [2, 4, 30]",
                "kspace/sax/reference": "complex64 [2, 4, 55, 55]", "kspace/sax/coil_maps": "complex64 [2, 4, 55, 55]",
                "kspace/sax/time_ms": "float64 [2, 4, 30]", "kspace/sax/since_r_ms": "float64 [2, 4, 30]",
                "kspace/sax/cardiac_phase": "float64 [2, 4, 30]", "kspace/sax/breath_mm": "float64 [2, 4, 30]",
                "kspace/sax/beat": "int32 [2, 4, 30]", "kspace/sax/noise_covariance": "complex64 [4, 4]",
                "kspace/sax/planned_affine": "float64 [2, 4, 4]", "kspace/sax/true_affine": "float64 [2, 4, 4]",
                "kspace/sax/motion": "float32 [2, 6]",
            ])
        #expect(contents.contains { $0.path.hasPrefix("cine/") } == false)
        let radial = try PatientFile(dataset().url.appendingPathComponent("patients/p000002.h5").path)
        #expect(try radial.root.dataset("kspace/lax_4ch/trajectory").shape == [1, 4, 20, 110, 2])
        #expect(try Verification(dataset(), threads: 2).problems.isEmpty)
    }

    @Test("Fields are in the file of whom the recipe gives them, and off by what it says")
    func fields() throws {
        let path = try dataset().url.appendingPathComponent("patients/p000003.h5").path
        let group = try PatientFile(path).root.group("kspace/sax")
        let hertz: [Float] = try group.dataset("off_resonance_hz").read()
        let transmit: [Float] = try group.dataset("transmit").read()
        #expect(hertz.count == 55 * 55 && transmit == [Float](repeating: 1, count: 55 * 55))
        let heart = (20..<35).flatMap { y in (20..<35).map { hertz[y * 55 + $0] } }
        // Shimmed over the heart: what remains is the offset.
        #expect(abs(heart.reduce(0, +) / Float(heart.count) - 20) < 15)
        // The reference shows the field, as the heart does: fat is turned against water, so not all is real.
        let reference = try view(3, .sax).reference(0)
        #expect(reference.contains { $0.real < -20 })
        #expect(try view(0, .sax).reference(0).contains { $0.real < -20 } == false)
    }

    @Test("One patient alone, on one thread, is the same to the last bit")
    func determinism() throws {
        let folder = try TemporaryFolder()
        var options = Generator.Options()
        options.only = ["p000001", "p000002", "p000003"]
        let manifest = try Generator(resolve(Self.recipe), in: DatasetFolder(folder("other")), options: options).run()
        let all = try Manifest(contentsOf: dataset().manifest)
        #expect(manifest.patients.map(\.sha256) == all.patients.dropFirst().map(\.sha256))
    }

    /// Fully sampled, noise-free, with true maps: NMSE below 1e-6, as single precision has it.
    @Test("CG-SENSE of a perfect scan is the reference")
    func perfect() throws {
        let raw = try RawSlice(view(0, .sax), slice: 1)
        var settings = CGSENSE()
        settings.lambda = 0
        let score = try #require(try SliceReconstruction(.cgSENSE(settings), threads: 2).run(raw).score)
        #expect(score.nmse < 1e-6, "\(score.nmse)")
        #expect(score.heartNMSE < 1e-6, "\(score.heartNMSE)")
    }

    @Test("Iterations help where lines are missing, and sensitivities can be found in the data", arguments: [1, 2])
    func undersampled(patient: Int) throws {
        let raw = try RawSlice(view(patient, patient == 1 ? .sax : .lax4ch), slice: 0)
        func nmse(_ method: Method, _ maps: SliceReconstruction.Maps? = nil) throws -> Double {
            try #require(try SliceReconstruction(method, maps: maps, threads: 2).run(raw).score).nmse
        }
        let zeroFilled = try nmse(.zeroFilled)
        #expect(try nmse(.cgSENSE(CGSENSE())) < 0.7 * zeroFilled)
        #expect(try nmse(.cgSENSE(CGSENSE()), .walsh) < 0.9 * zeroFilled)
    }

    @Test("MRD files hold the same samples, and reconstruct alike")
    func mrd() throws {
        let folder = try TemporaryFolder()
        #expect(try RawDataExport(.mrd, of: dataset(), to: folder("mrd")).run(threads: 2) == 4)
        for (patient, name) in [(1, View.sax), (2, .lax4ch)] {
            let path = folder("mrd/p00000\(patient)_\(name.rawValue).h5").path
            let (ours, theirs) = try (RawSource(path).slice(0), RawSlice(view(patient, name), slice: 0))
            #expect(ours.samples == theirs.samples)
            #expect(ours.imageSize == theirs.imageSize)
            let both = try [ours, theirs].map {
                try SliceReconstruction(.rootSumOfSquares, maps: .walsh, threads: 2).run($0).images
            }
            // They whiten with what 512 samples of noise tell, and with the truth: a factor for all, and 10 %.
            let scale = both[1].reduce(0) { $0 + $1.real } / both[0].reduce(0) { $0 + $1.real }
            let error = zip(both[0], both[1]).reduce(Float(0)) {
                $0 + ($1.0.multiplied(by: scale) - $1.1).lengthSquared
            }
            #expect(error < 0.01 * both[1].reduce(0) { $0 + $1.lengthSquared })
        }
    }

    @Test("fastMRI takes Cartesian data only")
    func fastMRI() throws {
        let folder = try TemporaryFolder()
        let refused = failure { _ = try RawDataExport(.fastmri, of: dataset(), to: folder("no")) }
        #expect(refused?.message.contains("`radial_golden`; export to mrd") ?? false)
        let cartesian = try TemporaryFolder()
        let text = Self.recipe.split(separator: "\n").filter { !$0.contains("radial") }.joined(separator: "\n")
        _ = try Generator(resolve(text), in: DatasetFolder(cartesian("dataset")), options: .init()).run()
        let count = try RawDataExport(.fastmri, of: DatasetFolder(cartesian("dataset")), to: cartesian("fm"))
            .run(threads: 2)
        #expect(count == 5)
        let file = try HDF5File.open(cartesian("fm/multicoil_train/p000000_sax_0.h5").path)
        #expect(try file.root.dataset("kspace").shape == [4, 4, 110, 55])
        #expect(try file.root.dataset("reconstruction_rss").shape == [4, 55, 55])
    }

    @Test("Patients with nothing but k-space have pictures, too")
    func pictures() throws {
        let folder = try TemporaryFolder()
        let file = try dataset().url.appendingPathComponent("patients/p000001.h5").path
        try Previews.write(file: file, into: folder.url, id: "p000001", threads: 2)
        #expect(FileManager.default.fileExists(atPath: folder("p000001.apng").path))
        try Previews.write(PatientFile(file), group: "kspace/sax", to: folder("sax.png").path)
        let wrong = failure { try Previews.write(PatientFile(file), group: "kspace/sex", to: folder("x").path) }
        #expect(wrong?.message.contains("did you mean `kspace/sax`?") ?? false)
    }

    @Test("What was swapped or damaged is found")
    func damage() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(at: dataset().url, to: folder("dataset"))
        let copy = DatasetFolder(folder("dataset"))
        try DatasetFixture.rewrite(
            copy, patient: 1,
            .init(doubles: { $0.hasSuffix("cardiac_phase") ? $1.map { $0 + 1 } : $1 }))
        let problems = try Verification(copy, threads: 1).problems
        #expect(problems.contains { $0.place.contains("cardiac_phase") && $0.message.contains("from 0 to below 1") })
    }
}
