/// A regular grid of sample points: a voxel map and the number of voxels along each axis.
///
/// - Convention: index (0, 0, 0) is the centre of the first voxel; x runs fastest in memory.
public struct Grid: Sendable, Hashable, Codable {
    /// Voxel index (x, y, z) to mm RAS+.
    public var affine: Affine
    /// Number of voxels along x, y and z.
    public var size: SIMD3<Int>

    /// Makes a grid from its voxel map and size.
    public init(affine: Affine, size: SIMD3<Int>) {
        precondition(size.min() > 0, "a grid needs at least one voxel along each axis, got \(size)")
        self.affine = affine
        self.size = size
    }

    /// A grid along the patient axes.
    public init(center: Vector3, spacingMM: Vector3, size: SIMD3<Int>) {
        let half = Vector3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) * 0.5
        self.init(
            affine: Affine(
                x: [spacingMM.x, 0, 0], y: [0, spacingMM.y, 0], z: [0, 0, spacingMM.z],
                translation: center - half * spacingMM),
            size: size)
    }

    /// Number of voxels.
    @inlinable public var count: Int { size.x * size.y * size.z }

    /// Distance in mm between neighbours along x, y and z.
    public var spacingMM: Vector3 { [length(affine.x), length(affine.y), length(affine.z)] }

    /// Volume of one voxel in mm³.
    public var voxelVolumeMM3: Double { abs(affine.determinant) }

    /// Position in mm of a voxel's centre.
    @inlinable public func position(_ x: Int, _ y: Int, _ z: Int) -> Vector3 {
        affine([Double(x), Double(y), Double(z)])
    }
}
