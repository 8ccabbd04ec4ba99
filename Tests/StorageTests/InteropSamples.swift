import Core
import Foundation
import Testing

@testable import Storage

/// Writes the files that `Tests/Interop/test_storage_formats.py` reads with other tools.
@Suite("Samples for other tools", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"] != nil))
struct InteropSamples {
    @Test("Every format is written once")
    func write() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"])
        let ramp = (0..<120).map { Float($0) * 0.25 }
        try HDF5File.write(to: "\(folder)/sample.h5") { root in
            try root.attributes.set("format", "cineforge.patient")
            try root.attributes.set("seed", 7)
            try root.attributes.set("lv_ef", 0.5)
            let shape = [2, 3, 4, 5]
            for packing in [HDF5Packing.plain, .checksummed, .gzip1] {
                let chunk = packing == .plain ? nil : [1, 2, 4, 3]
                try root.write("\(packing)/f32", ramp, shape: shape, chunk: chunk, packing: packing)
                try root.write("\(packing)/f16", ramp, as: .float16, shape: shape, chunk: chunk, packing: packing)
                try root.write(
                    "\(packing)/u8", (0..<120).map { UInt8($0) }, shape: shape, chunk: chunk, packing: packing)
                try root.write("\(packing)/i32", (0..<120).map { Int32(-$0) }, shape: shape, packing: packing)
                try root.write("\(packing)/c64", ramp, as: .complex64, shape: [3, 4, 5], packing: packing)
            }
            let image = try root.dataset("plain/f32")
            try image.attributes.set("affine", Affine.identity.rowMajor, shape: [4, 4])
        }
        var random = Philox(seed: 2, patient: 0, stage: .planning)
        for index in 0..<300 {
            let axis = Vector3(random.normal(), random.normal(), random.normal())
            let rotation = index % 10 == 0 ? normalize(axis) * Double.pi : axis
            let grid = NIfTITests.grid(rotation: rotation, mirrored: index % 2 == 0)
            let values = (0..<120).map { Float($0) }
            let header = NIfTIHeader(.float32, grid: grid, frames: 2, frameTimeMS: 40, description: "SYNTHETIC")
            try NIfTIWriter.write(header, values, to: "\(folder)/pose\(index).nii.gz")
            let rows = grid.affine.rowMajor.map { "\($0)" }.joined(separator: " ")
            try AtomicFile.write(rows, to: "\(folder)/pose\(index).txt")
        }
        let grid = Grid(affine: .identity, size: [5, 4, 3])
        let field = (0..<180).map { Float($0 / 60 + 1) }
        try NIfTIWriter.write(
            NIfTIHeader(.float32, grid: grid, intent: .displacement), field, to: "\(folder)/field.nii")
        try APNG.write((0..<3).map { PNGTests.raster(channels: 3, seed: $0) }, delayMS: 40, to: "\(folder)/sample.png")
    }
}
