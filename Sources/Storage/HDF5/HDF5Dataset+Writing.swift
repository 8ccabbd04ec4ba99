internal import CHDF5
import Core

extension HDF5Group {
    /// Makes a dataset to be filled block by block.
    ///
    /// - Parameter name: name or path; groups on the way are made.
    /// - Parameter type: type of the elements in the file.
    /// - Parameter shape: extent along each dimension, at least 1.
    /// - Parameter chunk: extent of a chunk; when nil, the trailing dimensions that fit in 4 MB. Give blocks of
    ///   whole chunks to `write(_:at:count:)` and nothing is read back.
    /// - Parameter packing: how chunks are stored.
    /// - Throws: `CineError(.inputOutput)` when the name is taken or the file cannot be written.
    public func makeDataset(
        _ name: String, _ type: HDF5Type, shape: [Int], chunk: [Int]? = nil, packing: HDF5Packing = .checksummed
    ) throws -> HDF5Dataset {
        let place = place.appending(name)
        let isChunked = packing != .plain && !shape.isEmpty
        let chunk = isChunked ? chunk ?? HDF5Chunk.fitting(shape, elementSize: type.size) : nil
        guard shape.allSatisfy({ $0 > 0 }), chunk.map({ $0.count == shape.count && $0.allSatisfy { $0 > 0 } }) ?? true
        else { throw place.mismatch("expected extents of at least 1, found shape \(shape), chunk \(chunk ?? []).") }
        return try HDF5Library.run { session in
            let list = session.temporary(try place.writing(H5Pcreate(chdf5_dataset_create())))
            try place.writing(H5Pset_obj_track_times(list, false))
            try place.writing(H5Pset_fill_time(list, H5D_FILL_TIME_NEVER))
            if let chunk {
                try place.writing(H5Pset_chunk(list, Int32(chunk.count), chunk.map(hsize_t.init)))
                if packing == .gzip1 { try place.writing(H5Pset_deflate(list, 1)) }
                try place.writing(H5Pset_fletcher32(list))
            }
            let extent = shape.map(hsize_t.init)
            let space = session.temporary(
                try place.writing(
                    shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extent, nil)))
            let links = try HDF5Group.intermediateGroups(session, place)
            let id = H5Dcreate2(handle.id, name, session.types[type], space, links, list, hid_t(H5P_DEFAULT))
            return HDF5Dataset(
                shape: shape, type: type, packing: isChunked ? packing : .plain, chunk: chunk,
                handle: HDF5Handle(try place.writing(id), in: handle), place: place)
        }
    }

    /// Makes a dataset and fills it.
    ///
    /// - Parameter name: name in the group.
    /// - Parameter values: the elements in C order.
    /// - Parameter shape: extent along each dimension.
    /// - Parameter type: type in the file, that of the elements when nil; see `HDF5Dataset.write(_:at:count:)`.
    /// - Parameter chunk: as for `makeDataset`.
    /// - Parameter packing: how chunks are stored.
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
    /// - Parameter values: the elements of the block in C order.
    /// - Parameter offset: index of the first element along each dimension.
    /// - Parameter count: number of elements along each dimension.
    /// - Cost: checksums and compression run outside the library's lock where the block is made of whole chunks.
    /// - Throws: `CineError` of kind `.inputOutput` when the file cannot be written, `.badData` when the type
    ///   differs, the block sticks out or the values do not fill it.
    public func write<Element: HDF5Element>(_ values: [Element], at offset: [Int], count: [Int]) throws {
        let found = Element.hdf5Type
        try checkBlock(at: offset, count: count)
        try values.withUnsafeBytes { bytes in
            let needed = count.reduce(1, *) * (found == .float32 && type == .complex64 ? 2 : 1)
            guard values.count == needed else {
                throw place.mismatch("expected \(needed) values for a block of \(count), found \(values.count).")
            }
            switch (found, type) {
            case (.float32, .float16):
                let halves = narrow(bytes.bindMemory(to: Float.self))
                try halves.withUnsafeBytes { try writeStored($0, .float16, at: offset, count: count) }
            case (.float32, .complex64): try writeStored(bytes, .complex64, at: offset, count: count)
            case (_, found): try writeStored(bytes, found, at: offset, count: count)
            default:
                throw place.mismatch(
                    "expected elements of type \(type?.rawValue ?? "that is written here"), found \(found.rawValue).")
            }
        }
    }

    private func writeStored(
        _ bytes: UnsafeRawBufferPointer, _ type: HDF5Type, at offset: [Int], count: [Int]
    ) throws {
        precondition(bytes.count == count.reduce(type.size, *), "the Swift type is not what it stands for")
        if let chunk, HDF5Chunk.aligns(offset, count, chunk: chunk, shape: shape) {
            return try writeChunks(bytes, at: offset, count: count, chunk: chunk, elementSize: type.size)
        }
        try HDF5Library.run { session in
            let (memory, file) = try spaces(at: offset, count: count, session)
            let type = session.types[type]
            try place.writing(H5Dwrite(handle.id, type, memory, file, hid_t(H5P_DEFAULT), bytes.baseAddress))
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
                    let result = H5Dwrite_chunk(
                        handle.id, hid_t(H5P_DEFAULT), 0, position, packed.count, packed.baseAddress)
                    try place.writing(result)
                }
            }
        }
    }
}
