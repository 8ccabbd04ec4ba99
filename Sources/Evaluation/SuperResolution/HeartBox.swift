import Core

/// A box about the ventricles: elsewhere there is nothing to see that matters, but much that would be scored.
struct HeartBox: Sendable {
    /// Slices, rows and columns.
    let shape: [Int]
    private let low: SIMD3<Int>
    private let size: SIMD3<Int>

    private static let marginMM = 10.0
    /// What windows of 11 samples need.
    private static let smallest = 11

    /// The box of a stack's true classes with a margin; all of it where there are none.
    init(of stack: ThickStack, on grid: Grid) {
        size = grid.size
        var (low, high) = (size, SIMD3<Int>(repeating: -1))
        for index in stack.fineLabel.indices where stack.fineLabel[index] != HeartClass.background.rawValue {
            let voxel = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
            (low, high) = (pointwiseMin(low, voxel), pointwiseMax(high, voxel))
        }
        if high.x < 0 { (low, high) = (.zero, size &- 1) }
        let margin = SIMD3<Int>((Vector3(repeating: Self.marginMM) / grid.spacingMM).rounded(.up))
        low = pointwiseMax(low &- margin, .zero)
        high = pointwiseMin(high &+ margin, size &- 1)
        // A margin makes most hearts large enough; those at the edge grow inwards.
        low = pointwiseMax(pointwiseMin(low, high &- (Self.smallest - 1)), .zero)
        high = pointwiseMin(pointwiseMax(high, low &+ (Self.smallest - 1)), size &- 1)
        self.low = low
        let extent = high &- low &+ 1
        shape = [extent.z, extent.y, extent.x]
    }

    /// What lies in the box.
    func cut(_ values: [Float]) -> [Float] {
        (low.z..<low.z + shape[0]).flatMap { z in
            (low.y..<low.y + shape[1]).flatMap { y in
                let start = (z * size.y + y) * size.x + low.x
                return values[start..<start + shape[2]]
            }
        }
    }
}
