internal import CHDF5
import Core

extension HDF5Group {
    /// Makes a dataset to be filled block by block.
    ///
    /// - Parameter name: name or path; groups on the way are made.
    /// - Parameter shape: extent along each dimension, at least 1.
    /// - Parameter chunk: extent of a chunk; when nil, the trailing dimensions that fit in 4 MB. Give blocks of
    ///   whole chunks to `write(_:at:count:)` and nothing is read back.
    /// - Throws: `CineError(.inputOutput)` when the name is taken or the file cannot be written.
    public func makeDataset(
        _ name: String, _ type: HDF5Type, shape: [Int], chunk: [Int]? = nil, packing: HDF5Packing = .checksummed
    ) throws -> HDF5Dataset {
        let place = place.appending(name)
        let isChunked = packing != .plain && !shape.isEmpty
        let chunk = isChunked ? chunk ?? HDF5Chunk.fitting(shape, elementSize: type.size) : nil
        guard shape.allSatisfy({ $0 > 0 }), chunk.map({ $0.count == shape.count && $0.allSatisfy { $0 > 0 } }) ?? true
        else { throw place.mismatch("expected extents of at least 1, found shape \(shape), chunk \(chunk ?? []).") }
        return try HDF5Library.run { types in
            let list = HDF5Handle(try place.writing(H5Pcreate(chdf5_dataset_create())))
            try place.writing(H5Pset_obj_track_times(list.id, false))
            try place.writing(H5Pset_fill_time(list.id, H5D_FILL_TIME_NEVER))
            if let chunk {
                try place.writing(H5Pset_chunk(list.id, Int32(chunk.count), chunk.map(hsize_t.init)))
                if packing == .gzip1 { try place.writing(H5Pset_deflate(list.id, 1)) }
                try place.writing(H5Pset_fletcher32(list.id))
            }
            let extent = shape.map(hsize_t.init)
            let space = HDF5Handle(
                try place.writing(shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extent, nil)))
            let links = try HDF5Group.intermediateGroups(place)
            let id = H5Dcreate2(handle.id, name, types[type], space.id, links.id, list.id, hid_t(H5P_DEFAULT))
            return HDF5Dataset(
                shape: shape, type: type, packing: isChunked ? packing : .plain, chunk: chunk,
                handle: HDF5Handle(try place.writing(id), in: handle), place: place)
        }
    }

    /// Makes a dataset and fills it.
    ///
    /// - Parameter type: type in the file, that of the elements when nil; see `HDF5Dataset.write(_:at:count:)`.
    /// - Throws: `CineError` of kind `.inputOutput` when the file cannot be written, `.badData` when values and shape differ.
    @discardableResult
    public func write<Element: HDF5Element>(
        _ name: String, _ values: [Element], as type: HDF5Type = Element.hdf5Type, shape: [Int]? = nil,
        chunk: [Int]? = nil, packing: HDF5Packing = .plain
    ) throws -> HDF5Dataset {
        let dataset = try makeDataset(name, type, shape: shape ?? [values.count], chunk: chunk, packing: packing)
        try dataset.write(values)
        return dataset
    }
}

extension HDF5Dataset {
    /// Fills the dataset.
    ///
    /// - Throws: as `write(_:at:count:)`.
    public func write<Element: HDF5Element>(_ values: [Element]) throws {
        try write(values, at: shape.map { _ in 0 }, count: shape)
    }

    /// Fills a block.
    ///
    /// - Convention: `Float` also fills float16, rounded to nearest even, and complex64, as pairs (real, imaginary).
    /// - Parameter offset: index of the first element along each dimension.
    /// - Parameter count: number of elements along each dimension.
    /// - Cost: checksums and compression run outside the library's lock where the block is made of whole chunks.
    /// - Throws: `CineError` of kind `.inputOutput` when the file cannot be written, `.badData` when the type
    ///   differs, the block sticks out or the values do not fill it.
    public func write<Element: HDF5Element>(_ values: [Element], at offset: [Int], count: [Int]) throws {
        if let floats = values as? [Float], type == .float16 {
            return try write(floats.map { Float16($0) }, at: offset, count: count)
        }
        guard let type, type == Element.hdf5Type || (type == .complex64 && Element.self == Float.self) else {
            throw place.mismatch(
                "expected elements of type \(self.type?.rawValue ?? "that is not written here"), found \(Element.hdf5Type.rawValue).")
        }
        try checkBlock(at: offset, count: count)
        try values.withUnsafeBytes { bytes in
            guard bytes.count == count.reduce(type.size, *) else {
                throw place.mismatch("expected \(count.reduce(type.size, *)) bytes for \(count), found \(bytes.count).")
            }
            if let chunk, HDF5Chunk.aligns(offset, count, chunk: chunk, shape: shape) {
                try writeChunks(bytes, at: offset, count: count, chunk: chunk, elementSize: type.size)
            } else {
                try HDF5Library.run { types in
                    let (memory, file) = try spaces(at: offset, count: count)
                    let result = H5Dwrite(
                        handle.id, types[type], memory.id, file.id, hid_t(H5P_DEFAULT), bytes.baseAddress)
                    try place.writing(result)
                }
            }
        }
    }

    /// Packs each chunk here and hands it over ready for the disk: the library's own filters are slower and
    /// would run within its lock.
    private func writeChunks(
        _ bytes: UnsafeRawBufferPointer, at offset: [Int], count: [Int], chunk: [Int], elementSize: Int
    ) throws {
        var packer = HDF5Chunk(extent: chunk, elementSize: elementSize, isDeflated: packing == .gzip1)
        try HDF5Chunk.forEach(in: count, chunk: chunk) { start in
            try packer.pack(bytes, extent: count, start: start) { packed in
                try HDF5Library.run { _ in
                    let position = zip(offset, start).map { hsize_t($0 + $1) }
                    let result = H5Dwrite_chunk(handle.id, hid_t(H5P_DEFAULT), 0, position, packed.count, packed.baseAddress)
                    try place.writing(result)
                }
            }
        }
    }
}
