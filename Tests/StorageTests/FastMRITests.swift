import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

@Suite("fastMRI")
struct FastMRITests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Frames, coils, rows and columns of the slice of other tests, targets of 4 × 6.
    static func volume(_ slice: KSpaceSlice, target: SIMD2<Int>? = [4, 6], mask: [Bool]? = nil) -> FastMRIVolume {
        FastMRIVolume(
            slices: slice.frames, coils: slice.coils, rows: slice.readout, columns: slice.imageSize.y, target: target,
            mask: mask, acceleration: mask.map { _ in 4 }, header: slice.mrdHeader(KSpaceSliceTests.info),
            acquisition: "CINE_SAX", patientID: "p000000", numbers: ["frames": slice.frames])
    }

    @Test("Lines become columns, missing ones zero, of those read twice the mean")
    func columns() {
        var slice = KSpaceSliceTests.slice(radial: false)
        slice.encoding = .cartesian([4, 0, 4, 1, 2] + [Int32](repeating: 3, count: 10))
        let found = slice.fastMRISamples(frame: 0)
        for coil in 0..<2 {
            for row in 0..<8 {
                func line(_ line: Int) -> Complex<Float> { Array(slice.samples(frame: 0, coil: coil, line: line))[row] }
                let expected = [line(1), line(3), line(4), .zero, (line(0) + line(2)).multiplied(by: 0.5), .zero]
                let start = (coil * 8 + row) * 6
                // Two products by 1/2 are exact, their sum rounds once.
                #expect(zip(found[start..<(start + 6)], expected).allSatisfy { ($0 - $1).magnitude <= 1e-6 })
            }
        }
        #expect(slice.fastMRIMask == nil)
        slice.encoding = .cartesian([0, 1, 2, 3, 5, 5, 3, 2, 1, 0, 0, 1, 2, 3, 5])
        #expect(slice.fastMRIMask == [true, true, true, true, false, true])
    }

    @Test("A file has the names, types, shapes and attributes that loaders want")
    func file() throws {
        let slice = KSpaceSliceTests.slice(radial: false)
        let target = FastMRIFolder(URL(fileURLWithPath: folder.file("out")))
        try target.write("p000000_sax_s00", .train, FastMRITests.volume(slice)) { writer in
            for frame in 0..<3 {
                try writer.append(
                    slice.fastMRISamples(frame: frame), target: [Float](repeating: Float(frame + 1), count: 24))
            }
        }
        let path = folder.file("out/multicoil_train/p000000_sax_s00.h5")
        let root = try HDF5File.open(path).root
        #expect(try root.children == ["ismrmrd_header", "kspace", "reconstruction_rss"])
        let frame = try root.dataset("kspace").read(Complex<Float>.self, at: [1, 0, 0, 0], count: [1, 2, 8, 6])
        #expect(frame == slice.fastMRISamples(frame: 1))
        #expect(try root.dataset("reconstruction_rss").shape == [3, 4, 6])
        #expect(try root.attributes.number("max") == 3)
        // 24 pixels of 1, 2 and 3 each.
        #expect(try root.attributes.number("norm") == (24.0 * 14).squareRoot())
        #expect(try root.attributes.text("acquisition") == "CINE_SAX")
        #expect(try root.attributes.text("patient_id") == "p000000")
        #expect(try root.attributes.integer("frames") == 3)
        #expect(try MRDHeader(xml: root.text("ismrmrd_header"), source: path) == slice.mrdHeader(KSpaceSliceTests.info))
    }

    @Test("A test file has a mask along the columns and no target")
    func maskedFile() throws {
        let slice = KSpaceSliceTests.slice(radial: false)
        let volume = FastMRITests.volume(slice, target: nil, mask: [true, false, true, true, false, false])
        try FastMRIWriter.write(to: folder.file("a.h5"), volume) { writer in
            for frame in 0..<3 { try writer.append(slice.fastMRISamples(frame: frame)) }
        }
        let root = try HDF5File.open(folder.file("a.h5")).root
        #expect(try root.children == ["ismrmrd_header", "kspace", "mask"])
        #expect(try root.dataset("mask").read(UInt8.self) == [1, 0, 1, 1, 0, 0])
        #expect(try root.attributes.integer("acceleration") == 4)
        #expect(try !root.attributes.names.contains("max"))
    }

    @Test("Folders that loaders scan never hold anything but finished files; truth lies beside them")
    func folders() throws {
        let slice = KSpaceSliceTests.slice(radial: false)
        let target = FastMRIFolder(URL(fileURLWithPath: folder.file("out")))
        let manager = FileManager.default
        let scanned = folder.file("out/multicoil_val")
        try target.write("a", .val, FastMRITests.volume(slice, target: nil)) { writer in
            #expect(try manager.contentsOfDirectory(atPath: scanned) == [])
            for frame in 0..<3 { try writer.append(slice.fastMRISamples(frame: frame)) }
        }
        expectError(.badData, mentions: "expected 3 slices", "found 1") {
            try target.write("b", .val, FastMRITests.volume(slice, target: nil)) { writer in
                try writer.append(slice.fastMRISamples(frame: 0))
            }
        }
        expectError(.badData, mentions: "target") {
            try target.write("b", .val, FastMRITests.volume(slice)) { writer in
                try writer.append(slice.fastMRISamples(frame: 0))
            }
        }
        try target.writeTruth("a") { try $0.write("label", [UInt8](repeating: 1, count: 4)) }
        #expect(try manager.contentsOfDirectory(atPath: scanned) == ["a.h5"])
        #expect(try manager.contentsOfDirectory(atPath: folder.file("out")) == ["multicoil_val"])
        #expect(try manager.contentsOfDirectory(atPath: folder.file("out_truth")) == ["a.h5"])
        for name in ["", "a/b", "ä", "a.b", ".."] {
            expectError(.badData, mentions: "ASCII") { try target.writeTruth(name) { _ in } }
        }
    }
}
