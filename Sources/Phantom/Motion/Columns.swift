import Core

/// Columns parallel to the LV axis that are stretched at one end and shortened at the other: still at `roof` and `floor`,
/// by the whole descent at `basal`, by a share of it at `apical`.
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
    /// Share of the descent that the apex sees; below 0 it rises to meet the base.
    var apexShare: Double

    /// Slope of a column between base and apex.
    @inline(__always)
    func slope<L: Lane>(_ descent: L) -> L { L(1) - descent * L((1 - apexShare) / (apical - basal)) }

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
        let apicalNow = L(apical) + L(apexShare) * descent
        let slope = slope(descent)
        let firstLimit = moved ? basalNow : L(basal)
        let secondLimit = moved ? apicalNow : L(apical)
        @inline(__always) func choose(_ a: L, _ b: L, _ c: L) -> L {
            L.pick(z, lessThan: firstLimit, a, else: L.pick(z, lessThan: secondLimit, b, else: c))
        }
        return RationalQuadratic(
            from: choose(L(roof), L(basal), L(apical)), choose(L(basal), L(apical), L(floor)),
            to: choose(L(roof), basalNow, apicalNow), choose(basalNow, apicalNow, L(floor)),
            slopes: choose(L(1), slope, slope), choose(slope, slope, L(1)))
    }
}
