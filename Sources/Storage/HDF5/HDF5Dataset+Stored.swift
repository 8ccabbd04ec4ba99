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
        let file = try InputFile(place.file)
        guard let chunk else { return try contiguousBytes(range, elementSize, file) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count * elementSize)
        var start = range.lowerBound
        while start < range.upperBound {
            let first = start / chunk[0] * chunk[0]
            let end = min(range.upperBound, first + chunk[0])
            let address = try chunkAddress(of: first, size: chunk[0] * elementSize)
            bytes += try file.bytes(at: address + (start - first) * elementSize, count: (end - start) * elementSize)
            start = end
        }
        return bytes
    }

    private func contiguousBytes(_ range: Range<Int>, _ elementSize: Int, _ file: InputFile) throws -> [UInt8] {
        let address = HDF5Library.run { _ in H5Dget_offset(handle.id) }
        // The address of what was never written is the largest that there is.
        guard let start = Int(exactly: address), start <= file.size else {
            throw place.mismatch("expected data within the file, found none. It is damaged or not complete.")
        }
        return try file.bytes(at: start + range.lowerBound * elementSize, count: range.count * elementSize)
    }

    /// Where the chunk that begins with an element lies.
    ///
    /// H5Dread_chunk of HDF5 1.10 would read as much as the file says, whatever room there is.
    private func chunkAddress(of first: Int, size: Int) throws -> Int {
        try HDF5Library.run { _ in
            let position = [hsize_t(first)]
            var filters: UInt32 = 0
            var address: haddr_t = 0
            var stored: hsize_t = 0
            try place.reading(H5Dget_chunk_info_by_coord(handle.id, position, &filters, &address, &stored))
            guard stored == hsize_t(size), let start = Int(exactly: address), start < 1 << 60 else {
                throw place.mismatch(
                    "expected \(size) bytes for elements from \(first), found \(stored). It is damaged or not complete."
                )
            }
            return start
        }
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
