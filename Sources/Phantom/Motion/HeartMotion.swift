import Core

/// The whole motion of the body from end-diastole to one moment: atria, right AV plane, RV, LV, left AV plane, breathing.
///
/// - Convention: patient frame, mm. Each step is one-to-one, so the whole is; det J is the product of their slopes.
struct HeartMotion: Sendable {
    let frame: Affine
    let toFrame: Affine
    var leftAtrium: AtrialMap
    var rightAtrium: AtrialMap
    var rightDescent: RightDescentMap
    var freeWall: FreeWallMap
    var ventricle: VentricleMap
    var longitudinal: LongitudinalMap
    var respiration: RespiratoryMap

    /// Image of a point in the LV frame, breathing left out, and det J.
    @inline(__always)
    func beat<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let a = leftAtrium.forward(p)
        let b = rightAtrium.forward(a.point)
        let c = rightDescent.forward(b.point)
        let d = freeWall.forward(c.point)
        let e = ventricle.forward(d.point)
        let f = longitudinal.forward(e.point)
        let right = a.determinant * b.determinant * c.determinant * d.determinant
        return (f.point, right * e.determinant * f.determinant)
    }

    /// Where a material point is now.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> Point<L> {
        respiration.forward(frame.apply(beat(toFrame.apply(p)).point))
    }

    /// Which material point is here now.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let still = toFrame.apply(respiration.inverse(p))
        let raised = ventricle.inverse(longitudinal.inverse(still))
        let opened = rightDescent.inverse(freeWall.inverse(raised))
        return frame.apply(leftAtrium.inverse(rightAtrium.inverse(opened)))
    }
}
