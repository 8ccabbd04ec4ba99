import Core

/// The pose of a volume as NIfTI writes it twice: as a matrix (sform) and as a quaternion (qform).
///
/// Tools differ in which one they read, and some refuse axes that are not orthonormal in single precision; so
/// the axes are made orthonormal in double precision and both forms come from the same rotation.
struct NIfTIPose {
    /// -1 for a left-handed voxel grid, else 1 (pixdim[0]).
    let handedness: Double
    /// Voxel sizes in mm.
    let spacingMM: [Double]
    /// b, c and d of the rotation; a is not negative and follows from them.
    let quaternion: [Double]
    /// Voxel (x, y, z) to mm RAS+.
    let matrix: Affine

    /// Position of the first voxel in mm.
    var offset: [Double] { [matrix.translation.x, matrix.translation.y, matrix.translation.z] }

    /// - Throws: `CineError(.badData)` when the axes are not orthogonal within 1e-4 or an axis has no length.
    init(_ affine: Affine) throws {
        let spacing = Vector3(length(affine.x), length(affine.y), length(affine.z))
        guard spacing.min() > 0, affine.rowMajor.allSatisfy(\.isFinite) else {
            throw CineError(.badData, "NIfTI needs voxels of finite size, found \(affine.rowMajor).")
        }
        let x = normalize(affine.x)
        let y = normalize(affine.y - x * dot(x, affine.y))
        let handedness: Double = affine.determinant < 0 ? -1 : 1
        let z = cross(x, y)
        let shear = max(abs(dot(x, affine.y)) / spacing.y, 1 - handedness * dot(z, affine.z) / spacing.z)
        guard shear < 1e-4 else {
            throw CineError(
                .badData, "NIfTI needs orthogonal voxel axes, found a shear of \(shear). Use a grid without shear.")
        }
        self.handedness = handedness
        spacingMM = [spacing.x, spacing.y, spacing.z]
        quaternion = NIfTIPose.quaternion(Affine(x: x, y: y, z: z))
        matrix = Affine(
            x: x * spacing.x, y: y * spacing.y, z: z * (handedness * spacing.z), translation: affine.translation)
    }

    /// b, c and d of a rotation, from the largest of its four squares so that nothing cancels.
    private static func quaternion(_ r: Affine) -> [Double] {
        let trace = r.x.x + r.y.y + r.z.z
        let squares = [1 + trace, 1 + 2 * r.x.x - trace, 1 + 2 * r.y.y - trace, 1 + 2 * r.z.z - trace]
        let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
        let twice = squares[largest].squareRoot()
        let (ba, ca, da) = (r.y.z - r.z.y, r.z.x - r.x.z, r.x.y - r.y.x)
        let (bc, bd, cd) = (r.y.x + r.x.y, r.z.x + r.x.z, r.z.y + r.y.z)
        let rows = [
            [twice * twice, ba, ca, da], [ba, twice * twice, bc, bd], [ca, bc, twice * twice, cd],
            [da, bd, cd, twice * twice],
        ]
        let q = rows[largest].map { $0 / (2 * twice) }
        return q[0] < 0 ? q.dropFirst().map { -$0 } : Array(q.dropFirst())
    }

    /// The matrix that a reader of the quaternion makes.
    static func matrix(quaternion q: [Double], spacingMM: [Double], handedness: Double, offset: [Double]) -> Affine {
        var (b, c, d) = (q[0], q[1], q[2])
        let square = b * b + c * c + d * d
        // Single precision may leave the sum above 1: half a turn, as NIfTI's own code takes it.
        var a = 0.0
        if 1 - square < 1e-7 {
            let scale = 1 / max(square, .leastNonzeroMagnitude).squareRoot()
            (b, c, d) = (b * scale, c * scale, d * scale)
        } else {
            a = (1 - square).squareRoot()
        }
        let x = Vector3(a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c))
        let y = Vector3(2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b))
        let z = Vector3(2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c)
        return Affine(
            x: x * spacingMM[0], y: y * spacingMM[1], z: z * (spacingMM[2] * (handedness < 0 ? -1 : 1)),
            translation: Vector3(offset[0], offset[1], offset[2]))
    }
}
