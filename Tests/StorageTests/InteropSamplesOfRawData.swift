import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

private let interopFolder = ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"]

/// Writes MRD and fastMRI files for `Tests/Interop/test_raw_data.py`, and reads those that other programs wrote.
@Suite("Raw data for other tools", .enabled(if: interopFolder != nil))
struct InteropSamplesOfRawData {
    @Test("A Cartesian and a radial stack, and a fastMRI folder, with the arrays that they are made of")
    func write() throws {
        let folder = try #require(interopFolder)
        for (name, radial) in [("cartesian", false), ("radial", true)] {
            let slice = KSpaceSliceTests.slice(radial: radial)
            try MRDWriter.write(to: "\(folder)/\(name).mrd.h5", slice.mrdHeader(KSpaceSliceTests.info)) { writer in
                try writer.append(
                    MRDAcquisition(coils: 2, noise: (0..<10).map { Complex(Float($0), -1) }, sampleTimeUS: 4))
                for number in 0..<2 {
                    for index in 0..<15 {
                        try writer.append(
                            slice.mrdAcquisition(
                                frame: index / 5, line: index % 5, slice: number, KSpaceSliceTests.info))
                    }
                }
            }
            try writeArrays(slice, to: "\(folder)/\(name).arrays.h5")
        }
        let slice = KSpaceSliceTests.slice(radial: false)
        let root = FastMRIFolder(URL(fileURLWithPath: "\(folder)/fastmri"))
        for split in [FastMRIFolder.Split.train, .test] {
            let mask = split == .test ? (0..<6).map { $0 % 2 == 0 } : nil
            let volume = FastMRITests.volume(slice, target: split == .train ? [4, 6] : nil, mask: mask)
            try root.write("p000000_sax_s00", split, volume) { writer in
                for frame in 0..<3 {
                    let target = split == .train ? (0..<24).map { Float($0 + frame) } : nil
                    try writer.append(slice.fastMRISamples(frame: frame), target: target)
                }
            }
        }
        try root.writeTruth("p000000_sax_s00") {
            try $0.write("label", [UInt8](repeating: 1, count: 24), shape: [4, 6])
        }
    }

    private func writeArrays(_ slice: KSpaceSlice, to path: String) throws {
        try HDF5File.write(to: path) { root in
            let shape = [slice.frames, slice.coils, slice.lines, slice.readout]
            try root.write("samples", slice.samples, shape: shape)
            switch slice.encoding {
            case .cartesian(let lines): try root.write("lines", lines, shape: [slice.frames, slice.lines])
            case .trajectory(let points):
                try root.write("trajectory", points, shape: [slice.frames, slice.lines, slice.readout, 2])
            }
            for (name, values) in [("phases", slice.phases), ("breath_mm", slice.breathMM)] {
                try root.write(name, values, shape: [slice.frames, slice.lines])
            }
            try root.write("times_ms", slice.timesMS, shape: [slice.frames, slice.lines])
            try root.write("since_r_ms", slice.sinceRMS, shape: [slice.frames, slice.lines])
            try root.write("beats", slice.beats, shape: [slice.frames, slice.lines])
            try root.attributes.set("affine", slice.affine.rowMajor, shape: [4, 4])
        }
    }

    /// `make_foreign_mrd.py` made them; what is read goes back to Python, which knows what should be there.
    @Test("Files of ismrmrd-python and libismrmrd are read")
    func read() throws {
        let folder = try #require(interopFolder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/foreign")) ?? []
        for name in names.sorted() where name.hasSuffix(".h5") {
            let path = "\(folder)/foreign/\(name)"
            if name.hasPrefix("bad") {
                expectError(.badData, mentions: name) { _ = try MRDScan(MRDFile(path)) }
                continue
            }
            let scan = try MRDScan(MRDFile(path))
            try HDF5File.write(to: "\(folder)/read_\(name)") { root in
                for (number, image) in scan.images.enumerated() {
                    let data = try scan.read(image)
                    let group = try root.makeGroup("image\(number)")
                    let shape = [data.coils, image.readouts.count, data.readout]
                    try group.write("samples", data.samples, shape: shape)
                    try group.write("readouts", image.readouts.map(Int32.init))
                    if !data.lines.isEmpty { try group.write("lines", data.lines) }
                    if !data.trajectory.isEmpty {
                        try group.write("trajectory", data.trajectory, shape: Array(shape.dropFirst()) + [2])
                    }
                    try group.attributes.set(
                        "counters",
                        [image.slice, image.contrast, image.set, image.repetition, image.phase].map(Double.init))
                    if let affine = data.affine { try group.attributes.set("affine", affine.rowMajor, shape: [4, 4]) }
                }
                let noise = try scan.noiseSamples()
                if !noise.isEmpty {
                    try root.write("noise", noise.flatMap { $0 }, shape: [noise.count, noise[0].count])
                }
                let encoding = scan.encoding
                try root.attributes.set("matrix", encoding.encodedSpace.matrix.values)
                try root.attributes.set("recon", encoding.reconSpace.matrix.values)
            }
        }
    }
}

extension SIMD3<Int> {
    fileprivate var values: [Double] { [Double(x), Double(y), Double(z)] }
}
