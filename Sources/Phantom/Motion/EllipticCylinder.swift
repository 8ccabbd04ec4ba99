import Core

/// The inner wall of the chest, seen from the LV frame: what the heart's motion must not reach.
struct EllipticCylinder: Sendable {
    /// What of (x, y, z, 1) is across and what is along the depth, in units of the half axes: 1 together on the wall.
    private let across: SIMD4<Double>
    private let depth: SIMD4<Double>

    /// A cylinder along z about the origin of the patient frame.
    init(halfWidth: Double, halfDepth: Double, toPatient frame: Affine) {
        across = SIMD4(frame.x.x, frame.y.x, frame.z.x, frame.translation.x) / halfWidth
        depth = SIMD4(frame.x.y, frame.y.y, frame.z.y, frame.translation.y) / halfDepth
    }

    /// How far a ray from the LV axis at a height goes until the wall.
    @inline(__always)
    func reach<L: Lane>(_ z: L, _ c: L, _ s: L) -> L {
        let (u, v) = (c * L(across.x) + s * L(across.y), c * L(depth.x) + s * L(depth.y))
        let (u0, v0) = (z * L(across.z) + L(across.w), z * L(depth.z) + L(depth.w))
        // Nearly along the cylinder it goes far.
        let a = u * u + v * v + L(1e-6)
        let b = u * u0 + v * v0
        let rest = L.larger(L(1) - u0 * u0 - v0 * v0, L(0.01))
        return ((b * b + a * rest).squareRooted - b) / a
    }
}
