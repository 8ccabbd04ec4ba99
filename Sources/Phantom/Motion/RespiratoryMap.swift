import Core

/// What breathing does: the diaphragm and what hangs on it go down, the heart follows in part, as one.
///
/// A rotation that fades with distance, then columns from back to front, then columns from head to foot.
///
/// - Convention: patient frame; rigid within `rigidRadius` of the heart's centre.
/// - Reference: Danias 1999, Shechter 2004 for the magnitudes.
struct RespiratoryMap: Sendable {
    /// Centre of the heart, mm.
    var center: Vector3
    /// Half axes of the chest, mm.
    var halfWidth: Double
    var halfDepth: Double
    /// Motion of the diaphragm and of the heart towards the feet, mm.
    var diaphragm: Double
    var descent: Double
    /// Motion of the heart to the front, mm.
    var anterior: Double
    /// Rotation about the left-right axis, rad.
    var rotation: Double

    private static let rigidRadius = 95.0

    /// Whether it moves anything.
    var isIdentity: Bool { diaphragm == 0 && descent == 0 && anterior == 0 && rotation == 0 }

    /// Image of a point.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> Point<L> {
        let turned = rotate(p, by: rotation)
        let y = move(turned.y, knots: frontKnots, shift: frontShift(turned), inverse: false)
        let pushed = Point(x: turned.x, y: y, z: turned.z)
        let z = move(pushed.z, knots: footKnots, shift: footShift(pushed), inverse: false)
        return Point(x: pushed.x, y: pushed.y, z: z)
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let z = move(p.z, knots: footKnots, shift: footShift(p), inverse: true)
        let raised = Point(x: p.x, y: p.y, z: z)
        let y = move(raised.y, knots: frontKnots, shift: frontShift(raised), inverse: true)
        return rotate(Point(x: raised.x, y: y, z: raised.z), by: -rotation)
    }

    /// Coordinates between which a column moves: still, heart, heart, far end.
    private typealias Knots = (still: Double, first: Double, second: Double, end: Double)

    private var frontKnots: Knots { (center.y - 150, center.y - 100, center.y + 100, center.y + 150) }
    private var footKnots: Knots { (center.z + 260, center.z + 100, center.z - 100, center.z - 150) }

    /// Shift of the column at the heart and at its far end.
    @inline(__always)
    private func frontShift<L: Lane>(_ p: Point<L>) -> (L, L) {
        let dx = p.x - L(center.x)
        let dz = p.z - L(center.z)
        let distance = (dx * dx + dz * dz + L(1e-9)).squareRooted
        let share = L(1) - L.smoothStep(distance, from: RespiratoryMap.rigidRadius, to: 150)
        return (share * L(anterior), L(0))
    }

    @inline(__always)
    private func footShift<L: Lane>(_ p: Point<L>) -> (L, L) {
        let x = p.x * L(1 / halfWidth)
        let y = p.y * L(1 / halfDepth)
        let share = L(1) - L.smoothStep((x * x + y * y + L(1e-9)).squareRooted, from: 0.86, to: 1)
        return (share * L(-descent), share * L(-diaphragm))
    }

    /// A column that is still before `still` and moves as its far end beyond `end`.
    @inline(__always)
    private func move<L: Lane>(_ v: L, knots: Knots, shift: (L, L), inverse: Bool) -> L {
        // Work along the direction of increasing distance from `still`.
        let sign = knots.end > knots.still ? 1.0 : -1.0
        func away(_ k: Double) -> Double { sign * (k - knots.still) }
        let u = L(sign) * (v - L(knots.still))
        let a = L(sign) * shift.0
        let b = L(sign) * shift.1
        let first = inverse ? L(away(knots.first)) + a : L(away(knots.first))
        let second = inverse ? L(away(knots.second)) + a : L(away(knots.second))
        let end = inverse ? L(away(knots.end)) + b : L(away(knots.end))
        let rise = RationalQuadratic(
            from: L(0), L(away(knots.first)), to: L(0), L(away(knots.first)) + a, slopes: L(1), L(1))
        let tail = RationalQuadratic(
            from: L(away(knots.second)), L(away(knots.end)), to: L(away(knots.second)) + a, L(away(knots.end)) + b,
            slopes: L(1), L(1))
        let inRise = inverse ? rise.inverse(u) : rise.forward(u).value
        let inTail = inverse ? tail.inverse(u) : tail.forward(u).value
        let step = inverse ? L(0) - a : a
        let far = inverse ? L(0) - b : b
        var result = L.pick(u, lessThan: first, inRise, else: u + step)
        result = L.pick(second, lessThan: u, inTail, else: result)
        result = L.pick(end, lessThan: u, u + far, else: result)
        result = L.pick(u, lessThan: L(0), u, else: result)
        return L(sign) * result + L(knots.still)
    }

    /// Rotation about the left-right axis through the heart's centre, fading with the distance from it.
    @inline(__always)
    private func rotate<L: Lane>(_ p: Point<L>, by angle: Double) -> Point<L> {
        let dx = p.x - L(center.x)
        let dy = p.y - L(center.y)
        let dz = p.z - L(center.z)
        let distance = (dx * dx + dy * dy + dz * dz + L(1e-9)).squareRooted
        let share = L(1) - L.smoothStep(distance, from: RespiratoryMap.rigidRadius, to: 170)
        let half = L(0.5 * angle) * share
        let tangent = half * (L(1) + half * half * L(1.0 / 3))
        let scale = L(1) / (L(1) + tangent * tangent)
        let cosine = (L(1) - tangent * tangent) * scale
        let sine = L(2) * tangent * scale
        return Point(
            x: p.x, y: L(center.y) + cosine * dy - sine * dz, z: L(center.z) + sine * dy + cosine * dz)
    }
}
