internal import CHDF5
import Core

extension HDF5Dataset {
    /// Reads everything.
    ///
    /// - Parameter expected: what the shape must be; any when nil.
    /// - Returns: the elements in C order. `Float` also reads float16.
    /// - Throws: `CineError(.badData)` when type or shape differ, or a checksum does not fit.
    public func read<Element: HDF5Element>(
        _ element: Element.Type = Element.self, shape expected: [Int]? = nil
    ) throws -> [Element] {
        guard expected == nil || expected == shape else {
            throw place.mismatch("expected the shape \(expected ?? []), found \(shape).")
        }
        return try read(element, at: shape.map { _ in 0 }, count: shape)
    }

    /// Reads a block.
    ///
    /// - Parameter offset: index of the first element along each dimension.
    /// - Parameter count: number of elements along each dimension.
    /// - Returns: the elements of the block in C order. `Float` also reads float16.
    /// - Throws: `CineError(.badData)` when the type differs, the block sticks out, or a checksum does not fit.
    public func read<Element: HDF5Element>(
        _ element: Element.Type = Element.self, at offset: [Int], count: [Int]
    ) throws -> [Element] {
        if Element.self == Float.self, type == .float16 {
            let halves: [Float16] = try readStored(at: offset, count: count)
            let floats = halves.map { Float($0) }
            return floats as? [Element] ?? []
        }
        guard type == Element.hdf5Type else {
            throw place.mismatch(
                "expected elements of type \(Element.hdf5Type.rawValue), found \(type?.rawValue ?? "a type that is not read here").")
        }
        return try readStored(at: offset, count: count)
    }

    private func readStored<Element: HDF5Element>(at offset: [Int], count: [Int]) throws -> [Element] {
        precondition(MemoryLayout<Element>.stride == Element.hdf5Type.size, "\(Element.self) is not what it stands for")
        try checkBlock(at: offset, count: count)
        return try [Element](unsafeUninitializedCapacity: count.reduce(1, *)) { buffer, filled in
            if buffer.count > 0, !count.contains(0) {
                try HDF5Library.run { types in
                    let (memory, file) = try spaces(at: offset, count: count)
                    let result = H5Dread(
                        handle.id, types[Element.hdf5Type], memory.id, file.id, hid_t(H5P_DEFAULT), buffer.baseAddress)
                    try place.reading(result)
                }
            }
            filled = count.reduce(1, *)
        }
    }

    /// Refuses a block that sticks out.
    func checkBlock(at offset: [Int], count: [Int]) throws {
        let fits =
            offset.count == shape.count && count.count == shape.count
            && shape.indices.allSatisfy {
                offset[$0] >= 0 && count[$0] >= 0 && count[$0] <= shape[$0] && offset[$0] <= shape[$0] - count[$0]
            }
        guard fits else {
            throw place.mismatch("expected a block within \(shape), found \(count) at \(offset).")
        }
    }

    /// The block in memory and in the file. Behind the gate.
    func spaces(at offset: [Int], count: [Int]) throws -> (memory: HDF5Handle, file: HDF5Handle) {
        let file = HDF5Handle(try place.reading(H5Dget_space(handle.id)))
        guard !shape.isEmpty else { return (HDF5Handle(try place.reading(H5Screate(H5S_SCALAR))), file) }
        let extent = count.map(hsize_t.init)
        try place.reading(
            H5Sselect_hyperslab(file.id, H5S_SELECT_SET, offset.map(hsize_t.init), nil, extent, nil))
        return (HDF5Handle(try place.reading(H5Screate_simple(Int32(extent.count), extent, nil))), file)
    }
}
