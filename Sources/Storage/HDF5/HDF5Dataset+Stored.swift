internal import CHDF5
import Core

extension HDF5Dataset {
    /// The elements of a list as they lie in the file, without the library's conversion.
    ///
    /// - Parameter range: elements of a dataset of one dimension, or 0..<1 of a single value.
    /// - Parameter elementSize: bytes of an element in the file.
    /// - Throws: `CineError(.badData)` when the dataset is compressed or does not hold them.
    func storedBytes(_ range: Range<Int>, elementSize: Int) throws -> [UInt8] {
        guard shape.count <= 1, range.lowerBound >= 0, range.upperBound <= count else {
            throw place.mismatch("expected a list of at least \(range.upperBound), found the shape \(shape).")
        }
        guard packing == .plain else {
            throw place.mismatch("expected no compression, found filters. Remove them: h5repack -f NONE OLD NEW.")
        }
        guard let chunk else { return try contiguousBytes(range, elementSize) }
        return try chunkedBytes(range, elementSize, perChunk: chunk[0])
    }

    /// Reads chunk by chunk.
    ///
    /// For each chunk, HDF5 1.10 reads as many bytes as the file says, whatever room there is; but no chunk can have
    /// more than all have together, and what is not touched of the buffer costs nothing.
    private func chunkedBytes(_ range: Range<Int>, _ elementSize: Int, perChunk: Int) throws -> [UInt8] {
        let size = perChunk * elementSize
        let chunks = (count + perChunk - 1) / max(1, perChunk)
        guard size > 0, storedSize == chunks * size else {
            throw place.mismatch(
                "expected \(chunks) chunks of \(size) bytes, found \(storedSize) bytes. It is damaged or not complete.")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: storedSize, alignment: 64)
        defer { buffer.deallocate() }
        let whole = UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count * elementSize)
        try HDF5Library.run { _ in
            var start = range.lowerBound
            while start < range.upperBound {
                let first = start / perChunk * perChunk
                let end = min(range.upperBound, first + perChunk)
                whole.initializeMemory(as: UInt8.self, repeating: 0)
                var filters: UInt32 = 0
                let position = [hsize_t(first)]
                try place.reading(
                    H5Dread_chunk(handle.id, hid_t(H5P_DEFAULT), position, &filters, buffer.baseAddress))
                bytes += whole[((start - first) * elementSize)..<((end - first) * elementSize)]
                start = end
            }
        }
        return bytes
    }

    private func contiguousBytes(_ range: Range<Int>, _ elementSize: Int) throws -> [UInt8] {
        let file = try InputFile(place.file)
        let address = HDF5Library.run { _ in H5Dget_offset(handle.id) }
        // The address of what was never written is the largest that there is.
        guard let start = Int(exactly: address), start <= file.size else {
            throw place.mismatch("expected data within the file, found none. It is damaged or not complete.")
        }
        return try file.bytes(at: start + range.lowerBound * elementSize, count: range.count * elementSize)
    }

    /// A reader of what elements of variable length refer to.
    func globalHeap() throws -> HDF5GlobalHeap {
        try HDF5Library.run { session in
            let file = session.temporary(try place.reading(H5Iget_file_id(handle.id)))
            let list = session.temporary(try place.reading(H5Fget_create_plist(file)))
            var addressSize = 0
            var lengthSize = 0
            var userBlock: hsize_t = 0
            try place.reading(H5Pget_sizes(list, &addressSize, &lengthSize))
            try place.reading(H5Pget_userblock(list, &userBlock))
            guard addressSize == 8, lengthSize == 8, userBlock == 0 else {
                throw place.mismatch(
                    "expected addresses of 8 bytes from the file's start, found \(addressSize) from \(userBlock). Copy it with h5repack -u /dev/null."
                )
            }
            return HDF5GlobalHeap(try InputFile(place.file), place: place)
        }
    }
}
