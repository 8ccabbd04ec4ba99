import Core
import Foundation
import Testing

@testable import Storage

@Suite("NIfTI-1")
struct NIfTITests {
    let folder: TemporaryFolder
    static let suffixes = ["nii", "nii.gz"]

    init() throws { folder = try TemporaryFolder() }

    /// A grid of that orientation, right- or left-handed, with odd sizes and spacings.
    static func grid(rotation: Vector3, mirrored: Bool = false) -> Grid {
        let pose = Affine.rigid(shift: [-90.5, 40.25, 13], rotation: rotation)
        let affine = Affine(
            x: pose.x * 1.4, y: pose.y * 1.25, z: pose.z * (mirrored ? -8 : 8), translation: pose.translation)
        return Grid(affine: affine, size: [5, 4, 3])
    }

    @Test("Labels, images, cines and displacement come back as they were written", arguments: suffixes)
    func roundTrip(suffix: String) throws {
        let path = folder.file("a.\(suffix)")
        let grid = Self.grid(rotation: [0.2, -0.4, 1.1])
        let labels = (0..<60).map { UInt8($0) }
        try NIfTIWriter.write(NIfTIHeader(.uint8, grid: grid, description: "SYNTHETIC"), labels, to: path)
        let label = try NIfTIImage.read(path)
        #expect(label.values == .uint8(labels))
        #expect(
            label.header.description == "SYNTHETIC" && label.header.frames == 1 && label.header.grid.size == [5, 4, 3])

        let cine = (0..<120).map { Float($0) * 0.1 }
        try NIfTIWriter.write(NIfTIHeader(.float32, grid: grid, frames: 2, frameTimeMS: 31.5), to: path) { file in
            try file.append(Array(cine[..<60]))
            try file.append(Array(cine[60...]))
        }
        let read = try NIfTIImage.read(path)
        #expect(read.values == .float32(cine))
        #expect(read.header.frames == 2 && abs(read.header.frameTimeMS - 31.5) < 1e-5)
        #expect(deviation(read.header.grid.affine, grid.affine) < 1e-5)

        let field = (0..<180).map { Float($0) - 90 }
        try NIfTIWriter.write(NIfTIHeader(.float32, grid: grid, intent: .displacement), field, to: path)
        let displacement = try NIfTIImage.read(path)
        #expect(displacement.values == .float32(field))
        #expect(displacement.header.intent == .displacement && displacement.header.components == 3)
    }

    @Test("The same numbers give the same bytes, without name and time")
    func sameBytes() throws {
        let header = NIfTIHeader(.uint8, grid: Self.grid(rotation: .zero))
        for name in ["a.nii.gz", "b.nii.gz"] {
            try NIfTIWriter.write(header, [UInt8](repeating: 7, count: 60), to: folder.file(name))
        }
        let bytes = try folder.bytes("a.nii.gz")
        #expect(try bytes == folder.bytes("b.nii.gz"))
        #expect(Array(bytes[3..<8]) == [0, 0, 0, 0, 0], "flags without a name, modification time 0")
    }

    /// Axes orthonormal to single precision is what SimpleITK asks for.
    ///
    /// The quaternion stores three of four
    /// components: near half a turn the fourth is the root of a difference of 6e-8 rounding, so 3e-4.
    @Test("Both forms of 1000 orientations are orthonormal and agree")
    func orientations() throws {
        var random = Philox(seed: 11, patient: 0, stage: .planning)
        for index in 0..<1000 {
            var axis = Vector3(random.normal(), random.normal(), random.normal())
            // A tenth are half turns, and a tenth are close to one.
            let angle = index % 10 == 0 ? Double.pi : index % 10 == 1 ? .pi - 1e-4 : random.uniform() * .pi
            axis = normalize(axis) * angle
            let grid = Self.grid(rotation: axis, mirrored: index % 2 == 0)
            let bytes = try NIfTIHeader(.uint8, grid: grid).encoded()
            let spacing = Vector3(1.4, 1.25, 8)
            let sform = stored(bytes)
            var qform = bytes
            qform[254] = 0
            let fromQuaternion = stored(qform)
            for form in [sform, fromQuaternion] {
                let (x, y, z) = (form.x / spacing.x, form.y / spacing.y, form.z / spacing.z)
                let errors = [dot(x, y), dot(y, z), dot(z, x), dot(x, x) - 1, dot(y, y) - 1, dot(z, z) - 1]
                #expect(errors.allSatisfy { abs($0) < 4e-7 })
            }
            #expect(deviation(sform, grid.affine) < 1e-5)
            #expect(deviation(fromQuaternion, grid.affine) < (angle > .pi - 1e-2 ? 5e-3 : 5e-5))
        }
    }

    private func stored(_ bytes: [UInt8]) -> Affine {
        (try? NIfTIFields(bytes, path: "header").decoded().0.grid.affine) ?? .identity
    }

    private func deviation(_ a: Affine, _ b: Affine) -> Double {
        zip(a.rowMajor, b.rowMajor).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("A grid with shear, or numbers that do not fill the header, are refused")
    func refusals() throws {
        let path = folder.file("a.nii")
        let sheared = Grid(affine: Affine(x: [1, 0, 0], y: [0.01, 1, 0], z: [0, 0, 1]), size: [2, 2, 2])
        expectError(.badData, mentions: "shear") {
            try NIfTIWriter.write(NIfTIHeader(.uint8, grid: sheared), [UInt8](), to: path)
        }
        let header = NIfTIHeader(.uint8, grid: Self.grid(rotation: .zero))
        expectError(.badData, mentions: "60", "7") {
            try NIfTIWriter.write(header, [UInt8](repeating: 0, count: 7), to: path)
        }
        expectError(.badData, mentions: "float32") {
            try NIfTIWriter.write(header, [Float](repeating: 0, count: 60), to: path)
        }
        let long = Grid(affine: .identity, size: [40_000, 1, 1])
        expectError(.badData, mentions: "32767") {
            try NIfTIWriter.write(NIfTIHeader(.uint8, grid: long), [UInt8](), to: path)
        }
        #expect(try folder.names.isEmpty)
    }

    @Test("A file cut anywhere is a typed error", arguments: suffixes)
    func truncation(suffix: String) throws {
        let header = NIfTIHeader(.float32, grid: Self.grid(rotation: [0.1, 0.2, 0.3]), frames: 4)
        try NIfTIWriter.write(header, (0..<240).map { sin(Float($0)) }, to: folder.file("a.\(suffix)"))
        let whole = try folder.bytes("a.\(suffix)")
        for length in stride(from: 0, to: whole.count, by: 7) + [whole.count - 1] {
            try folder.write(whole.prefix(length), "cut.\(suffix)")
            expectError(.badData, mentions: "cut") { _ = try NIfTIImage.read(folder.file("cut.\(suffix)")) }
        }
        try folder.write(whole + [0], "long.nii")
        if suffix == "nii" {
            expectError(.badData, mentions: "more") { _ = try NIfTIImage.read(folder.file("long.nii")) }
        }
    }

    /// Some bits of a deflated stream do not matter: where a match may come from one of two equal places.
    @Test("A flipped bit in a compressed file is a typed error, or changes nothing")
    func flippedBits() throws {
        let header = NIfTIHeader(.uint8, grid: Self.grid(rotation: .zero))
        let labels = (0..<60).map { UInt8($0 * 4) }
        try NIfTIWriter.write(header, labels, to: folder.file("a.nii.gz"))
        let whole = try folder.bytes("a.nii.gz")
        // The ten bytes of the gzip header hold a time and a system that say nothing about the numbers.
        for bit in 80..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try folder.write(damaged, "b.nii.gz")
            do {
                #expect(try NIfTIImage.read(folder.file("b.nii.gz")).values == .uint8(labels))
            } catch {
                #expect((error as? CineError)?.kind == .badData)
            }
        }
    }

    @Test(
        "A hostile header is a typed error and allocates nothing",
        arguments: [
            (0, [UInt8]([0, 0, 1, 92])), (40, [9, 0]), (40, [0, 0]), (42, [255, 255]), (42, [255, 127]), (44, [0, 0]),
            (48, [255, 127]), (70, [99, 0]), (72, [16, 0]), (108, [0, 0, 0, 0]), (108, [0, 0, 192, 127]),
            (108, [0, 0, 0, 127]), (280, [0, 0, 192, 127]), (344, [0]),
        ])
    func hostileHeaders(offset: Int, bytes: [UInt8]) throws {
        let header = NIfTIHeader(.uint8, grid: Self.grid(rotation: .zero), frames: 2)
        try NIfTIWriter.write(header, [UInt8](repeating: 1, count: 120), to: folder.file("a.nii"))
        var damaged = try folder.bytes("a.nii")
        damaged.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        try folder.write(damaged, "b.nii")
        expectError(.badData, mentions: "b.nii") { _ = try NIfTIImage.read(folder.file("b.nii")) }
    }

    @Test("Scaled integers of another writer become floats")
    func scaled() throws {
        let header = NIfTIHeader(.uint8, grid: Grid(affine: .identity, size: [2, 1, 1]))
        var bytes = try header.encoded()
        bytes.replaceSubrange(70..<74, with: [4, 0, 16, 0])
        bytes.replaceSubrange(112..<120, with: [0, 0, 0, 64, 0, 0, 128, 63])  // slope 2, intercept 1
        try folder.write(bytes + [3, 0, 255, 255], "a.nii")
        #expect(try NIfTIImage.read(folder.file("a.nii")).values == .float32([7, -1]))
    }
}
