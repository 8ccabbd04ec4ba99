import Core

/// Shortening of the heart along the LV axis: the AV plane descends, the atria stretch, the apex stays.
///
/// Around the axis the shortening widens what it shortens, so that the LV keeps its volume exactly; then every column
/// parallel to the axis is stretched and shortened by a monotone map. What the right side descends more is
/// `RightDescentMap`'s.
///
/// - Convention: LV frame, z to the apex; det J = 1 inside `core` between `basal` and `apical`.
struct LongitudinalMap: Sendable {
    /// Shape of the columns: fixed for a patient.
    struct Frame: Sendable {
        var columns: Columns
        /// Radius of the cylinder that holds the LV and moves as one, mm.
        var core: Double
        /// How far the RV reaches from the axis towards the septal side.
        var rightReach: Double
        /// Width over which the motion fades sideways.
        var fade = 18.0
        /// The core at the largest shortening that patients may have, 20 %: radius times 1/√0.8.
        var widest: Double { core * 1.12 }
        /// Where the widening ends.
        var rim: Double { core + fade }
    }

    let frame: Frame
    /// Descent of the base, mm.
    let descent: Double

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let wide = widen(p)
        let slid = slide(wide.point)
        return (slid.point, wide.determinant * slid.determinant)
    }

    /// The first half: widens.
    @inline(__always)
    func widen<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let (scale, slope) = widen(p.x * p.x + p.y * p.y, by: widening(p.z), inverse: false)
        return (Point(x: p.x * scale, y: p.y * scale, z: p.z), slope)
    }

    /// The second half: slides the columns.
    @inline(__always)
    func slide<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let (z, slope) = frame.columns.forward(p.z, descent: column(p))
        return (Point(x: p.x, y: p.y, z: z), slope)
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> { narrow(slideBack(p)) }

    /// Takes the columns back.
    @inline(__always)
    func slideBack<L: Lane>(_ p: Point<L>) -> Point<L> {
        Point(x: p.x, y: p.y, z: frame.columns.inverse(p.z, descent: column(p)))
    }

    /// Takes the widening back.
    @inline(__always)
    func narrow<L: Lane>(_ p: Point<L>) -> Point<L> {
        let scale = widen(p.x * p.x + p.y * p.y, by: widening(p.z), inverse: true).scale
        return Point(x: p.x * scale, y: p.y * scale, z: p.z)
    }

    /// Descent of the column through (x, y) at the base.
    @inline(__always)
    private func column<L: Lane>(_ p: Point<L>) -> L {
        let nearest = p.x - L.clamp(p.x, 0, frame.rightReach)
        let distance = (nearest * nearest + p.y * p.y).squareRooted
        // The widened core still has to move as one.
        let rim = frame.widest
        return L(descent) * (L(1) - L.smoothStep(distance, from: rim, to: rim + frame.fade))
    }

    /// Factor on areas across the axis: 1/slope in the LV, 1 beyond.
    @inline(__always)
    private func widening<L: Lane>(_ z: L) -> L {
        let columns = frame.columns
        let above = L.smoothStep(z, from: columns.basal - 22, to: columns.basal)
        let below = L.smoothStep(z, from: columns.apical, to: columns.floor)
        return L(1) / (L(1) + above * (L(1) - below) * L(columns.slope(descent) - 1))
    }

    /// Multiplies areas within the core, gives way between the core and its rim.
    @inline(__always)
    private func widen<L: Lane>(_ radius2: L, by factor: L, inverse: Bool) -> (scale: L, slope: L) {
        let core2 = frame.core * frame.core
        let rim2 = frame.rim * frame.rim
        let limit = factor * L(core2)
        let map = RationalQuadratic(from: L(core2), L(rim2), to: limit, L(rim2), slopes: factor, L(1))
        let area = radius2 + L(1e-9)
        if inverse {
            var result = L.pick(area, lessThan: limit, area / factor, else: map.inverse(area))
            result = L.pick(L(rim2), lessThan: area, area, else: result)
            return ((result / area).squareRooted, L(1))
        }
        let (value, slope) = map.forward(area)
        var result = L.pick(area, lessThan: L(core2), area * factor, else: value)
        result = L.pick(L(rim2), lessThan: area, area, else: result)
        let inner = L.pick(area, lessThan: L(core2), factor, else: slope)
        return ((result / area).squareRooted, L.pick(L(rim2), lessThan: area, L(1), else: inner))
    }
}
