import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

@Suite("MRD")
struct MRDTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The header of a readout is the 340 bytes of ISMRMRD, each field at its place")
    func layout() {
        let bytes = (0..<MRDAcquisitionHeader.size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let header = bytes.withUnsafeBytes { MRDAcquisitionHeader($0) }
        var again: [UInt8] = []
        header.append(to: &again)
        #expect(again == bytes)
        // Offsets of ismrmrd.h, with structures packed to 2 bytes.
        func at<Value: BitwiseCopyable>(_ offset: Int, _: Value.Type = Value.self) -> Value {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
        }
        #expect(header.version == at(0) && header.flags.rawValue == at(2) && header.measurementUID == at(10))
        #expect(header.acquisitionTimeStamp == at(18) && header.physiologyTimeStamp.x == at(22))
        #expect(header.sampleCount == at(34) && header.activeChannels == at(38) && header.channelMask[15] == at(160))
        #expect(header.centerSample == at(172) && header.encodingSpace == at(174))
        #expect(header.trajectoryDimensions == at(176) && header.sampleTimeUS.bitPattern == at(178))
        #expect(header.position.x.bitPattern == at(182) && header.readDirection.x.bitPattern == at(194))
        #expect(header.phaseDirection.x.bitPattern == at(206) && header.sliceDirection.x.bitPattern == at(218))
        #expect(header.counters.step1 == at(242) && header.counters.slice == at(248))
        #expect(header.counters.phase == at(252) && header.counters.segment == at(258))
        #expect(header.userInt[0] == at(276) && header.userFloat[7].bitPattern == at(336))
    }

    /// More than two chunks, readouts of all kinds and sizes: one of 80 KB has a part of the heap to itself.
    static let readouts: [MRDAcquisition] = (0..<150).map { number in
        var header = MRDAcquisitionHeader()
        header.scanCounter = UInt32(number)
        header.flags = number == 149 ? [.lastInMeasurement, .lastInSlice] : []
        header.position = [Float(number), -1, 0.5]
        header.counters.step1 = UInt16(number)
        header.userFloat[7] = .pi
        let (coils, length) = number == 70 ? (10, 1000) : (1 + number % 3, 5 + number % 7)
        let samples = (0..<(coils * length)).map { Complex(Float($0 + number), Float(-$0)) }
        let trajectory = number % 4 == 0 ? [] : (0..<(2 * length)).map { Float($0) / 8 }
        return MRDAcquisition(header, coils: coils, samples: samples, trajectory: trajectory)
    }

    static let header = KSpaceSliceTests.slice(radial: false).mrdHeader(MRDScanInfo())

    @Test("Readouts come back as they were written, all or some, in any order")
    func roundTrip() throws {
        try MRDWriter.write(to: folder.file("a.h5"), MRDTests.header) { writer in
            for readout in MRDTests.readouts { try writer.append(readout) }
        }
        let file = try MRDFile(folder.file("a.h5"))
        #expect(file.count == 150 && file.header == MRDTests.header && file.headerXML == MRDTests.header.xml)
        #expect(try file.headers() == MRDTests.readouts.map(\.header))
        #expect(try file.acquisitions(0..<150) == MRDTests.readouts)
        let some = [149, 3, 4, 5, 70, 4, 63, 64, 65]
        #expect(try file.acquisitions(some) == some.map { MRDTests.readouts[$0] })
        expectError(.badData, mentions: "150", "a.h5") { _ = try file.acquisitions([150]) }
        expectError(.badData, mentions: "a.h5") { _ = try file.acquisitions([-1]) }
    }

    @Test("The same readouts give the same bytes; the group may have another name")
    func sameBytes() throws {
        for name in ["a.h5", "b.h5"] {
            try MRDWriter.write(to: folder.file(name), MRDTests.header, name: "scan") { writer in
                for readout in MRDTests.readouts { try writer.append(readout) }
            }
        }
        #expect(try folder.bytes("a.h5") == folder.bytes("b.h5"))
        #expect(try MRDFile(folder.file("a.h5")).count == 150)
        #expect(try MRDFile(folder.file("a.h5"), name: "scan").count == 150)
    }

    @Test("A writer that fails, or has nothing to write, leaves nothing behind")
    func nothingLeft() throws {
        expectError(.badData, mentions: "at least one readout") {
            try MRDWriter.write(to: folder.file("a.h5"), MRDTests.header) { _ in }
        }
        expectError(.badData, mentions: "expected 10 samples") {
            try MRDWriter.write(to: folder.file("a.h5"), MRDTests.header) { writer in
                var readout = MRDAcquisition(coils: 2, samples: [Complex](repeating: .zero, count: 10))
                readout.samples.removeLast()
                try writer.append(readout)
            }
        }
        #expect(try folder.names == [])
    }

    // MARK: The XML header

    @Test("A header comes back as it was written, whatever its text")
    func header() throws {
        var header = MRDTests.header
        header.subject.name = "a < b & \"c\" > d' é 心"
        header.subject.weightKG = 71.25
        header.subject.gender = "F"
        header.study = .init(id: "1", date: "2024-12-31", description: "x")
        header.measurementID = "m"
        header.userNumbers = ["temperature": 1e-7, "big": -1e30]
        header.userText = ["note": "<xml>"]
        header.sequence.tiMS = [1, 2.5]
        header.encodings[0].acceleration = [4, 1]
        header.encodings.append(KSpaceSliceTests.slice(radial: true).mrdHeader(MRDScanInfo()).encodings[0])
        #expect(try MRDHeader(xml: header.xml, source: "a") == header)
    }

    @Test("Prefixes, comments, unknown elements and numbers of any form are read as others write them")
    func foreignHeader() throws {
        let plain = MRDTests.header.xml
        let lines = plain.split(separator: "\n").dropFirst()
        let prefixed =
            "<?xml version='1.0'?><!-- a comment -->"
            + lines.joined(separator: "\n")
            .replacing("xmlns=", with: "xmlns:ns0=")
            .replacing("</", with: "<@").replacing("<", with: "<ns0:").replacing("<ns0:@", with: "</ns0:")
            .replacing("</ns0:ismrmrdHeader>", with: "<ns0:waveformInformation/></ns0:ismrmrdHeader>")
        #expect(try MRDHeader(xml: prefixed, source: "a") == MRDTests.header)
        let scientific = plain.replacing("<TR>0.0</TR>", with: "<TR> 3.2e0 </TR>")
        #expect(try MRDHeader(xml: scientific, source: "a").sequence.trMS == [3.2])
    }
}
