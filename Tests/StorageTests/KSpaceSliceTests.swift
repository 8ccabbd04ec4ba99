import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

@Suite("Slices of k-space as MRD")
struct KSpaceSliceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Three frames of two coils, five lines of eight samples; an image of 4 × 6 pixels askew in space.
    static func slice(radial: Bool) -> KSpaceSlice {
        let (frames, coils, lines, readout) = (3, 2, 5, 8)
        var random = Philox(seed: 3, patient: 0, stage: .planning)
        let samples = (0..<(frames * coils * lines * readout)).map { _ in
            Complex(Float(random.normal()), Float(random.normal()))
        }
        // Lines of a frame are out of order, and other ones in each frame.
        let indices = (0..<(frames * lines)).map { Int32(($0 * 5 + $0 / lines) % 6) }
        let points = (0..<(frames * lines * readout)).flatMap { index in
            let radius = Float(index % readout - readout / 2) / 2
            let angle = Float(index / readout) * 1.94
            return [radius * Float.cos(angle), radius * Float.sin(angle)]
        }
        let count = frames * lines
        var affine = Affine.rigid(shift: [0, 0, 0], rotation: [0.3, -0.5, 1.1])
        affine.x *= 1.5
        affine.y *= 2
        affine.z *= 8
        affine.translation = [10, -20, 30]
        return KSpaceSlice(
            frames: frames, coils: coils, lines: lines, readout: readout, samples: samples,
            encoding: radial ? .trajectory(points) : .cartesian(indices),
            timesMS: (0..<count).map { Double($0) * 3.2 }, sinceRMS: (0..<count).map { Double($0) * 3.2 + 100 },
            phases: (0..<count).map { Float($0) / 15 }, beats: (0..<count).map { Int32($0 % 5) },
            breathMM: (0..<count).map { Float($0) - 7 }, affine: affine, imageSize: [4, 6], thicknessMM: 8)
    }

    static var info: MRDScanInfo {
        var info = MRDScanInfo()
        info.patientID = "p000000"
        info.protocolName = "sax"
        (info.trMS, info.teMS, info.flipDegrees, info.fieldT) = (3.2, 1.6, 45, 1.5)
        info.slices = 2
        info.sampleTimeUS = 4
        return info
    }

    @Test("A readout carries its counters, flags and times, and where it was read")
    func readout() {
        let slice = KSpaceSliceTests.slice(radial: false)
        let first = slice.mrdAcquisition(frame: 0, line: 0, slice: 1, KSpaceSliceTests.info)
        let last = slice.mrdAcquisition(frame: 2, line: 4, slice: 1, KSpaceSliceTests.info)
        #expect(first.header.flags == [.firstInStep1, .firstInSlice, .firstInPhase])
        #expect(last.header.flags == [.lastInStep1, .lastInSlice, .lastInPhase, .lastInMeasurement])
        let other = slice.mrdAcquisition(frame: 2, line: 4, slice: 0, KSpaceSliceTests.info)
        #expect(!other.header.flags.contains(.lastInMeasurement))
        #expect(last.header.counters.phase == 2 && last.header.counters.slice == 1)
        #expect(last.header.counters.segment == 4 && last.header.counters.repetition == 0)
        // Line 14 of 15: (14·5 + 2) mod 6.
        #expect(last.header.counters.step1 == 0)
        // 14 · 3.2 ms and 144.8 ms in steps of 2.5 ms, to nearest.
        #expect(last.header.acquisitionTimeStamp == 18 && last.header.physiologyTimeStamp == [58, 0, 0])
        #expect(last.header.userFloat[0] == Float(14) / 15 && last.header.userFloat[1] == 7)
        #expect(last.header.userFloat[2] == 144.8 && last.header.userFloat[3] == 44.8)
        #expect(last.header.scanCounter == 29 && last.header.sampleTimeUS == 4)
        #expect(last.header.centerSample == 4 && last.trajectory.isEmpty)
        #expect(
            last.samples == Array(slice.samples(frame: 2, coil: 0, line: 4) + slice.samples(frame: 2, coil: 1, line: 4))
        )
    }

    @Test("Position and directions are those of DICOM: LPS, unit vectors, the middle of the image")
    func geometry() {
        let slice = KSpaceSliceTests.slice(radial: false)
        let header = slice.mrdAcquisition(frame: 1, line: 2, KSpaceSliceTests.info).header
        let middle = (slice.affine([0, 0, 0]) + slice.affine([3, 5, 0])) / 2
        let expected = [
            (header.position, middle), (header.readDirection, slice.affine.x / 1.5),
            (header.phaseDirection, slice.affine.y / 2), (header.sliceDirection, slice.affine.z / 8),
        ]
        for (found, ras) in expected {
            // Single precision of numbers up to 100.
            #expect(length(Vector3(found) - [-ras.x, -ras.y, ras.z]) < 1e-5)
        }
    }

    @Test("The header tells matrix, oversampled field of view, limits and sequence")
    func header() throws {
        let header = KSpaceSliceTests.slice(radial: false).mrdHeader(KSpaceSliceTests.info)
        let encoding = try header.encoding(source: "a")
        #expect(encoding.encodedSpace == MRDSpace(matrix: [8, 6, 1], fovMM: [12, 12, 8]))
        #expect(encoding.reconSpace == MRDSpace(matrix: [4, 6, 1], fovMM: [6, 12, 8]))
        #expect(encoding.limits[.step1] == MRDLimit(maximum: 5, center: 3))
        #expect(encoding.limits[.phase] == MRDLimit(maximum: 2) && encoding.limits[.slice] == MRDLimit(maximum: 1))
        #expect(header.sequence.trMS == [3.2] && header.sequence.flipDegrees == [45])
        // 1.5 T · 42.576 MHz/T.
        #expect(header.resonanceFrequencyHz == 63_864_578 && header.system.coils == 2)
        let radial = KSpaceSliceTests.slice(radial: true).mrdHeader(KSpaceSliceTests.info).encodings[0]
        #expect(radial.trajectory == .radial && radial.trajectoryComment?.contains("-0.5 to 0.5") == true)
        #expect(radial.encodedSpace.matrix == [4, 6, 1])
    }

    @Test(
        "A stack that goes out comes back: samples, lines or trajectory, noise, and where it lies",
        arguments: [false, true])
    func roundTrip(radial: Bool) throws {
        let slice = KSpaceSliceTests.slice(radial: radial)
        let noise = (0..<10).map { Complex(Float($0), 1) }
        try MRDWriter.write(to: folder.file("a.h5"), slice.mrdHeader(KSpaceSliceTests.info)) { writer in
            try writer.append(MRDAcquisition(coils: 2, noise: noise, sampleTimeUS: 4))
            // Frames interleaved, as a scanner reads them.
            for number in 0..<2 {
                for line in 0..<5 {
                    for frame in 0..<3 {
                        try writer.append(
                            slice.mrdAcquisition(frame: frame, line: line, slice: number, KSpaceSliceTests.info))
                    }
                }
            }
        }
        let scan = try MRDScan(MRDFile(folder.file("a.h5")))
        #expect(scan.slices.map(\.count) == [3, 3] && scan.noise == [0] && scan.calibration.isEmpty)
        #expect(try scan.noiseSamples() == [Array(noise[..<5]), Array(noise[5...])])
        for image in scan.images {
            let data = try scan.read(image)
            let frame = image.phase
            #expect((data.coils, data.readout, data.headers.count) == (2, 8, 5))
            #expect(data.samples == Array(slice.samples[(frame * 80)..<((frame + 1) * 80)]))
            switch slice.encoding {
            case .cartesian(let lines): #expect(data.lines == Array(lines[(frame * 5)..<((frame + 1) * 5)]))
            case .trajectory(let points):
                let expected = points[(frame * 80)..<((frame + 1) * 80)]
                #expect(data.lines.isEmpty && data.trajectory.count == 80)
                // A division and a multiplication in single precision, of numbers up to 2.
                #expect(zip(data.trajectory, expected).allSatisfy { abs($0 - $1) < 1e-6 })
            }
            let affine = try #require(data.affine)
            // Single precision of positions up to 100 mm.
            #expect(zip(affine.rowMajor, slice.affine.rowMajor).allSatisfy { abs($0 - $1) < 2e-5 })
        }
    }
}
