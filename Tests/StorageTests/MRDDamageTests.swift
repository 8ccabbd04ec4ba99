import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Storage

/// What can be wrong with a file that is called MRD: each is a typed error that names the file and what is wrong.
@Suite("Damaged and foreign MRD files")
struct MRDDamageTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Opens, sorts and reads all there is.
    private static func readAll(_ path: String) throws {
        let scan = try MRDScan(MRDFile(path))
        for image in scan.images { _ = try scan.read(image) }
        _ = try scan.noiseSamples()
    }

    private func expect(
        _ words: [String], kind: CineError.Kind = .badData, _ location: SourceLocation = #_sourceLocation
    ) {
        do {
            try MRDDamageTests.readAll(folder.file("bad.h5"))
            Issue.record("expected an error, found none", sourceLocation: location)
        } catch let error as CineError {
            #expect(error.kind == kind, "\(error)", sourceLocation: location)
            for word in words + ["bad.h5"] {
                #expect(error.message.contains(word), "\(error)", sourceLocation: location)
            }
        } catch {
            Issue.record("expected a CineError, found \(error)", sourceLocation: location)
        }
    }

    // MARK: Whole files

    @Test("A file that is not there, is a folder, is empty, is text, or has another signature")
    func notHDF5() throws {
        expect(["No such file"], kind: .noInput)
        try FileManager.default.createDirectory(atPath: folder.file("bad.h5"), withIntermediateDirectories: false)
        expect(["folder"], kind: .noInput)
        try FileManager.default.removeItem(atPath: folder.file("bad.h5"))
        for bytes in [[], Array("hello".utf8), [0x88] + (try goodFile()).dropFirst()] {
            try folder.write(bytes, "bad.h5")
            expect(["expected an HDF5 file"])
        }
    }

    @Test("A file cut anywhere")
    func truncation() throws {
        let good = try goodFile()
        for length in stride(from: 8, to: good.count, by: good.count / 60) + [good.count - 1] {
            try folder.write(good.prefix(length), "bad.h5")
            expect([])
        }
    }

    @Test("A file of ours or of fastMRI, without what makes it MRD")
    func otherHDF5() throws {
        try HDF5File.write(to: folder.file("bad.h5")) { try $0.write("kspace", [Float(1)]) }
        expect(["expected a group `dataset`", "found none"])
        try HDF5File.write(to: folder.file("bad.h5")) { try $0.write("dataset/xml", [Float(1)]) }
        expect(["/dataset/xml", "expected one text"])
        try HDF5File.write(to: folder.file("bad.h5")) { try $0.write("dataset/data", [Float(1)]) }
        expect(["/dataset/xml", "found nothing of that name"])
        let xml = MRDTests.header.xml
        try HDF5File.write(to: folder.file("bad.h5")) { try $0.writeText("dataset/xml", xml) }
        expect(["/dataset/data", "found nothing of that name"])
        try HDF5File.write(to: folder.file("bad.h5")) { root in
            try root.writeText("dataset/xml", xml)
            _ = try root.makeGroup("dataset/data")
        }
        expect(["/dataset/data", "expected a dataset"])
        try HDF5File.write(to: folder.file("bad.h5")) { root in
            for name in ["one", "two"] {
                try root.writeText("\(name)/xml", xml)
                try root.write("\(name)/data", [Float(1)])
            }
        }
        expect(["expected a group `dataset`", "found one, two"])
    }

    @Test("Acquisitions that are numbers, or text")
    func wrongData() throws {
        let xml = MRDTests.header.xml
        try HDF5File.write(to: folder.file("bad.h5")) { root in
            try root.writeText("dataset/xml", xml)
            try root.write("dataset/data", [Float(1), 2])
        }
        expect(["/dataset/data", "a member head"])
        try HDF5File.write(to: folder.file("bad.h5")) { root in
            try root.writeText("dataset/xml", xml)
            try root.writeText("dataset/data", "acquisitions", shape: [1])
        }
        expect(["/dataset/data", "a member head"])
    }

    // MARK: The header

    @Test("A header that is empty, is no XML, ends early, is something else, nests or declares without end")
    func wrongXML() throws {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><ismrmrdHeader>&c;</ismrmrdHeader>"
        let deep = String(repeating: "<a>", count: 100_000) + String(repeating: "</a>", count: 100_000)
        let cases = [
            ("", "found nothing"), ("acquisitions", "line 1"), ("<ismrmrdHeader><encoding>", "line 1"),
            ("<a></b>", "line 1"), ("<html></html>", "expected an ismrmrdHeader, found html"), (bomb, "DOCTYPE"),
            (deep, "line 1"), ("<ismrmrdHeader/>", "experimentalConditions"),
            (String(MRDTests.header.xml.dropLast(20)), "line"),
        ]
        for (xml, word) in cases {
            try goodFile(xml: xml)
            expect(["header", word])
        }
    }

    @Test("A header whose numbers are missing, no numbers, or absurd")
    func wrongNumbers() throws {
        let cases = [
            ("<x>8</x>", "<x>0</x>", "x from 1 to 65535, found 0"),
            ("<x>8</x>", "<x>-8</x>", "x from 1 to 65535, found -8"),
            ("<x>8</x>", "<x>99999999999999999999</x>", "found 99999999999999999999"),
            ("<x>8</x>", "<x>many</x>", "found many"), ("<x>8</x>", "", "expected an element x"),
            ("<z>8.0</z>", "<z>nan</z>", "found nan"), ("<z>8.0</z>", "<z>0</z>", "expected a positive z"),
            ("<trajectory>cartesian</trajectory>", "<trajectory>zigzag</trajectory>", "found zigzag"),
            ("<trajectory>cartesian</trajectory>", "", "expected an element trajectory"),
            ("<center>3</center>", "<center>65536</center>", "center from 0 to 65535"),
            ("<TR>0.0</TR>", "<TR>inf</TR>", "found inf"),
            ("<H1resonanceFrequency_Hz>63864578</H1resonanceFrequency_Hz>", "", "H1resonanceFrequency_Hz"),
        ]
        for (old, new, word) in cases {
            let xml = MRDTests.header.xml
            #expect(xml.contains(old))
            try goodFile(xml: xml.replacing(old, with: new))
            expect(["header", word])
        }
    }

    @Test("Several encodings, none, or a slab")
    func wrongEncodings() throws {
        var header = MRDTests.header
        header.encodings.append(header.encodings[0])
        try goodFile(xml: header.xml)
        expect(["expected one encoding, found 2"])
        header.encodings = []
        try goodFile(xml: header.xml)
        expect(["expected an element encoding"])
        header = MRDTests.header
        header.encodings[0].encodedSpace.matrix.z = 4
        try goodFile(xml: header.xml)
        expect(["two dimensions, found 4 partitions"])
    }

    // MARK: Damaged structure

    @Test("Members that are missing or of another type")
    func wrongMembers() throws {
        try patched("traj\0", "tray\0")
        expect(["a member traj"])
        try patched("center_sample\0", "centre_sample\0")
        expect(["a member center_sample"])
        try patched("number_of_samples\0", "number_of_simples\0")
        expect(["a member number_of_samples"])
        // The names of three floats and of eight integers change places.
        try patched("position\0", "user_inx\0", "user_int\0", "position\0", "user_inx\0", "user_int\0")
        expect(["the member position"])
    }

    @Test("Lists that are shorter than the header says, empty, or lead nowhere")
    func wrongLists() throws {
        let record = try recordOffset(of: goodFile())
        let (length, address, index) = (record + 360, record + 364, record + 372)
        // A shorter list, an empty one, and a huge one.
        for count: UInt32 in [31, 0, .max] {
            try damaged { $0.put(count, at: length) }
            expect(["readout 0", "expected 32 numbers of data", "found \(count)"])
        }
        // Beyond the file, as far as can be, and where there is no heap.
        for place: UInt64 in [1 << 40, .max, 0] {
            try damaged { $0.put(place, at: address) }
            expect(place == 0 ? ["heap", "found none"] : ["It is damaged"])
        }
        for number: UInt32 in [200, 0, .max] {
            try damaged { $0.put(number, at: index) }
            expect(["/dataset/data", "heap"])
        }
        // A trajectory where the header knows of none.
        try damaged { $0.put(UInt32(2), at: record + 344) }
        expect(["expected 0 numbers of trajectory", "found 2"])
    }

    @Test("A heap whose parts are too small or too large")
    func wrongHeap() throws {
        let good = try goodFile()
        let record = try recordOffset(of: good)
        let collection = Int(good.get(UInt64.self, at: record + 364))
        try damaged { $0.put(UInt32(0), at: collection) }
        expect(["heap", "found none"])
        for size: UInt64 in [0, 15, 1 << 40, .max] {
            try damaged { $0.put(size, at: collection + 8) }
            expect([size < 16 ? "heap" : "found a file of"])
        }
        // The first object says that it is smaller than the list, or larger than the collection.
        for size: UInt64 in [8, 1 << 40, .max] {
            try damaged { $0.put(size, at: collection + 24) }
            expect(["heap"])
        }
    }

    @Test("Readouts that claim what they do not have")
    func wrongSizes() throws {
        let record = try recordOffset(of: goodFile())
        for (samples, coils): (UInt16, UInt16) in [(65_535, 65_535), (0, 2), (8, 0), (9, 2)] {
            try damaged {
                $0.put(samples, at: record + 34)
                $0.put(coils, at: record + 38)
            }
            expect(["readout 0", "expected \(2 * Int(samples) * Int(coils)) numbers of data", "found 32"])
        }
        try damaged { $0.put(UInt16(2), at: record + 176) }
        expect(["expected 16 numbers of trajectory", "found 0"])
    }

    @Test("A list of readouts that claims to be huge, or has none")
    func wrongCount() throws {
        // The extent of the list: the number of readouts, followed by the largest number there may be.
        let extent = withUnsafeBytes(of: [UInt64(30), UInt64.max][0]) { Array($0) } + [UInt8](repeating: 255, count: 8)
        let good = try goodFile()
        let offset = try #require(good.firstIndex(of: extent))
        for count: UInt64 in [1 << 20, 1 << 40, .max - 1] {
            try damaged { $0.put(count, at: offset) }
            expect(["/dataset/data"])
        }
        try damaged { $0.put(UInt64(0), at: offset) }
        expect(["expected a list of readouts"])
    }

    // MARK: Readouts that do not make an image

    @Test("Radial data without a trajectory, with one dimension, or one that is not finite")
    func wrongTrajectory() throws {
        let header = KSpaceSliceTests.slice(radial: true).mrdHeader(KSpaceSliceTests.info)
        let samples = [Complex<Float>](repeating: .one, count: 16)
        for (points, word) in [([Float](), "found 0"), ([Float](repeating: 0, count: 8), "found 1")] {
            try write([MRDAcquisition(coils: 2, samples: samples, trajectory: points)], header)
            expect(["readout 0", "a trajectory of 2 dimensions for radial data", word])
        }
        for bad in [Float.nan, .infinity] {
            let points = [Float](repeating: 0, count: 15) + [bad]
            try write([MRDAcquisition(coils: 2, samples: samples, trajectory: points)], header)
            expect(["readout 0", "a finite trajectory"])
        }
    }

    @Test("Cartesian readouts that lie outside of k-space, run backwards, or differ from one another")
    func wrongReadouts() throws {
        func readout(coils: Int = 2, length: Int = 8, _ change: (inout MRDAcquisitionHeader) -> Void = { _ in })
            -> MRDAcquisition
        {
            var header = MRDAcquisitionHeader()
            header.centerSample = UInt16(length / 2)
            change(&header)
            return MRDAcquisition(
                header, coils: coils, samples: [Complex<Float>](repeating: .one, count: coils * length))
        }
        let cases: [([MRDAcquisition], String)] = [
            ([readout { $0.counters.step1 = 6 }], "line 6"), ([readout { $0.centerSample = 0 }], "begin at 4"),
            ([readout { $0.centerSample = 7 }], "begin at -3"), ([readout(length: 20)], "fit into 8"),
            ([readout(length: 1)], "at least a quarter of 8"), ([readout { $0.flags = .reversed }], "runs backwards"),
            ([readout { $0.encodingSpace = 1 }], "the only encoding, 0, found 1"),
            ([readout { ($0.discardPre, $0.discardPost) = (5, 3) }], "all discarded"),
            ([readout(), readout(coils: 3)], "readout 1: expected 2 coils as in the first readout, found 3"),
            ([readout { $0.flags = .noise }], "found only noise"),
            ([readout { $0.flags = .noise }, readout(coils: 1) { $0.flags = .noise }, readout()], "noise readouts"),
        ]
        for (readouts, word) in cases {
            try write(readouts, MRDTests.header)
            expect([word])
        }
    }

    // MARK: Anything

    /// 20,000 flips were tried once without a crash.
    ///
    /// The description of the compound is left out: HDF5 1.10.8 itself divides by zero on some damaged ones
    /// (H5T_copy), before we see anything of it. So files from people one does not trust are read in a process of
    /// their own. Most flips go to the metadata, which lie in the first kilobytes.
    @Test("A flipped bit anywhere is a typed error or is read")
    func flippedBits() throws {
        let good = try goodFile()
        let start = try #require(good.firstIndex(of: Array("head\0".utf8)))
        let end = try #require(good.firstIndex(of: Array("user_float\0".utf8)))
        // The header of the description comes before the first member, two lists of numbers after the last.
        let description = (start - 16)..<(end + 200)
        var random = Philox(seed: 6, patient: 0, stage: .recipe)
        for _ in 0..<500 {
            let reach = random.uniform() < 0.8 ? min(8192, good.count) : good.count
            let bit = Int(random.next() % UInt64(reach * 8))
            guard !description.contains(bit / 8) else { continue }
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try folder.write(bad, "bad.h5")
            do {
                try MRDDamageTests.readAll(folder.file("bad.h5"))
            } catch {
                #expect(error is CineError)
            }
        }
    }

    // MARK: How damage is done

    private func write(_ readouts: [MRDAcquisition], _ header: MRDHeader) throws {
        try MRDWriter.write(to: folder.file("bad.h5"), header) { for readout in readouts { try $0.append(readout) } }
    }

    /// Two slices of Cartesian readouts, with another header when one is given.
    @discardableResult
    private func goodFile(xml: String? = nil) throws -> [UInt8] {
        let slice = KSpaceSliceTests.slice(radial: false)
        try MRDWriter.write(to: folder.file("bad.h5"), xml: xml ?? MRDTests.header.xml) { writer in
            for number in 0..<2 {
                for index in 0..<15 {
                    try writer.append(
                        slice.mrdAcquisition(frame: index / 5, line: index % 5, slice: number, KSpaceSliceTests.info))
                }
            }
        }
        return try folder.bytes("bad.h5")
    }

    private func damaged(_ change: (inout [UInt8]) -> Void) throws {
        var bytes = try goodFile()
        change(&bytes)
        try folder.write(bytes, "bad.h5")
    }

    /// Replaces bytes by as many others, pair by pair.
    private func patched(_ pairs: String...) throws {
        var bytes = try goodFile()
        for index in stride(from: 0, to: pairs.count, by: 2) {
            let offset = try #require(bytes.firstIndex(of: Array(pairs[index].utf8)))
            bytes.replaceSubrange(offset..<(offset + pairs[index].utf8.count), with: Array(pairs[index + 1].utf8))
        }
        try folder.write(bytes, "bad.h5")
    }

    /// Where the first readout's record begins: its header is known.
    private func recordOffset(of bytes: [UInt8]) throws -> Int {
        var header: [UInt8] = []
        KSpaceSliceTests.slice(radial: false).mrdAcquisition(frame: 0, line: 0, KSpaceSliceTests.info).header
            .append(to: &header)
        return try #require(bytes.firstIndex(of: header))
    }
}

extension [UInt8] {
    fileprivate mutating func put<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        Swift.withUnsafeBytes(of: value) { replaceSubrange(offset..<(offset + $0.count), with: $0) }
    }

    fileprivate func get<Value: BitwiseCopyable>(_: Value.Type, at offset: Int) -> Value {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
