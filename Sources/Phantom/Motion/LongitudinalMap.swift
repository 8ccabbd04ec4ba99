import Core

/// Shortening of the heart along the LV axis: the AV plane descends, the atria stretch, the apex stays.
///
/// Around the axis the shortening widens what it shortens, so that the LV keeps its volume exactly; then every column
/// parallel to the axis is stretched and shortened by a monotone map. The right side descends more.
///
/// - Convention: LV frame, z to the apex; det J = 1 inside `core` between `basal` and `apical`.
struct LongitudinalMap: Sendable {
    /// Shape of the columns: fixed for a patient.
    struct Frame: Sendable {
        /// Where the atrial roof stays, mm.
        var roof: Double
        /// Just above the LV's base: where the descent is largest.
        var basal: Double
        /// Just below the apex.
        var apical: Double
        /// Where nothing moves any more.
        var floor: Double
        /// Radius of the cylinder that holds the LV and moves as one.
        var core: Double
        /// How far the RV reaches from the axis towards the septal side.
        var rightReach: Double
        /// Share of the descent that the apex sees.
        var apexShare = 0.1
        /// Width over which the motion fades sideways.
        var fade = 18.0
    }

    let frame: Frame
    /// Descent of the LV's base, mm.
    let leftDescent: Double
    /// Descent of the lateral tricuspid annulus, mm.
    let rightDescent: Double

    /// Slope of the columns in the LV.
    var coreSlope: Double { 1 - leftDescent * (1 - frame.apexShare) / (frame.apical - frame.basal) }

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let widening = widening(p.z)
        let radius2 = p.x * p.x + p.y * p.y
        let wide = widen(radius2, by: widening, inverse: false)
        let scale = wide.scale
        let moved = Point(x: p.x * scale, y: p.y * scale, z: p.z)
        let column = column(moved)
        let (z, slope) = bin(column, at: p.z, moved: false).forward(p.z)
        let isOutside = outside(p.z)
        return (
            Point(x: moved.x, y: moved.y, z: L.pick(isOutside, lessThan: L(0), z, else: p.z)),
            wide.slope * L.pick(isOutside, lessThan: L(0), slope, else: L(1))
        )
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let column = column(p)
        let inside = bin(column, at: p.z, moved: true).inverse(p.z)
        let z = L.pick(outside(p.z), lessThan: L(0), inside, else: p.z)
        let radius2 = p.x * p.x + p.y * p.y
        let scale = widen(radius2, by: widening(z), inverse: true).scale
        return Point(x: p.x * scale, y: p.y * scale, z: z)
    }

    /// Positive outside the columns' range.
    @inline(__always)
    private func outside<L: Lane>(_ z: L) -> L { L.larger(L(frame.roof) - z, z - L(frame.floor)) }

    /// Descent of the column through (x, y) at the base.
    @inline(__always)
    private func column<L: Lane>(_ p: Point<L>) -> L {
        let nearest = p.x - L.clamp(p.x, 0, frame.rightReach)
        let distance = (nearest * nearest + p.y * p.y).squareRooted
        // The widened core still has to move as one: 6 % of margin covers the widening of any heart (limit 12 % shortening).
        let rim = frame.core * 1.07
        let share = L(1) - L.smoothStep(distance, from: rim, to: rim + frame.fade)
        let right = L.smoothStep(p.x, from: rim, to: max(rim + 20, frame.rightReach))
        return share * (L(leftDescent) + L(rightDescent - leftDescent) * right)
    }

    /// The interval of the column's map in which z lies, before or after the motion.
    @inline(__always)
    private func bin<L: Lane>(_ descent: L, at z: L, moved: Bool) -> RationalQuadratic<L> {
        let share = L(frame.apexShare)
        let basal = L(frame.basal)
        let apical = L(frame.apical)
        let basalNow = basal + descent
        let apicalNow = apical + share * descent
        let slope = L(1) - descent * L((1 - frame.apexShare) / (frame.apical - frame.basal))
        let firstLimit = moved ? basalNow : basal
        let secondLimit = moved ? apicalNow : apical
        @inline(__always) func choose(_ a: L, _ b: L, _ c: L) -> L {
            L.pick(z, lessThan: firstLimit, a, else: L.pick(z, lessThan: secondLimit, b, else: c))
        }
        return RationalQuadratic(
            from: choose(L(frame.roof), basal, apical), choose(basal, apical, L(frame.floor)),
            to: choose(L(frame.roof), basalNow, apicalNow), choose(basalNow, apicalNow, L(frame.floor)),
            slopes: choose(L(1), slope, slope), choose(slope, slope, L(1)))
    }

    /// Factor on areas across the axis: 1/slope in the LV, 1 beyond.
    @inline(__always)
    private func widening<L: Lane>(_ z: L) -> L {
        let above = L.smoothStep(z, from: frame.basal - 22, to: frame.basal)
        let below = L.smoothStep(z, from: frame.apical, to: frame.floor)
        return L(1) / (L(1) + above * (L(1) - below) * L(coreSlope - 1))
    }

    /// Multiplies areas within the core, gives way between the core and its rim.
    @inline(__always)
    private func widen<L: Lane>(_ radius2: L, by factor: L, inverse: Bool) -> (scale: L, slope: L) {
        let core2 = frame.core * frame.core
        let rim = frame.core + frame.fade
        let rim2 = rim * rim
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
