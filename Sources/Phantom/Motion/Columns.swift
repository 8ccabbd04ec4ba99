import Core

/// Columns parallel to the LV axis that are stretched above the AV plane and shortened below: by the whole descent at
/// `basal`, not at all at `roof`, `apical` and `floor`.
///
/// - Convention: LV frame, z to the apex.
struct Columns: Sendable {
    /// Where the atrial roof stays, mm.
    var roof: Double
    /// Just above the LV's base: where the descent is largest.
    var basal: Double
    /// Just below the apex.
    var apical: Double
    /// Where nothing moves any more.
    var floor: Double

    /// Slope of a column between base and apex.
    @inline(__always)
    func slope<L: Lane>(_ descent: L) -> L { L(1) - descent * L(1 / (apical - basal)) }

    /// Where z of a column goes, and the column's slope there.
    @inline(__always)
    func forward<L: Lane>(_ z: L, descent: L) -> (z: L, slope: L) {
        let (value, slope) = piece(descent, at: z, moved: false).forward(z)
        let isOutside = outside(z)
        return (L.pick(isOutside, lessThan: L(0), value, else: z), L.pick(isOutside, lessThan: L(0), slope, else: L(1)))
    }

    /// The z that goes to a place.
    @inline(__always)
    func inverse<L: Lane>(_ z: L, descent: L) -> L {
        L.pick(outside(z), lessThan: L(0), piece(descent, at: z, moved: true).inverse(z), else: z)
    }

    /// Positive outside the columns' range.
    @inline(__always)
    private func outside<L: Lane>(_ z: L) -> L { L.larger(L(roof) - z, z - L(floor)) }

    /// The piece of the column's map in which z lies, before or after the motion.
    @inline(__always)
    private func piece<L: Lane>(_ descent: L, at z: L, moved: Bool) -> RationalQuadratic<L> {
        let basalNow = L(basal) + descent
        let slope = slope(descent)
        let limit = moved ? basalNow : L(basal)
        @inline(__always) func choose(_ a: L, _ b: L, _ c: L) -> L {
            L.pick(z, lessThan: limit, a, else: L.pick(z, lessThan: L(apical), b, else: c))
        }
        return RationalQuadratic(
            from: choose(L(roof), L(basal), L(apical)), choose(L(basal), L(apical), L(floor)),
            to: choose(L(roof), basalNow, L(apical)), choose(basalNow, L(apical), L(floor)),
            slopes: choose(L(1), slope, slope), choose(slope, slope, L(1)))
    }
}
