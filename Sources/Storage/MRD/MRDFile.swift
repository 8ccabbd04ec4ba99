import ComplexModule
import Core
import RealModule

/// An MRD (ISMRMRD) file of raw data that we or others wrote.
///
/// Readouts are read when they are asked for. Nothing in the file is trusted: see `HDF5GlobalHeap`.
public struct MRDFile: Sendable {
    /// Path of the file.
    public let path: String
    /// The header of the measurement, as far as this program knows it.
    public let header: MRDHeader
    /// The header as it is in the file.
    public let headerXML: String
    /// Number of readouts.
    public let count: Int
    private let data: HDF5Dataset
    private let record: MRDLayout.Record

    /// Opens a file.
    ///
    /// - Parameter path: of the file.
    /// - Parameter name: of the group that holds everything; when nil `dataset`, or the only one that holds raw data.
    /// - Throws: `CineError` of kind `.noInput` when it cannot be opened, `.badData` when it is not an MRD file of raw data.
    public init(_ path: String, name: String? = nil) throws {
        let root = try HDF5File.open(path).root
        let group = try MRDFile.group(name, in: root)
        self.path = path
        headerXML = try group.text("xml")
        header = try MRDHeader(xml: headerXML, source: path)
        data = try group.dataset("data")
        record = try MRDLayout.record(of: data)
        guard data.shape.count == 1, data.count > 0 else {
            throw data.place.mismatch("expected a list of readouts, found the shape \(data.shape).")
        }
        count = data.count
    }

    /// The headers of all readouts, without their samples.
    ///
    /// - Throws: `CineError(.badData)`.
    public func headers() throws -> [MRDAcquisitionHeader] {
        var result: [MRDAcquisitionHeader] = []
        result.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: MRDWriter.chunk) {
            try forEachRecord(in: start..<min(count, start + MRDWriter.chunk)) { result.append(header(of: $0)) }
        }
        return result
    }

    /// Reads readouts.
    ///
    /// - Parameter indices: which; neighbours are read together.
    /// - Throws: `CineError(.badData)` when a readout does not hold what its header says.
    public func acquisitions(_ indices: some Collection<Int>) throws -> [MRDAcquisition] {
        var heap = try data.globalHeap()
        var result: [MRDAcquisition] = []
        result.reserveCapacity(indices.count)
        var rest = indices[...]
        while let start = rest.first {
            var end = start
            while let next = rest.first, next == end, end - start < MRDWriter.chunk {
                end += 1
                rest = rest.dropFirst()
            }
            var number = start
            try forEachRecord(in: start..<end) { record in
                result.append(try acquisition(record, number: number, &heap))
                number += 1
            }
        }
        return result
    }

    private func forEachRecord(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try data.storedBytes(range, elementSize: record.size).withUnsafeBytes { bytes in
            for index in 0..<range.count {
                try body(UnsafeRawBufferPointer(rebasing: bytes[(index * record.size)..<((index + 1) * record.size)]))
            }
        }
    }

    private func header(of bytes: UnsafeRawBufferPointer) -> MRDAcquisitionHeader {
        withUnsafeTemporaryAllocation(byteCount: MRDAcquisitionHeader.size, alignment: 8) { packed in
            for move in record.header {
                UnsafeMutableRawBufferPointer(rebasing: packed[move.to..<(move.to + move.count)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[move.from..<(move.from + move.count)]))
            }
            return MRDAcquisitionHeader(UnsafeRawBufferPointer(packed))
        }
    }

    private func acquisition(
        _ bytes: UnsafeRawBufferPointer, number: Int, _ heap: inout HDF5GlobalHeap
    ) throws -> MRDAcquisition {
        let header = header(of: bytes)
        let (coils, length) = (Int(header.activeChannels), Int(header.sampleCount))
        func reference(_ offset: Int, _ word: String, length expected: Int) throws -> HDF5GlobalHeap.Reference {
            let reference = HDF5GlobalHeap.Reference(
                UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + HDF5GlobalHeap.Reference.size)]))
            guard reference.length == expected else {
                throw data.place.mismatch(
                    "readout \(number): expected \(expected) numbers of \(word) for \(coils) coils, \(length) samples and \(header.trajectoryDimensions) dimensions, found \(reference.length). The file is damaged or not complete."
                )
            }
            return reference
        }
        let samples = try reference(record.samples, "data", length: 2 * coils * length)
        let points = try reference(record.trajectory, "trajectory", length: length * Int(header.trajectoryDimensions))
        var result = MRDAcquisition(header)
        result.samples = try heap.read(samples, itemSize: 4) { [Complex<Float>](copying: $0) }
        result.trajectory = try heap.read(points, itemSize: 4) { [Float](copying: $0) }
        return result
    }

    private static func group(_ name: String?, in root: HDF5Group) throws -> HDF5Group {
        if let name { return try root.group(name) }
        if root.holdsGroup("dataset") { return try root.group("dataset") }
        let found = try root.children.filter { root.holdsDataset("\($0)/data") && root.holdsDataset("\($0)/xml") }
        guard found.count == 1 else {
            throw root.place.mismatch(
                "expected a group `dataset` with MRD raw data, found \(found.isEmpty ? "none" : found.joined(separator: ", ")). Check that it is an MRD file; fastMRI's files are not."
            )
        }
        return try root.group(found[0])
    }
}

extension MRDAcquisition {
    /// A readout whose samples are still to come.
    fileprivate init(_ header: MRDAcquisitionHeader) {
        self.header = header
        samples = []
        trajectory = []
    }
}

extension Array {
    /// Copies the bytes of trivial elements, which need not be aligned.
    fileprivate init(copying bytes: UnsafeRawBufferPointer) {
        self.init(unsafeUninitializedCapacity: bytes.count / MemoryLayout<Element>.stride) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
            filled = bytes.count / MemoryLayout<Element>.stride
        }
    }
}
