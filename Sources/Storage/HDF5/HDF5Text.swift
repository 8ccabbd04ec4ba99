internal import CHDF5
import Core

extension HDF5Group {
    /// Writes text of any length in UTF-8 as a dataset, as h5py writes a `str`.
    ///
    /// - Parameter name: name in the group.
    /// - Parameter text: what is written.
    /// - Parameter shape: [] for a single value, [1] for a list of one.
    /// - Throws: `CineError(.inputOutput)` when the name is taken or the file cannot be written.
    public func writeText(_ name: String, _ text: String, shape: [Int] = []) throws {
        precondition(shape.reduce(1, *) == 1, "one text does not fill the shape \(shape)")
        let place = place.appending(name)
        try HDF5Library.run { session in
            let list = session.temporary(try place.writing(H5Pcreate(chdf5_dataset_create())))
            try place.writing(H5Pset_obj_track_times(list, false))
            let space = session.temporary(
                try place.writing(
                    shape.isEmpty
                        ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape.map(hsize_t.init), nil)))
            let links = try HDF5Group.intermediateGroups(session, place)
            let type = session.types.text
            let dataset = session.temporary(
                try place.writing(H5Dcreate2(handle.id, name, type, space, links, list, hid_t(H5P_DEFAULT))))
            try text.withCString { pointer in
                var pointer: UnsafePointer<CChar>? = pointer
                try place.writing(H5Dwrite(dataset, type, space, space, hid_t(H5P_DEFAULT), &pointer))
            }
        }
    }

    /// Reads a dataset that is one text, of fixed or variable length.
    ///
    /// - Throws: `CineError(.badData)` when there is none of that name, it is something else, or longer than 16 MiB.
    public func text(_ name: String) throws -> String {
        let dataset = try dataset(name)
        let place = dataset.place
        let (isText, isVariable, size) = try HDF5Library.run { session in
            let type = session.temporary(try place.reading(H5Dget_type(dataset.handle.id)))
            return (H5Tget_class(type) == H5T_STRING, H5Tis_variable_str(type) > 0, H5Tget_size(type))
        }
        guard isText, dataset.count == 1 else {
            throw place.mismatch("expected one text, found \(isText ? "\(dataset.count)" : "another type").")
        }
        // The library tells the size in memory, where variable text is a pointer.
        let stored = try dataset.storedBytes(0..<1, elementSize: isVariable ? HDF5GlobalHeap.Reference.size : size)
        guard isVariable else { return HDF5Group.text(stored) }
        let reference = stored.withUnsafeBytes { HDF5GlobalHeap.Reference($0) }
        guard reference.length <= 16 << 20 else {
            throw place.mismatch("expected text of at most 16 MiB, found \(reference.length) bytes.")
        }
        var heap = try dataset.globalHeap()
        return try heap.read(reference, itemSize: 1) { HDF5Group.text($0) }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
