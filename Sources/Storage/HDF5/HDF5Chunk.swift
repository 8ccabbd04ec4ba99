internal import CZlib
import Core

/// Packs chunks into the bytes that HDF5's deflate and fletcher32 filters would make of them.
struct HDF5Chunk: ~Copyable {
    private let extent: [Int]
    private let elementSize: Int
    private let isDeflated: Bool
    /// The chunk, then room for its checksum.
    private let plain: UnsafeMutableRawBufferPointer
    private let deflated: UnsafeMutableRawBufferPointer

    init(extent: [Int], elementSize: Int, isDeflated: Bool) {
        self.extent = extent
        self.elementSize = elementSize
        self.isDeflated = isDeflated
        let size = extent.reduce(elementSize, *)
        plain = .allocate(byteCount: size + 4, alignment: 64)
        deflated = .allocate(byteCount: isDeflated ? Int(compressBound(UInt(size))) + 4 : 0, alignment: 64)
    }

    deinit {
        plain.deallocate()
        deflated.deallocate()
    }

    /// Packs the chunk at `start` of a block; what sticks out of the block becomes zero.
    mutating func pack(
        _ block: UnsafeRawBufferPointer, extent blockExtent: [Int], start: [Int],
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let valid = extent.indices.map { min(extent[$0], blockExtent[$0] - start[$0]) }
        if valid != extent { plain.initializeMemory(as: UInt8.self, repeating: 0) }
        copy(block, blockExtent, start, valid, dimension: 0, from: 0, to: 0)
        let (buffer, size) = isDeflated ? (deflated, try deflate()) : (plain, plain.count - 4)
        let sum = fletcher32(UnsafeRawBufferPointer(rebasing: buffer[..<size]))
        buffer.storeBytes(of: sum.littleEndian, toByteOffset: size, as: UInt32.self)
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<(size + 4)]))
    }

    private func deflate() throws -> Int {
        var size = UInt(deflated.count - 4)
        let result = compress2(deflated.baseAddress, &size, plain.baseAddress, UInt(plain.count - 4), 1)
        guard result == Z_OK else { throw CineError(.inputOutput, "zlib cannot compress a chunk (code \(result)).") }
        return Int(size)
    }

    /// Copies what lies within the block, in runs as long as both sides are contiguous.
    private func copy(
        _ block: UnsafeRawBufferPointer, _ blockExtent: [Int], _ start: [Int], _ valid: [Int], dimension: Int,
        from: Int, to: Int
    ) {
        let trailing = (dimension + 1)..<extent.count
        let isRun = trailing.allSatisfy { extent[$0] == blockExtent[$0] }
        if isRun {
            let step = trailing.reduce(elementSize) { $0 * extent[$1] }
            let source = (from * blockExtent[dimension] + start[dimension]) * step
            let run = UnsafeRawBufferPointer(rebasing: block[source..<(source + valid[dimension] * step)])
            UnsafeMutableRawBufferPointer(rebasing: plain[(to * extent[dimension] * step)...]).copyMemory(from: run)
            return
        }
        for index in 0..<valid[dimension] {
            copy(
                block, blockExtent, start, valid, dimension: dimension + 1,
                from: from * blockExtent[dimension] + start[dimension] + index, to: to * extent[dimension] + index)
        }
    }

    // MARK: Geometry

    /// The largest chunk of trailing dimensions that keeps within 4 MB.
    static func fitting(_ shape: [Int], elementSize: Int) -> [Int] {
        var room = (4 << 20) / elementSize
        var chunk = shape.map { _ in 1 }
        for dimension in shape.indices.reversed() {
            // Equal parts, so that the last is not much smaller than the others.
            let parts = (shape[dimension] + room - 1) / room
            chunk[dimension] = (shape[dimension] + parts - 1) / parts
            room /= chunk[dimension]
            if parts > 1 || room == 0 { break }
        }
        return chunk
    }

    /// Whether a block is made of whole chunks.
    static func aligns(_ offset: [Int], _ count: [Int], chunk: [Int], shape: [Int]) -> Bool {
        chunk.indices.allSatisfy {
            offset[$0] % chunk[$0] == 0 && (count[$0] % chunk[$0] == 0 || offset[$0] + count[$0] == shape[$0])
        }
    }

    /// Visits the first index of each chunk of a block, last dimension fastest.
    static func forEach(in count: [Int], chunk: [Int], _ body: ([Int]) throws -> Void) rethrows {
        var start = count.map { _ in 0 }
        while true {
            try body(start)
            var dimension = count.count - 1
            while dimension >= 0 {
                start[dimension] += chunk[dimension]
                if start[dimension] < count[dimension] { break }
                start[dimension] = 0
                dimension -= 1
            }
            if dimension < 0 { return }
        }
    }
}
