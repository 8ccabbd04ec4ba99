import Core

/// Reads the global heap of a file, where HDF5 keeps text and sequences of variable length.
///
/// HDF5 1.10 trusts each reference into the heap: a damaged one makes it read or write where it must not. So
/// files that others wrote are read here, with every bound checked. It is the faster way, too: a reference costs
/// a look into one block of the file.
///
/// - Source: HDF5 File Format Specification 3.0, III.E and IV.A.2.d, for addresses and lengths of 8 bytes.
struct HDF5GlobalHeap {
    private let file: InputFile
    private let place: HDF5Place
    private var recent: [(address: Int, bytes: [UInt8])] = []

    /// What an element of variable length is in the file: number of items, and where they lie.
    struct Reference {
        static let size = 16
        let length: Int
        let address: Int
        let index: UInt16

        init(_ bytes: UnsafeRawBufferPointer) {
            precondition(bytes.count == Reference.size, "a reference has \(Reference.size) bytes")
            length = Int(bytes.loadUnaligned(as: UInt32.self))
            address = Int(clamping: bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
            index = UInt16(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        }
    }

    init(_ file: InputFile, place: HDF5Place) {
        self.file = file
        self.place = place
    }

    /// Calls `body` with the bytes of a sequence of items of `itemSize` bytes.
    ///
    /// - Throws: `CineError(.badData)` when the reference leads nowhere or to less than it says.
    mutating func read<Result>(
        _ reference: Reference, itemSize: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let needed = reference.length * itemSize
        guard needed > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try collection(at: reference.address).withUnsafeBytes { bytes in
            guard let object = HDF5GlobalHeap.object(reference.index, in: bytes), object.count >= needed else {
                throw place.mismatch(
                    "expected \(needed) bytes in the file's heap, found fewer or none. It is damaged; make or copy it again."
                )
            }
            return try body(UnsafeRawBufferPointer(rebasing: object[..<(object.startIndex + needed)]))
        }
    }

    /// A collection holds many small objects or a single large one; the small ones are met again.
    private mutating func collection(at address: Int) throws -> [UInt8] {
        if let found = recent.first(where: { $0.address == address }) { return found.bytes }
        let header = try file.bytes(at: address, count: 16)
        let size = header.withUnsafeBytes { Int(clamping: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) }
        guard header.starts(with: Array("GCOL".utf8) + [1]), size >= 16 else {
            throw place.mismatch(
                "expected a part of the file's heap at byte \(address), found none. It is damaged; make or copy it again."
            )
        }
        let bytes = try file.bytes(at: address, count: size)
        if size <= HDF5GlobalHeap.largestShared {
            // The library fills at most 16 collections at a time.
            if recent.count == 16 { recent.removeFirst() }
            recent.append((address, bytes))
        }
        return bytes
    }

    /// H5HG_MAXSIZE: the library does not let a collection of several objects grow beyond this.
    private static let largestShared = 65_536

    /// The object with an index; its header has the index, a count, four bytes of nothing and the size.
    private static func object(_ index: UInt16, in bytes: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        var offset = 16
        while offset + 16 <= bytes.count {
            let found = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
            let size = Int(clamping: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
            // Index 0 is the free space at the end.
            guard found != 0, size <= bytes.count - offset - 16 else { return nil }
            if found == index { return bytes[(offset + 16)..<(offset + 16 + size)] }
            offset += 16 + (size + 7) / 8 * 8
        }
        return nil
    }
}
