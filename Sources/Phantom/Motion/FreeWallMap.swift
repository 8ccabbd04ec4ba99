import Core

/// The bellows of the RV: its free wall moves towards the septum, the septum itself stays with the LV.
///
/// A monotone map of the distance from the LV axis along each ray across it.
///
/// - Convention: LV frame; identity within a spheroid about the LV.
struct FreeWallMap: Sendable {
    /// Shape of the rays: fixed for a patient.
    struct Frame: Sendable {
        /// A body that holds the LV, in which nothing moves: circular sections of radius `septum` about x = `septumShift`,
        /// shrinking along the LV axis to nothing at `septumLength`, mm.
        var septum: Double
        var septumShift: Double
        var septumLength: Double
        /// Ellipsoid that the free wall follows: centre and half axes in the LV frame, mm.
        var center: Vector3
        var halfAxes: Vector3
        /// Where the motion fades at the base and towards the apex.
        var basal: Double
        var apical: Double
        /// Room outside the free wall.
        var room = 20.0
    }

    let frame: Frame
    /// Inward motion of the free wall as a share of its distance from the septum: below 1, above −0.25.
    let squeeze: Double
    /// Outward bulge of a dyskinetic patch, mm.
    let bulge: Double

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let radius = (p.x * p.x + p.y * p.y + L(1e-9)).squareRooted
        let knots = knots(p, radius: radius)
        let map = bin(knots, at: radius, moved: false)
        let (value, slope) = map.forward(radius)
        let isStill = L.larger(knots.septum - radius, radius - knots.end)
        let result = L.pick(isStill, lessThan: L(0), value, else: radius)
        let scale = result / radius
        return (
            Point(x: p.x * scale, y: p.y * scale, z: p.z), scale * L.pick(isStill, lessThan: L(0), slope, else: L(1))
        )
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let radius = (p.x * p.x + p.y * p.y + L(1e-9)).squareRooted
        let knots = knots(p, radius: radius)
        let value = bin(knots, at: radius, moved: true).inverse(radius)
        let isStill = L.larger(knots.septum - radius, radius - knots.end)
        let scale = L.pick(isStill, lessThan: L(0), value, else: radius) / radius
        return Point(x: p.x * scale, y: p.y * scale, z: p.z)
    }

    /// Radii along a ray: where it starts to move, the free wall, how far that moves, and where the motion ends.
    private struct Knots<L: Lane> {
        let septum: L
        let wall: L
        let shift: L
        let end: L
    }

    /// Where the free wall is along a ray, how far it moves, and where the motion ends.
    @inline(__always)
    private func knots<L: Lane>(_ p: Point<L>, radius: L) -> Knots<L> {
        let depth = p.z * L(1 / frame.septumLength)
        let shrink = L.larger(L(1) - depth * depth, L(0.01)).squareRooted
        let c = p.x / radius
        let s = p.y / radius
        let across = L(frame.septumShift) * s
        let chord = L.larger(L(frame.septum * frame.septum) - across * across, L(0)).squareRooted
        let septum = shrink * (L(frame.septumShift) * c + chord)
        // Intersection of the ray with the ellipsoid's section at this height.
        let ix = 1 / (frame.halfAxes.x * frame.halfAxes.x)
        let iy = 1 / (frame.halfAxes.y * frame.halfAxes.y)
        let up = (p.z - L(frame.center.z)) * L(1 / frame.halfAxes.z)
        let a = c * c * L(ix) + s * s * L(iy)
        let b = c * L(frame.center.x * ix) + s * L(frame.center.y * iy)
        let rest = up * up + L(frame.center.x * frame.center.x * ix + frame.center.y * frame.center.y * iy - 1)
        let root = L.larger(b * b - a * rest, L(0)).squareRooted
        let wall = L.larger((b + root) / a + L(1.5), septum + L(12))
        let around = L.smoothStep(c, from: -0.5, to: 0.05)
        let along =
            L.smoothStep(p.z, from: frame.basal - 14, to: frame.basal + 2)
            * (L(1) - L.smoothStep(p.z, from: frame.apical - 10, to: frame.apical + 4))
        // The patch: free wall, sub-tricuspid and towards the inferior side.
        let dy = (s - L(0.45)) * L(3)
        let dz = (p.z - L(frame.basal + 22)) * L(1 / 18.0)
        let patch = L.larger(L(1) - dy * dy - dz * dz, L(0))
        let gap = wall - septum
        let shift = around * along * (L(squeeze) * gap - L(bulge) * patch * patch)
        return Knots(septum: septum, wall: wall, shift: shift, end: wall + L(frame.room))
    }

    @inline(__always)
    private func bin<L: Lane>(_ knots: Knots<L>, at radius: L, moved: Bool) -> RationalQuadratic<L> {
        let wallNow = knots.wall - knots.shift
        let limit = moved ? wallNow : knots.wall
        return RationalQuadratic(
            from: L.pick(radius, lessThan: limit, knots.septum, else: knots.wall),
            L.pick(radius, lessThan: limit, knots.wall, else: knots.end),
            to: L.pick(radius, lessThan: limit, knots.septum, else: wallNow),
            L.pick(radius, lessThan: limit, wallNow, else: knots.end), slopes: L(1), L(1))
    }
}
