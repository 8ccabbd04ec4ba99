import Core

/// The bellows of the RV: its free wall moves towards the septum, the septum itself stays with the LV.
///
/// A monotone map of the distance from the LV axis along each ray across it.
///
/// - Convention: LV frame; identity within a spheroid about the LV.
struct FreeWallMap: Sendable {
    /// Shape of the rays: fixed for a patient.
    struct Frame: Sendable {
        /// A body that holds the LV, in which nothing moves: circular sections, shrinking along the LV axis to nothing at
        /// `septumLength`, mm.
        var septum: Circle
        var septumLength: Double
        /// Ellipsoid that the free wall follows: centre and half axes in the LV frame, mm.
        var center: Vector3
        var halfAxes: Vector3
        /// The outflow tract, which stands out of the ellipsoid: from the RV's body to the pulmonary valve.
        var conus: Vector3
        var pulmonaryValve: Vector3
        var conusRadius: Double
        /// Where the motion fades at the base and towards the apex.
        var basal: Double
        var apical: Double
        /// Where the motion ends; a few millimetres beyond where the heart touches it.
        var chestWall: EllipticCylinder

        /// Room outside the free wall that a ray never reaches, whatever the way to the chest wall.
        static let mostRoom = 40.0
    }

    /// A circle across the LV axis, mm.
    struct Circle: Sendable {
        var x: Double
        var y: Double
        var radius: Double
    }

    let frame: Frame
    /// Inward motion of the free wall as a share of its distance from the septum: below 1, above −0.25.
    var squeeze: Double
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
        let c = p.x / radius
        let s = p.y / radius
        let depth = p.z * L(1 / frame.septumLength)
        let shrink = L.larger(L(1) - depth * depth, L(0.01)).squareRooted
        // Above the LV's base there is the aortic root alone.
        let root = L(0.6) + L(0.4) * L.smoothStep(p.z, from: frame.basal - 20, to: frame.basal)
        let circle = frame.septum
        let septum = shrink * root * reach(c, s, circle)
        let outer = smoothLarger(ellipsoid(p.z, c, s), outflow(p.z, c, s))
        // Where the RV ends at the septum its wall has nowhere to go; a knot apart keeps the map well conditioned.
        let free = smoothLarger(outer + L(1.5) - septum, L(0))
        let wall = septum + free + L(2)
        let around = L.smoothStep(c, from: -0.4, to: -0.05)
        let along =
            L.smoothStep(p.z, from: frame.basal - 26, to: frame.basal + 6)
            * (L(1) - L.smoothStep(p.z, from: frame.apical - 18, to: frame.apical + 4))
        let outward = bulge == 0 ? L(0) : L(bulge) * patch(p.z, s) * L.smoothStep(free, from: 0, to: 12)
        let shift = around * along * (L(squeeze) * free - outward)
        return Knots(
            septum: septum, wall: wall, shift: shift, end: wall + room(frame.chestWall.reach(p.z, c, s) - wall))
    }

    /// The dyskinetic patch: free wall, sub-tricuspid and towards the inferior side; 1 in its middle.
    @inline(__always)
    private func patch<L: Lane>(_ z: L, _ s: L) -> L {
        let dy = (s - L(0.45)) * L(3)
        let dz = (z - L(frame.basal + 22)) * L(1 / 18.0)
        let height = L.larger(L(1) - dy * dy - dz * dz, L(0))
        return height * height
    }

    /// Room outside the free wall: all of it where the chest wall is near, a part where it is far.
    @inline(__always)
    private func room<L: Lane>(_ gap: L) -> L {
        let way = smoothLarger(gap - L(1), L(3))
        let most = L(Frame.mostRoom)
        return way * most / (way + most)
    }

    /// How far a circle around the axis reaches along a ray from it.
    @inline(__always)
    private func reach<L: Lane>(_ c: L, _ s: L, _ circle: Circle) -> L {
        let along = c * L(circle.x) + s * L(circle.y)
        let rest = circle.radius * circle.radius - circle.x * circle.x - circle.y * circle.y
        return along + (along * along + L(rest)).squareRooted
    }

    /// How far a circle reaches along a ray from the axis; where the ray misses it, how far the circle is along it.
    @inline(__always)
    private func reach<L: Lane>(_ c: L, _ s: L, _ x: L, _ y: L, radius2: L) -> L {
        let along = c * x + s * y
        // Rounded, so that the reach does not jump where a ray touches the circle.
        let square = along * along - (x * x + y * y) + radius2
        return along + (L(0.5) * (square + (square * square + L(4e4)).squareRooted)).squareRooted
    }

    /// How far the ellipsoid's section at a height reaches along a ray.
    @inline(__always)
    private func ellipsoid<L: Lane>(_ z: L, _ c: L, _ s: L) -> L {
        let ix = 1 / (frame.halfAxes.x * frame.halfAxes.x)
        let iy = 1 / (frame.halfAxes.y * frame.halfAxes.y)
        let up = (z - L(frame.center.z)) * L(1 / frame.halfAxes.z)
        let a = c * c * L(ix) + s * s * L(iy)
        let b = c * L(frame.center.x * ix) + s * L(frame.center.y * iy)
        let rest = up * up + L(frame.center.x * frame.center.x * ix + frame.center.y * frame.center.y * iy - 1)
        return (b + L.larger(b * b - a * rest, L(0)).squareRooted) / a
    }

    /// How far the outflow tract's section at a height reaches along a ray.
    @inline(__always)
    private func outflow<L: Lane>(_ z: L, _ c: L, _ s: L) -> L {
        let axis = frame.pulmonaryValve - frame.conus
        let t = L.clamp((z - L(frame.conus.z)) * L(1 / axis.z), 0, 1)
        // Its lower end is round.
        let below = L.larger(z - L(frame.conus.z), L(0))
        let radius2 = L(frame.conusRadius * frame.conusRadius) - L(0.5) * below * below
        return reach(c, s, L(frame.conus.x) + t * L(axis.x), L(frame.conus.y) + t * L(axis.y), radius2: radius2)
    }

    /// The larger of two, rounded over some mm.
    @inline(__always)
    private func smoothLarger<L: Lane>(_ a: L, _ b: L) -> L {
        let difference = a - b
        return L(0.5) * (a + b + (difference * difference + L(16)).squareRooted)
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
