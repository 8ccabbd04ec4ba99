internal import CHDF5
import Core

/// Writes an MRD file, readout by readout.
///
/// Memory stays that of 64 readouts: they go to the disk together, which is also what makes it fast. libismrmrd
/// writes them one by one.
///
/// - Source: ISMRMRD 1.x, its HDF5 files.
public struct MRDWriter: ~Copyable {
    /// Readouts of a chunk.
    static let chunk = 64

    private let dataset: HDF5Handle
    private let place: HDF5Place
    private var written = 0
    /// The headers of readouts that wait.
    private var records: [UInt8] = []
    /// Trajectories and samples of readouts that wait, one after the other.
    private var numbers: [Float] = []
    /// Number of readouts so far.
    public private(set) var count = 0

    /// Publishes an MRD file in one step; `body` appends its readouts.
    ///
    /// - Parameter path: name of the file.
    /// - Parameter header: of the measurement.
    /// - Parameter name: of the group that holds everything; other programs look for `dataset`.
    /// - Parameter body: appends the readouts.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, `.badData` when there are no readouts, and what `body`
    ///   throws. Nothing is left behind.
    public static func write(
        to path: String, _ header: MRDHeader, name: String = "dataset", _ body: (inout MRDWriter) throws -> Void
    ) throws {
        try write(to: path, xml: header.xml, name: name, body)
    }

    /// Publishes an MRD file with any text for a header.
    static func write(
        to path: String, xml: String, name: String = "dataset", _ body: (inout MRDWriter) throws -> Void
    ) throws {
        try HDF5File.write(to: path) { root in
            let group = try root.makeGroup(name)
            try group.writeText("xml", xml, shape: [1])
            var writer = try MRDWriter(group)
            try body(&writer)
            try writer.flush()
            guard writer.count > 0 else {
                throw CineError(.badData, "\(path): expected at least one readout to write, found none.")
            }
        }
    }

    private init(_ group: HDF5Group) throws {
        let place = group.place.appending("data")
        dataset = try HDF5Library.run { session in
            let list = session.temporary(try place.writing(H5Pcreate(chdf5_dataset_create())))
            try place.writing(H5Pset_obj_track_times(list, false))
            try place.writing(H5Pset_chunk(list, 1, [hsize_t(MRDWriter.chunk)]))
            let space = session.temporary(try place.writing(H5Screate_simple(1, [0], [hsize_t.max])))
            let type = try MRDLayout.recordType(session, place)
            let id = H5Dcreate2(
                group.handle.id, "data", type, space, hid_t(H5P_DEFAULT), list, hid_t(H5P_DEFAULT))
            return HDF5Handle(try place.writing(id), in: group.handle)
        }
        self.place = place
    }

    /// Appends a readout.
    ///
    /// - Throws: `CineError(.inputOutput)` when the file cannot be written, `.badData` when the header does not fit samples
    ///   and trajectory.
    public mutating func append(_ acquisition: MRDAcquisition) throws {
        let header = acquisition.header
        let samples = Int(header.activeChannels) * Int(header.sampleCount)
        let points = Int(header.sampleCount) * Int(header.trajectoryDimensions)
        guard acquisition.samples.count == samples, acquisition.trajectory.count == points else {
            throw place.mismatch(
                "expected \(samples) samples and \(points) numbers of trajectory, found \(acquisition.samples.count) and \(acquisition.trajectory.count)."
            )
        }
        header.append(to: &records)
        // The lists' lengths and addresses; the latter are known when no more will move.
        records += repeatElement(0, count: MRDLayout.recordSize - MRDAcquisitionHeader.size)
        numbers += acquisition.trajectory
        acquisition.samples.withUnsafeBytes { numbers += $0.bindMemory(to: Float.self) }
        count += 1
        if count - written == MRDWriter.chunk { try flush() }
    }

    private mutating func flush() throws {
        let waiting = count - written
        guard waiting > 0 else { return }
        let (start, end, handle, place) = (written, count, dataset, place)
        try numbers.withUnsafeMutableBytes { numbers in
            MRDWriter.link(&records, to: numbers)
            try HDF5Library.run { session in
                try place.writing(H5Dset_extent(handle.id, [hsize_t(end)]))
                let file = session.temporary(try place.writing(H5Dget_space(handle.id)))
                try place.writing(
                    H5Sselect_hyperslab(file, H5S_SELECT_SET, [hsize_t(start)], nil, [hsize_t(waiting)], nil))
                let memory = session.temporary(try place.writing(H5Screate_simple(1, [hsize_t(waiting)], nil)))
                let type = try MRDLayout.recordType(session, place)
                try place.writing(H5Dwrite(handle.id, type, memory, file, hid_t(H5P_DEFAULT), records))
            }
        }
        written = count
        records.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }

    /// Enters lengths and addresses of the lists.
    private static func link(_ records: inout [UInt8], to numbers: UnsafeMutableRawBufferPointer) {
        records.withUnsafeMutableBytes { records in
            var next = 0
            for record in stride(from: 0, to: records.count, by: MRDLayout.recordSize) {
                let bytes = UnsafeMutableRawBufferPointer(rebasing: records[record..<(record + MRDLayout.recordSize)])
                let header = MRDAcquisitionHeader(UnsafeRawBufferPointer(bytes))
                let points = Int(header.sampleCount) * Int(header.trajectoryDimensions)
                let samples = 2 * Int(header.sampleCount) * Int(header.activeChannels)
                for (offset, length) in [(MRDLayout.trajectoryOffset, points), (MRDLayout.samplesOffset, samples)] {
                    let list = hvl_t(len: length, p: length > 0 ? numbers.baseAddress.map { $0 + next } : nil)
                    bytes.storeBytes(of: list, toByteOffset: offset, as: hvl_t.self)
                    next += 4 * length
                }
            }
        }
    }
}
