import Core

/// The boundary of a structure: its voxels with a neighbour outside, at their centres.
///
/// - Convention: neighbours share a face (6 in a volume, 4 in a slice); outside the image is outside the structure, as in
///   MedPy and MONAI. All borders count: to leave out the endocardium, compare cavity and wall as one structure.
struct Surface {
    /// Whether each voxel of the box is on the boundary.
    let marked: [Bool]
    /// The places in `marked` that are.
    let points: [Int]

    /// - Parameters:
    ///   - mask: [Z, Y, X] of `size`.
    ///   - box: where to look; all of the structure lies in it.
    ///   - inSlices: whether neighbours along z count for nothing.
    init(_ mask: [Bool], size: SIMD3<Int>, box: VoxelBox, inSlices: Bool) {
        var marked = [Bool](repeating: false, count: box.count)
        var points: [Int] = []
        let strides = SIMD3(1, size.x, size.x * size.y)
        var place = 0
        for z in box.lower.z...box.upper.z {
            for y in box.lower.y...box.upper.y {
                for x in box.lower.x...box.upper.x {
                    let at = SIMD3(x, y, z)
                    let index = (at &* strides).wrappedSum()
                    if mask[index] {
                        let isInner = (0..<(inSlices ? 2 : 3)).allSatisfy { axis in
                            at[axis] > 0 && mask[index - strides[axis]] && at[axis] < size[axis] - 1
                                && mask[index + strides[axis]]
                        }
                        if !isInner {
                            marked[place] = true
                            points.append(place)
                        }
                    }
                    place += 1
                }
            }
        }
        self.marked = marked
        self.points = points
    }
}

/// A box of voxels, both corners in it.
struct VoxelBox {
    let lower: SIMD3<Int>
    let upper: SIMD3<Int>

    var size: SIMD3<Int> { upper &- lower &+ SIMD3(1, 1, 1) }
    var count: Int { size.x * size.y * size.z }

    /// The smallest box that holds all voxels of a mask within some slices; nil where there are none.
    init?(of mask: [Bool], size: SIMD3<Int>, slices: Range<Int>) {
        var lower = SIMD3(repeating: Int.max)
        var upper = SIMD3(repeating: Int.min)
        for z in slices {
            for y in 0..<size.y {
                let start = (z * size.y + y) * size.x
                let row = mask[start..<start + size.x]
                guard let first = row.firstIndex(of: true), let last = row.lastIndex(of: true) else { continue }
                lower = pointwiseMin(lower, SIMD3(first - start, y, z))
                upper = pointwiseMax(upper, SIMD3(last - start, y, z))
            }
        }
        guard lower.x <= upper.x else { return nil }
        (self.lower, self.upper) = (lower, upper)
    }

    /// The smallest box that holds two.
    init(_ a: VoxelBox, _ b: VoxelBox) {
        (lower, upper) = (pointwiseMin(a.lower, b.lower), pointwiseMax(a.upper, b.upper))
    }
}
