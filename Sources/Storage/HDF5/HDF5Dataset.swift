internal import CHDF5
import Core

/// An array in a file.
///
/// - Shape: C order, last index fastest.
public struct HDF5Dataset: Sendable {
    /// Extent along each dimension.
    public let shape: [Int]
    /// What it holds; nil for types that this program neither reads nor writes.
    public let type: HDF5Type?
    /// How it lies in the file.
    public let packing: HDF5Packing
    /// Extent of a chunk; nil when it lies in one piece.
    public let chunk: [Int]?
    /// Bytes that it takes in the file, when it was opened for reading.
    let storedSize: Int
    let handle: HDF5Handle
    let place: HDF5Place

    /// The attributes of the dataset.
    public var attributes: HDF5Attributes { HDF5Attributes(handle: handle, place: place) }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    init(shape: [Int], type: HDF5Type, packing: HDF5Packing, chunk: [Int]?, handle: HDF5Handle, place: HDF5Place) {
        self.shape = shape
        self.type = type
        self.packing = packing
        self.chunk = chunk
        storedSize = 0
        self.handle = handle
        self.place = place
    }

    /// Describes a dataset of a file, after checks that make reading it safe, behind the gate.
    init(handle: HDF5Handle, place: HDF5Place, _ session: HDF5Session) throws {
        self.handle = handle
        self.place = place
        let space = session.temporary(try place.reading(H5Dget_space(handle.id)))
        shape = try extents(of: space, place)
        let stored = session.temporary(try place.reading(H5Dget_type(handle.id)))
        type = session.types.element(for: stored)
        let list = session.temporary(try place.reading(H5Dget_create_plist(handle.id)))
        let layout = H5Pget_layout(list)
        guard layout != H5D_VIRTUAL, H5Pget_external_count(list) == 0 else {
            throw place.mismatch(
                "expected to lie in this file, found data that lie elsewhere. Copy them into the file.")
        }
        var isDeflated = false
        var isFiltered = false
        for index in 0..<max(0, H5Pget_nfilters(list)) {
            let filter = H5Pget_filter2(list, UInt32(index), nil, nil, nil, 0, nil, nil)
            isDeflated = isDeflated || filter == H5Z_FILTER_DEFLATE
            isFiltered = true
        }
        packing = isDeflated ? .gzip1 : isFiltered ? .checksummed : .plain
        if layout == H5D_CHUNKED {
            var extents = [hsize_t](repeating: 0, count: 32)
            let rank = try place.reading(H5Pget_chunk(list, 32, &extents))
            chunk = extents.prefix(Int(rank)).map { Int(clamping: $0) }
        } else {
            chunk = nil
        }
        storedSize = Int(clamping: H5Dget_storage_size(handle.id))
        try checkClaim(elementSize: H5Tget_size(stored), isDeflated: isDeflated, session)
    }

    /// Refuses what claims more than the file can hold, before anything is allocated.
    private func checkClaim(elementSize: Int, isDeflated: Bool, _ session: HDF5Session) throws {
        let file = session.temporary(try place.reading(H5Iget_file_id(handle.id)))
        var fileSize: hsize_t = 0
        try place.reading(H5Fget_filesize(file, &fileSize))
        // Deflate cannot shrink by more than 1032.
        let ratio = isDeflated ? 1040 : 1
        let (limit, isHuge) = min(storedSize, Int(clamping: fileSize)).multipliedReportingOverflow(by: ratio)
        for extent in [shape, chunk ?? []] {
            let claim = try elementCount(extent + [elementSize], place)
            // A chunk is stored whole, also where the dataset ends within it.
            guard isHuge || claim <= limit || extent.isEmpty || count == 0 else {
                throw place.mismatch(
                    "claims \(claim) bytes, found \(storedSize) stored in a file of \(fileSize). It is damaged or not complete."
                )
            }
        }
    }
}

/// The extents of a dataspace, behind the gate.
func extents(of space: hid_t, _ place: HDF5Place) throws -> [Int] {
    let rank = try place.reading(H5Sget_simple_extent_ndims(space))
    guard H5Sget_simple_extent_type(space) != H5S_NULL else { return [0] }
    var extents = [hsize_t](repeating: 0, count: max(1, Int(rank)))
    try place.reading(H5Sget_simple_extent_dims(space, &extents, nil))
    return extents.prefix(Int(rank)).map { Int(clamping: $0) }
}

/// The product of extents.
func elementCount(_ extents: [Int], _ place: HDF5Place) throws -> Int {
    try extents.reduce(1) { product, extent in
        let (result, overflow) = product.multipliedReportingOverflow(by: extent)
        guard !overflow else { throw place.mismatch("expected a shape that fits in memory, found \(extents).") }
        return result
    }
}
