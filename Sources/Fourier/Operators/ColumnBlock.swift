import CFFTW
import ComplexModule
import Core

/// Sixteen columns of a [N, P] array in a scratch of [N, 16], where they are transformed together.
///
/// A transform along the slow axis of an array would run through memory in long strides; sixteen columns at a time
/// fit into the cache and fill the vector units (measured, N = 192, one thread: 0.5 µs a column).
package enum ColumnBlock {
    /// Columns per block: sixteen complex numbers are two cache lines.
    package static let width = 16
    /// `Lanes` per row of a block.
    package static let lanes = 2

    /// Number of blocks that hold so many columns.
    package static func count(columns: Int) -> Int { (columns + width - 1) / width }

    /// Copies a block's columns into the scratch; columns beyond the last are zero.
    ///
    /// - Shape: `array` [rows, columns] → `scratch` [rows, 16].
    @inline(__always)
    package static func load(
        _ block: Int, of array: UnsafePointer<ComplexFloat>, rows: Int, columns: Int,
        into scratch: UnsafeMutablePointer<Lanes>
    ) {
        let first = block * width
        let filled = min(width, columns - first)
        let bytes = filled * MemoryLayout<ComplexFloat>.stride
        for row in 0..<rows {
            if filled < width { (scratch[2 * row], scratch[2 * row + 1]) = (Lanes(0), Lanes(0)) }
            UnsafeMutableRawPointer(scratch + 2 * row).copyMemory(from: array + row * columns + first, byteCount: bytes)
        }
    }

    /// Copies the scratch back to a block's columns.
    ///
    /// - Shape: `scratch` [rows, 16] → `array` [rows, columns].
    @inline(__always)
    package static func store(
        _ scratch: UnsafePointer<Lanes>, to block: Int, of array: UnsafeMutablePointer<ComplexFloat>, rows: Int,
        columns: Int
    ) {
        let first = block * width
        let bytes = min(width, columns - first) * MemoryLayout<ComplexFloat>.stride
        for row in 0..<rows {
            UnsafeMutableRawPointer(array + row * columns + first).copyMemory(
                from: scratch + 2 * row, byteCount: bytes)
        }
    }

    /// A plan along the columns of a scratch, uncentred and unscaled.
    static func plan(rows: Int, sign: Int32, planning: Fourier.Planning) throws -> Plan {
        let layout = Planner.Layout(sizes: [rows], count: width, stride: width, distance: 1)
        return try Planner.plan(layout, sign: sign, planning: planning)
    }
}

extension Plan {
    /// Runs the plan on a scratch of `ColumnBlock`.
    @inline(__always)
    func execute(_ scratch: UnsafeMutablePointer<Lanes>) {
        execute(UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: ComplexFloat.self))
    }
}

/// Calls `body` with memory for so many `Lanes`, on the stack where it fits.
@inline(__always)
package func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Lanes>) -> Void) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: max(count, 1)) { scratch in
        guard let start = scratch.baseAddress else { return }
        body(start)
    }
}
