import Core

/// Filling and emptying of one atrium beyond what the AV plane does: a widening about an axis parallel to the LV's.
///
/// - Convention: LV frame; identity below `basal` and above `roof`, and beyond `rim` of its axis.
struct AtrialMap: Sendable {
    /// Shape of the atrium's surroundings: fixed for a patient.
    struct Frame: Sendable {
        /// The axis, mm.
        var axisX: Double
        var axisY: Double
        /// Radius of the atrium and of what gives way around it, mm.
        var radius: Double
        var rim: Double
        /// Range of z that widens, mm; the roof is the smaller.
        var roof: Double
        var basal: Double
    }

    let frame: Frame
    /// Growth of the radius, mm.
    var widening: Double

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let x = p.x - L(frame.axisX)
        let y = p.y - L(frame.axisY)
        let radius = (x * x + y * y + L(1e-9)).squareRooted
        let growth = growth(p.z)
        let inner = L(1) + growth * L(1 / frame.radius)
        let (value, slope) = outerMap(growth, inner).forward(radius)
        var result = L.pick(radius, lessThan: L(frame.radius), radius * inner, else: value)
        var stretch = L.pick(radius, lessThan: L(frame.radius), inner, else: slope)
        result = L.pick(L(frame.rim), lessThan: radius, radius, else: result)
        stretch = L.pick(L(frame.rim), lessThan: radius, L(1), else: stretch)
        let scale = result / radius
        return (Point(x: L(frame.axisX) + x * scale, y: L(frame.axisY) + y * scale, z: p.z), scale * stretch)
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let x = p.x - L(frame.axisX)
        let y = p.y - L(frame.axisY)
        let radius = (x * x + y * y + L(1e-9)).squareRooted
        let growth = growth(p.z)
        let inner = L(1) + growth * L(1 / frame.radius)
        let value = outerMap(growth, inner).inverse(radius)
        var result = L.pick(radius, lessThan: L(frame.radius) + growth, radius / inner, else: value)
        result = L.pick(L(frame.rim), lessThan: radius, radius, else: result)
        let scale = result / radius
        return Point(x: L(frame.axisX) + x * scale, y: L(frame.axisY) + y * scale, z: p.z)
    }

    @inline(__always)
    private func growth<L: Lane>(_ z: L) -> L {
        let top = L.smoothStep(z, from: frame.roof, to: frame.roof + 16)
        return L(widening) * top * (L(1) - L.smoothStep(z, from: frame.basal - 14, to: frame.basal))
    }

    @inline(__always)
    private func outerMap<L: Lane>(_ growth: L, _ inner: L) -> RationalQuadratic<L> {
        RationalQuadratic(
            from: L(frame.radius), L(frame.rim), to: L(frame.radius) + growth, L(frame.rim), slopes: inner, L(1))
    }
}
