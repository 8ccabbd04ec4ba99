import ComplexModule

/// Memory for complex numbers, zero at first, aligned for vector units and FFTW, freed with its last owner.
///
/// `@unchecked Sendable`: one thread writes it, or nobody while several read.
package final class ComplexBuffer: @unchecked Sendable {
    /// The first value.
    package let start: UnsafeMutablePointer<ComplexFloat>
    /// Number of values.
    package let count: Int

    /// Makes room for values.
    package init(count: Int) {
        self.count = count
        let bytes = count * MemoryLayout<ComplexFloat>.stride
        start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Planner.alignment)
            .initializeMemory(as: ComplexFloat.self, repeating: .zero, count: count)
    }

    deinit { start.deallocate() }

    /// Writes eight rows as columns: row r, column `columns[c]` → row c, column r.
    ///
    /// Eight at a time, so that whole cache lines are written.
    /// - Parameters:
    ///   - rows: the first of eight rows, `distance` apart.
    ///   - columns: columns of the rows, in the order of the target's rows.
    ///   - target: where the first of them begins.
    ///   - stride: distance between the rows of the target.
    package static func transposeEight(
        _ rows: UnsafePointer<ComplexFloat>, distance: Int, columns: [Int],
        into target: UnsafeMutablePointer<ComplexFloat>, stride: Int
    ) {
        columns.withUnsafeBufferPointer { columns in
            for place in 0..<columns.count {
                let (row, column) = (target + place * stride, rows + columns[place])
                for index in 0..<8 { row[index] = column[index * distance] }
            }
        }
    }
}
