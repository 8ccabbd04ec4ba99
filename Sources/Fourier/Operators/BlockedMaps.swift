import ComplexModule
import Core

/// Coil maps cut into blocks of sixteen columns, ready to be multiplied with blocks of an image.
///
/// - Shape: [C, Y, X] → [block, C, Y, 4]: two `Lanes` of real parts (each twice) and two of imaginary parts (−, +).
package struct BlockedMaps: Sendable {
    private let coils: Int
    private let height: Int
    private let values: [Lanes]

    /// Number of `Lanes` of a map's row.
    private static let rowLanes = 2 * ColumnBlock.lanes

    /// Cuts maps.
    ///
    /// - Parameter rowFactors: what each row is multiplied by, such as phases before a transform.
    package init(_ values: [ComplexFloat], coils: Int, height: Int, width: Int, rowFactors: [ComplexFloat]) {
        let blockCount = ColumnBlock.count(columns: width)
        var blocks = [Lanes](repeating: Lanes(0), count: blockCount * coils * height * Self.rowLanes)
        for coil in 0..<coils {
            for y in 0..<height {
                let row = (coil * height + y) * width
                for x in 0..<width {
                    let value = values[row + x] * rowFactors[y]
                    let (block, column) = (x / ColumnBlock.width, x % ColumnBlock.width)
                    let at = ((block * coils + coil) * height + y) * Self.rowLanes + column / 8
                    let pair = 2 * (column % 8)
                    blocks[at][pair] = value.real
                    blocks[at][pair + 1] = value.real
                    blocks[at + 2][pair] = -value.imaginary
                    blocks[at + 2][pair + 1] = value.imaginary
                }
            }
        }
        self.coils = coils
        self.height = height
        self.values = blocks
    }

    /// Coil block = map · image block.
    package func weight(
        _ image: UnsafePointer<Lanes>, block: Int, coil: Int, into result: UnsafeMutablePointer<Lanes>
    ) {
        values.withUnsafeBufferPointer { values in
            guard let map = values.baseAddress.map({ $0 + firstLane(block: block, coil: coil) }) else { return }
            for row in 0..<height {
                let (a, b) = (image[2 * row], image[2 * row + 1])
                result[2 * row] = a * map[4 * row] + a.swappedPairs * map[4 * row + 2]
                result[2 * row + 1] = b * map[4 * row + 1] + b.swappedPairs * map[4 * row + 3]
            }
        }
    }

    /// Sum += conj(map) · coil block.
    package func addConjugate(
        _ image: UnsafePointer<Lanes>, block: Int, coil: Int, to sum: UnsafeMutablePointer<Lanes>
    ) {
        values.withUnsafeBufferPointer { values in
            guard let map = values.baseAddress.map({ $0 + firstLane(block: block, coil: coil) }) else { return }
            for row in 0..<height {
                let (a, b) = (image[2 * row], image[2 * row + 1])
                sum[2 * row] = sum[2 * row] + a * map[4 * row] - a.swappedPairs * map[4 * row + 2]
                sum[2 * row + 1] = sum[2 * row + 1] + b * map[4 * row + 1] - b.swappedPairs * map[4 * row + 3]
            }
        }
    }

    private func firstLane(block: Int, coil: Int) -> Int { (block * coils + coil) * height * Self.rowLanes }
}
