import Core
import RealModule

extension DisplacementField {
    /// The deformation gradient F = I + ∂u/∂X at a voxel, by central differences in mm; nil at the border of the mask.
    ///
    /// - Returns: columns are the images of the patient's axes.
    /// - Error: of second order in the spacing.
    func deformationGradient(_ x: Int, _ y: Int, _ z: Int, mask: [Bool], toIndices: Affine) -> Affine? {
        let at = SIMD3(x, y, z)
        let strides = SIMD3(1, grid.size.x, grid.size.x * grid.size.y)
        let index = (at &* strides).wrappedSum()
        guard mask[index] else { return nil }
        var slopes: [Vector3] = []
        for axis in 0..<3 {
            let (before, after) = (index - strides[axis], index + strides[axis])
            guard at[axis] > 0, at[axis] < grid.size[axis] - 1, mask[before], mask[after] else { return nil }
            slopes.append((self[after] - self[before]) * 0.5)
        }
        // ∂u/∂X = ∂u/∂i · ∂i/∂X
        let alongIndices = Affine(x: slopes[0], y: slopes[1], z: slopes[2])
        func column(_ axis: Vector3) -> Vector3 { axis + alongIndices.rotate(toIndices.rotate(axis)) }
        return Affine(x: column([1, 0, 0]), y: column([0, 1, 0]), z: column([0, 0, 1]))
    }

    /// Calls `body` with the position and the gradient of each voxel of a mask, its border left out.
    func forEachGradient(in mask: Volume<Bool>, _ body: (Vector3, Affine) -> Void) throws {
        try requireNumbers(in: mask)
        let toIndices = grid.affine.inverse
        for z in 0..<grid.size.z {
            for y in 0..<grid.size.y {
                for x in 0..<grid.size.x {
                    if let gradient = deformationGradient(x, y, z, mask: mask.values, toIndices: toIndices) {
                        body(grid.position(x, y, z), gradient)
                    }
                }
            }
        }
    }
}

/// How a field changes volumes: det F, 1 where material keeps its volume, at most 0 where it folds.
public struct JacobianStatistics: Sendable, Hashable {
    /// det F of the mask's voxels, the border left out.
    public let determinants: Summary

    /// Differentiates a field; nil where nothing is inside the border of the mask.
    ///
    /// - Throws: `CineError` where the volumes do not lie in the same place, or a displacement is not a number.
    public init?(_ field: DisplacementField, mask: Volume<Bool>) throws {
        var values: [Double] = []
        try field.forEachGradient(in: mask) { values.append($1.determinant) }
        guard let determinants = Summary(values) else { return nil }
        self.determinants = determinants
    }

    /// The part of voxels that fold: det F ≤ 0, in percent.
    public var foldingPercent: Double {
        100 * Double(determinants.rising.count { $0 <= 0 }) / Double(determinants.count)
    }

    /// Mean |det F − 1|: 0 for incompressible motion.
    public var meanVolumeChange: Double {
        determinants.rising.reduce(0) { $0 + abs($1 - 1) } / Double(determinants.count)
    }

    /// Standard deviation of log det F over voxels that do not fold; nil where all fold.
    ///
    /// Read it beside `foldingPercent`.
    public var deviationOfLogarithm: Double? {
        Summary(determinants.rising.filter { $0 > 0 }.map { Double.log($0) })?.standardDeviation
    }
}
