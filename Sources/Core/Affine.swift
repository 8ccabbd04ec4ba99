import Foundation

/// A point or a direction in mm, in the patient frame (RAS+: x to the right, y to the front, z to the head).
public typealias Vector3 = SIMD3<Double>

/// An affine map of points, `p ↦ linear · p + translation`.
///
/// - Convention: columns of `linear` are the images of the axes; voxel maps take (x, y, z) indices to mm RAS+.
public struct Affine: Sendable, Hashable, Codable {
    /// Image of the x axis.
    public var x: Vector3
    /// Image of the y axis.
    public var y: Vector3
    /// Image of the z axis.
    public var z: Vector3
    /// Image of the origin.
    public var translation: Vector3

    /// Makes a map from the images of the three axes and of the origin.
    public init(x: Vector3, y: Vector3, z: Vector3, translation: Vector3 = .zero) {
        self.x = x
        self.y = y
        self.z = z
        self.translation = translation
    }

    /// The map that moves nothing.
    public static let identity = Affine(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

    /// The image of a point.
    @inlinable public func callAsFunction(_ point: Vector3) -> Vector3 { rotate(point) + translation }

    /// The image of a direction: the translation does not apply.
    @inlinable public func rotate(_ direction: Vector3) -> Vector3 {
        x * direction.x + y * direction.y + z * direction.z
    }

    /// The map that applies `right` first, then `left`.
    public static func * (left: Affine, right: Affine) -> Affine {
        Affine(
            x: left.rotate(right.x), y: left.rotate(right.y), z: left.rotate(right.z),
            translation: left(right.translation))
    }

    /// Volume of the image of the unit cube.
    public var determinant: Double { dot(x, cross(y, z)) }

    /// The inverse map.
    ///
    /// - Precondition: the determinant is not zero.
    public var inverse: Affine {
        let scale = 1 / determinant
        let rowX = cross(y, z) * scale
        let rowY = cross(z, x) * scale
        let rowZ = cross(x, y) * scale
        var result = Affine(
            x: [rowX.x, rowY.x, rowZ.x], y: [rowX.y, rowY.y, rowZ.y], z: [rowX.z, rowY.z, rowZ.z])
        result.translation = -result.rotate(translation)
        return result
    }

    /// The 4×4 matrix in row order, as NIfTI and our own files store it.
    public var rowMajor: [Double] {
        [
            x.x, y.x, z.x, translation.x, x.y, y.y, z.y, translation.y, x.z, y.z, z.z, translation.z, 0, 0, 0, 1,
        ]
    }

    /// Makes a map from the first three rows of a 4×4 matrix in row order.
    public init(rowMajor m: [Double]) {
        precondition(m.count == 16, "an affine has 16 elements, got \(m.count)")
        self.init(
            x: [m[0], m[4], m[8]], y: [m[1], m[5], m[9]], z: [m[2], m[6], m[10]], translation: [m[3], m[7], m[11]])
    }

    /// A rigid motion: rotation by a rotation vector (rad, right-handed) about `center`, then a shift.
    ///
    /// - Units: `shift` and `center` in mm.
    public static func rigid(shift: Vector3, rotation: Vector3, about center: Vector3 = .zero) -> Affine {
        let angle = length(rotation)
        var result = Affine.identity
        if angle > 0 {
            let axis = rotation / angle
            func turn(_ v: Vector3) -> Vector3 {
                v * cos(angle) + cross(axis, v) * sin(angle) + axis * (dot(axis, v) * (1 - cos(angle)))
            }
            result = Affine(x: turn([1, 0, 0]), y: turn([0, 1, 0]), z: turn([0, 0, 1]))
        }
        result.translation = center - result.rotate(center) + shift
        return result
    }
}

/// Scalar product.
@inlinable public func dot(_ a: Vector3, _ b: Vector3) -> Double { (a * b).sum() }

/// Vector product, right-handed.
@inlinable public func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}

/// Euclidean length.
@inlinable public func length(_ a: Vector3) -> Double { dot(a, a).squareRoot() }

/// The direction of a vector that is not zero.
@inlinable public func normalize(_ a: Vector3) -> Vector3 { a / length(a) }
