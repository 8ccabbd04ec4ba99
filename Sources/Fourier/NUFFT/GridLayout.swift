import Core
import Synchronization

/// Where an image of [Z, Y, X] lies in a finer grid of frequencies, and how that grid lies in memory.
///
/// - Shape: cells [z, y, x] of `lanes` complex numbers, one per image of a batch; rows are longer than the grid's x
///   axis by a halo, which continues the row past its end, so that no footprint has to wrap along x.
/// - Convention: position p of the image (0 at index size / 2 rounded down) and frequency k both lie at index p and k
///   modulo the grid's size: nothing is shifted.
struct GridLayout: Sendable {
    /// Cells that a row continues past its end.
    static let halo = KernelPolynomial.maximumWidth
    /// Images that go through the wide kernels together: one cache line per cell.
    static let wideLanes = 8

    /// Samples of the image along z, y, x; z is 1 in two dimensions.
    let image: SIMD3<Int>
    /// Samples of the grid along z, y, x.
    let grid: SIMD3<Int>
    /// Complex numbers per cell: 1, or `wideLanes`.
    let lanes: Int
    /// Cells from one row to the next: an odd number of cache lines, so that rows do not share a set of the cache.
    let rowCells: Int
    /// Rows from one plane to the next: an odd number, too.
    let planeRows: Int

    /// The sizes along z, y, x of a shape [Y, X] or [Z, Y, X].
    static func axes(of shape: [Int]) -> SIMD3<Int> {
        shape.count == 2 ? SIMD3(1, shape[0], shape[1]) : SIMD3(shape[0], shape[1], shape[2])
    }

    init(image: SIMD3<Int>, grid: SIMD3<Int>, lanes: Int) {
        self.image = image
        self.grid = grid
        self.lanes = lanes
        let cellsPerLine = 8 / lanes
        rowCells = ((grid[2] + GridLayout.halo + cellsPerLine - 1) / cellsPerLine | 1) * cellsPerLine
        planeRows = grid[1] | 1
    }

    /// Complex numbers of the whole grid.
    var count: Int { grid[0] * planeRows * rowCells * lanes }
    /// Samples of one image.
    var imageCount: Int { image[0] * image[1] * image[2] }
    /// Whether z is transformed, too.
    var isVolume: Bool { image[0] > 1 || grid[0] > 1 }

    /// Index in the grid of an index in the image, along an axis.
    func place(_ index: Int, axis: Int) -> Int {
        let position = index - image[axis] / 2
        return position < 0 ? position + grid[axis] : position
    }

    /// The first of the complex numbers of a row.
    func row(z: Int, y: Int) -> Int { (z * planeRows + y) * rowCells * lanes }

    /// Adds what a row's halo holds to the start of the row.
    func foldHalo(_ row: UnsafeMutablePointer<ComplexFloat>) {
        let halo = row + grid[2] * lanes
        for index in 0..<GridLayout.halo * lanes { row[index] += halo[index] }
    }

    /// Continues a row in its halo.
    func extendHalo(_ row: UnsafeMutablePointer<ComplexFloat>) {
        (row + grid[2] * lanes).update(from: row, count: GridLayout.halo * lanes)
    }
}

/// Grids that calls leave behind for the next call: as fresh memory they would cost more than some transforms.
final class GridPool: Sendable {
    private let free = Mutex<[SharedBuffer<ComplexFloat>]>([])
    private let count: Int

    init(count: Int) { self.count = count }

    deinit { free.withLock { $0.forEach { $0.values.deallocate() } } }

    /// Calls `body` with a grid of any content, which no other call uses meanwhile.
    func withGrid(_ body: (UnsafeMutablePointer<ComplexFloat>) -> Void) {
        let memory = free.withLock { $0.popLast() } ?? SharedBuffer(allocate())
        if let start = memory.values.baseAddress { body(start) }
        free.withLock { $0.append(memory) }
    }

    private func allocate() -> UnsafeMutableBufferPointer<ComplexFloat> {
        UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * MemoryLayout<ComplexFloat>.stride, alignment: Planner.alignment
        ).bindMemory(to: ComplexFloat.self)
    }
}
