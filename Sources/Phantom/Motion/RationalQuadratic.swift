import Core

/// A monotone map of an interval onto another with given slopes at both ends, invertible in closed form.
///
/// All motion of the phantom is a composition of such one-dimensional maps along one coordinate of a well-chosen
/// system: so it is one-to-one by construction, its Jacobian is a product of slopes, and neither direction iterates.
///
/// - Reference: Gregory & Delbourgo 1982, doi:10.1093/imanum/2.2.123; Durkan et al. 2019 (neural spline flows), Eq. 4-8.
struct RationalQuadratic<L: Lane> {
    let x0: L
    let y0: L
    let width: L
    let height: L
    let slope0: L
    let slope1: L

    /// The map of [x0, x1] onto [y0, y1] with slopes at the two ends, all positive.
    @inline(__always)
    init(from x0: L, _ x1: L, to y0: L, _ y1: L, slopes slope0: L, _ slope1: L) {
        self.x0 = x0
        self.y0 = y0
        width = x1 - x0
        height = y1 - y0
        self.slope0 = slope0
        self.slope1 = slope1
    }

    /// The image of x, and the slope there.
    @inline(__always)
    func forward(_ x: L) -> (value: L, slope: L) {
        let mean = height / width
        let t = (x - x0) / width
        let u = L(1) - t
        let tu = t * u
        let denominator = mean + (slope1 + slope0 - L(2) * mean) * tu
        let value = y0 + height * (mean * t * t + slope0 * tu) / denominator
        let numerator = mean * mean * (slope1 * t * t + L(2) * mean * tu + slope0 * u * u)
        return (value, numerator / (denominator * denominator))
    }

    /// The point whose image is y.
    @inline(__always)
    func inverse(_ y: L) -> L {
        let (numerator, denominator) = inverseParts(y)
        return x0 + numerator / denominator
    }

    /// Distance of the image's origin from x0 as a fraction not yet divided, for those who have others to choose from.
    @inline(__always)
    func inverseParts(_ y: L) -> (numerator: L, denominator: L) {
        // The quadratic of t = (x − x0)/width, times the width.
        let above = y - y0
        let bend = above * (width * (slope1 + slope0) - L(2) * height)
        let a = height * (height - width * slope0) + bend
        let b = height * width * slope0 - bend
        let c = L(0) - height * above
        let root = L.larger(b * b - L(4) * a * c, L(0)).squareRooted
        return (width * L(2) * c, L(0) - b - root)
    }
}
