import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

/// Readouts as scanners' converters write them, rather than we.
@Suite("Sorting MRD readouts")
struct MRDScanTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Writes readouts under a header and sorts them again.
    private func scan(
        _ readouts: [MRDAcquisition], header: MRDHeader = MRDTests.header,
        _ change: (inout MRDEncoding) -> Void = { _ in }
    ) throws -> MRDScan {
        var header = header
        change(&header.encodings[0])
        try MRDWriter.write(to: folder.file("a.h5"), header) { for readout in readouts { try $0.append(readout) } }
        return try MRDScan(MRDFile(folder.file("a.h5")))
    }

    private func readout(
        _ line: Int, samples: ClosedRange<Int> = 0...7, center: Int = 4,
        _ change: (inout MRDAcquisitionHeader) -> Void = { _ in }
    ) -> MRDAcquisition {
        var header = MRDAcquisitionHeader()
        header.counters.step1 = UInt16(line)
        header.centerSample = UInt16(center)
        change(&header)
        return MRDAcquisition(header, coils: 1, samples: samples.map { Complex(Float($0), Float(line)) })
    }

    @Test("A partial echo and partial Fourier lines are put about the centre of k-space")
    func partial() throws {
        // Lines 0 to 3 with k = 0 in line 1: rows 2 to 5 of 6. Six samples with k = 0 at the third: columns 2 to 7.
        let scan = try scan((0...3).map { readout($0, samples: 10...15, center: 2) }) {
            $0.limits[.step1] = MRDLimit(maximum: 3, center: 1)
        }
        let data = try scan.read(scan.images[0])
        #expect(data.lines == [2, 3, 4, 5] && data.readout == 8 && data.affine == nil)
        #expect(data.samples[0..<8].map(\.real) == [0, 0, 10, 11, 12, 13, 14, 15])
    }

    @Test("Samples to be discarded are not there")
    func discarded() throws {
        let scan = try scan([
            readout(0) {
                $0.discardPre = 2
                $0.discardPost = 1
            }
        ])
        #expect(try scan.read(scan.images[0]).samples.map(\.real) == [0, 0, 2, 3, 4, 5, 6, 0])
    }

    @Test("Repetitions, contrasts and sets are images of their own; averages and segments are not")
    func counters() throws {
        let scan = try scan([
            readout(1) { $0.counters.repetition = 1 }, readout(2) { $0.counters.contrast = 1 },
            readout(3) { $0.counters.set = 1 }, readout(0), readout(0) { $0.counters.average = 1 },
            readout(1) { $0.counters.segment = 3 }, readout(5) { $0.counters.slice = 2 },
            readout(4) { $0.counters.phase = 9 },
        ])
        #expect(scan.images.map(\.readouts) == [[3, 4, 5], [7], [0], [2], [1], [6]])
        #expect(scan.images.map(\.phase) == [0, 9, 0, 0, 0, 0] && scan.slices.map(\.count) == [5, 1])
        #expect(try scan.read(scan.images[0]).lines == [0, 0, 1])
    }

    @Test("Noise, calibration, navigators and dummies are not part of images; calibration that is, is")
    func flags() throws {
        let scan = try scan([
            readout(0) { $0.flags = .noise }, readout(1) { $0.flags = .calibration },
            readout(2) { $0.flags = [.calibration, .calibrationAndImaging] },
            readout(3) { $0.flags = .calibrationAndImaging }, readout(4) { $0.flags = MRDFlags(rawValue: 1 << 22) },
            readout(4) { $0.flags = MRDFlags(rawValue: 1 << 26) }, readout(5) { $0.flags = .lastInMeasurement },
        ])
        #expect(scan.noise == [0] && scan.calibration == [1] && scan.images.map(\.readouts) == [[2, 3, 6]])
    }

    @Test("Trajectories in cycles per encoded field of view, and with weights, become cycles per image")
    func trajectories() throws {
        var header = MRDAcquisitionHeader()
        header.trajectoryDimensions = 3
        let points: [Float] = [-4, 2, 0.5, 0, 0, 0.1, 4, -2, 0.5]
        let samples = [Complex<Float>](repeating: .one, count: 3)
        let scan = try scan([MRDAcquisition(header, coils: 1, samples: samples, trajectory: points)]) {
            $0.trajectory = .spiral
        }
        // The image is half as wide as the encoded field of view, and as high.
        #expect(try scan.read(scan.images[0]).trajectory == [-2, 2, 0, 0, 2, -2])
    }
}
