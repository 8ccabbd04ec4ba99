internal import CHDF5
import Core

extension HDF5Dataset {
    /// Reads everything.
    ///
    /// - Parameter element: type of the elements.
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
    /// - Parameter element: type of the elements.
    /// - Parameter offset: index of the first element along each dimension.
    /// - Parameter count: number of elements along each dimension.
    /// - Returns: the elements of the block in C order. `Float` also reads float16.
    /// - Throws: `CineError(.badData)` when the type differs, the block sticks out, or a checksum does not fit.
    public func read<Element: HDF5Element>(
        _ element: Element.Type = Element.self, at offset: [Int], count: [Int]
    ) throws -> [Element] {
        try checkBlock(at: offset, count: count)
        let total = count.reduce(1, *)
        if Element.self == Float.self, type == .float16 {
            let halves = try [Float16](unsafeUninitializedCapacity: total) { buffer, filled in
                try readStored(.float16, into: UnsafeMutableRawBufferPointer(buffer), at: offset, count: count)
                filled = total
            }
            return [Element](unsafeUninitializedCapacity: total) { buffer, filled in
                buffer.withMemoryRebound(to: Float.self) { widen(halves, into: $0) }
                filled = total
            }
        }
        guard type == Element.hdf5Type else {
            let found = type?.rawValue ?? "a type that is not read here"
            throw place.mismatch("expected elements of type \(Element.hdf5Type.rawValue), found \(found).")
        }
        return try [Element](unsafeUninitializedCapacity: total) { buffer, filled in
            try readStored(Element.hdf5Type, into: UnsafeMutableRawBufferPointer(buffer), at: offset, count: count)
            filled = total
        }
    }

    private func readStored(
        _ type: HDF5Type, into buffer: UnsafeMutableRawBufferPointer, at offset: [Int], count: [Int]
    ) throws {
        guard !count.contains(0) else { return }
        precondition(buffer.count >= count.reduce(type.size, *), "the Swift type is smaller than what it stands for")
        try HDF5Library.run { session in
            let (memory, file) = try spaces(at: offset, count: count, session)
            let type = session.types[type]
            try place.reading(H5Dread(handle.id, type, memory, file, hid_t(H5P_DEFAULT), buffer.baseAddress))
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

    /// The block in memory and in the file, behind the gate.
    func spaces(at offset: [Int], count: [Int], _ session: HDF5Session) throws -> (memory: hid_t, file: hid_t) {
        let file = session.temporary(try place.reading(H5Dget_space(handle.id)))
        guard !shape.isEmpty else { return (session.temporary(try place.reading(H5Screate(H5S_SCALAR))), file) }
        let extent = count.map(hsize_t.init)
        try place.reading(
            H5Sselect_hyperslab(file, H5S_SELECT_SET, offset.map(hsize_t.init), nil, extent, nil))
        return (session.temporary(try place.reading(H5Screate_simple(Int32(extent.count), extent, nil))), file)
    }
}
