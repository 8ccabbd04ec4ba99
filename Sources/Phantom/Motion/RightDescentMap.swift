import Core

/// What the right side of the AV plane descends more than the left: none at the septum, all of it at the lateral
/// tricuspid annulus.
///
/// - Convention: LV frame; identity in the LV and on its far side.
struct RightDescentMap: Sendable {
    /// Which columns slide: fixed for a patient.
    struct Frame: Sendable {
        var columns: Columns
        /// x of the septum, where the descent starts, and of the lateral wall, where it is full.
        var septal: Double
        var lateral: Double
        /// y of the middle of the RV's base, and half its width.
        var middle: Double
        var halfWidth: Double
        /// Width over which the descent fades beyond the RV.
        var fade = 38.0
    }

    let frame: Frame
    /// Descent of the lateral tricuspid annulus beyond the left side's, mm.
    let descent: Double

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let (z, slope) = frame.columns.forward(p.z, descent: column(p))
        return (Point(x: p.x, y: p.y, z: z), slope)
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        Point(x: p.x, y: p.y, z: frame.columns.inverse(p.z, descent: column(p)))
    }

    /// Descent of the column through (x, y) at the base.
    @inline(__always)
    private func column<L: Lane>(_ p: Point<L>) -> L {
        let across = L.smoothStep(p.x, from: frame.septal, to: frame.lateral)
        let beyond = L(1) - L.smoothStep(p.x, from: frame.lateral + 10, to: frame.lateral + 10 + frame.fade)
        let aside = L.magnitude(p.y - L(frame.middle))
        let along = L(1) - L.smoothStep(aside, from: frame.halfWidth, to: frame.halfWidth + frame.fade)
        return L(descent) * across * beyond * along
    }
}
