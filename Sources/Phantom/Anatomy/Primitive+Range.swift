import Core

extension Primitive {
    /// Bounds of a quantity.
    struct Interval {
        var low: Double
        var high: Double

        init(low: Double, high: Double) {
            self.low = low
            self.high = high
        }

        /// A value that may be off by some mm.
        init(_ middle: Double, give: Double) { self.init(low: middle - give, high: middle + give) }

        /// Bounds of the smaller of two.
        static func smaller(_ a: Interval, _ b: Interval) -> Interval {
            Interval(low: min(a.low, b.low), high: min(a.high, b.high))
        }

        /// Bounds of the larger of two.
        static func larger(_ a: Interval, _ b: Interval) -> Interval {
            Interval(low: max(a.low, b.low), high: max(a.high, b.high))
        }
    }

    /// Bounds of the distance within a ball: what may be left out there, and what fills it.
    ///
    /// - Convention: never too narrow, whatever the ball; wide where the distance is far from a true one.
    func range(in ball: Ball, _ known: inout KnownRanges) -> Interval {
        let (p, r) = (ball.center, ball.radius)
        switch self {
        case .ellipsoid(let center, let axes, let half): return Solid.ellipsoidRange(p, r, center, axes, half)
        case .cutEllipsoid(let center, let axes, let half, let point, let normal):
            return .larger(
                Solid.ellipsoidRange(p, r, center, axes, half), Interval(Solid.plane(Point(p), point, normal), give: r))
        case .capsule(let a, let b, let ra, let rb):
            // The radius changes along the segment.
            return Interval(Solid.capsule(Point(p), a, b, ra, rb), give: r * (1 + abs(rb - ra) / length(b - a)))
        case .halfSpace(let point, let normal): return Interval(Solid.plane(Point(p), point, normal), give: r)
        case .disc(let center, let normal, let radius, let half):
            return Interval(Solid.disc(Point(p), center, normal, radius, half), give: r)
        case .torso(let center, let width, let depth): return Solid.torsoRange(p, r, center, width, depth)
        case .ribs(let cage): return Solid.ribsRange(p, r, cage)
        case .vertebrae(let center, let radius, let spacing, let disc):
            return Interval(Solid.vertebrae(Point(p), center, radius, spacing, disc), give: r * 1.2)
        case .outsideDomes(let a, let b, let blend):
            let first = Solid.ellipsoidRange(p, r, a.center, .identity, a.halfAxes)
            let second = Solid.ellipsoidRange(p, r, b.center, .identity, b.halfAxes)
            return Interval(low: -min(first.high, second.high), high: blend / 4 - min(first.low, second.low))
        case .lvCavity(let lv): return Solid.cavityRange(known.prolate(ball, lv), lv)
        case .lvBase(let lv, let half):
            let base = known.prolate(ball, lv).base
            return Interval(low: max(base.low, -base.high, 0) - half, high: max(base.high, -base.low) - half)
        case .lvBody(let lv, let inset):
            let body = Solid.bodyRange(known.prolate(ball, lv), lv)
            return Interval(low: body.low + inset, high: body.high + inset)
        case .lvScar(let lv):
            let body = Solid.bodyRange(known.prolate(ball, lv), lv)
            return Interval(low: body.low, high: .infinity)
        case .lvTrabeculae(let lv):
            let cavity = Solid.cavityRange(known.prolate(ball, lv), lv)
            return Interval(low: -cavity.high - lv.deepestRidgeMM, high: .infinity)
        }
    }
}

/// What the ranges of several primitives in one ball have in common.
struct KnownRanges {
    private var prolate: ProlateRange?

    /// The solids of the LV share their coordinates.
    fileprivate mutating func prolate(_ ball: Ball, _ lv: Primitive.LVSolid) -> ProlateRange {
        if let prolate { return prolate }
        let range = ProlateRange(lv.toFrame(ball.center), ball.radius, lv.shape)
        prolate = range
        return range
    }
}

/// Bounds of the prolate coordinates within a ball: coshλ and cosμ are half the sum and difference of the distances
/// to the foci, so neither changes by more than the ball's radius over d.
struct ProlateRange {
    fileprivate let shape: VentricleShape
    let h: Primitive.Interval
    let q: Primitive.Interval
    let s: Primitive.Interval

    init(_ p: Vector3, _ radius: Double, _ shape: VentricleShape) {
        self.shape = shape
        let at = Prolate(Point(p), focalMM: shape.focalMM)
        let reach = radius / shape.focalMM + 1e-9
        let wideH = ProlateRange.heights(at.h, reach)
        let wideS = ProlateRange.squaredSines(ProlateRange.cosines(at.q, reach))
        // λ and μ change by no more than 1/(d √(sinh²λ + sin²μ)) a millimetre: known within the ball, that narrows both.
        let (most, least) = (wideH.high * (wideH.high + 2), wideH.low * (wideH.low + 2))
        h = ProlateRange.heights(at.h, reach * (most / (most + max(wideS.low, 0) + 1e-12)).squareRoot())
        q = ProlateRange.cosines(at.q, reach * (wideS.high / (least + wideS.high + 1e-12)).squareRoot())
        s = ProlateRange.squaredSines(q)
    }

    private static func heights(_ h: Double, _ reach: Double) -> Primitive.Interval {
        Primitive.Interval(low: max(h - reach, 0), high: h + reach)
    }

    private static func cosines(_ q: Double, _ reach: Double) -> Primitive.Interval {
        Primitive.Interval(low: max(q - reach, -1), high: min(q + reach, 1))
    }

    /// Bounds of 1 − q².
    private static func squaredSines(_ q: Primitive.Interval) -> Primitive.Interval {
        let least = q.low <= 0 && q.high >= 0 ? 0 : min(q.low * q.low, q.high * q.high)
        return Primitive.Interval(low: 1 - max(q.low * q.low, q.high * q.high), high: 1 - least)
    }

    /// Bounds of the distance from a spheroid between two.
    func depth(below limit: Primitive.Interval) -> Primitive.Interval {
        // Towards the bound in question, the distance grows with the scale where it is positive, shrinks where not.
        func bound(_ h: Double, _ limit: Double, _ far: Primitive.Interval) -> Double {
            let step = sinh(h) - sinh(limit)
            let scale = step > 0 ? far.low : far.high
            return step * scale
        }
        let cosh = Primitive.Interval(low: 1 + (h.low + limit.low) / 2, high: 1 + (h.high + limit.high) / 2)
        let scale = Primitive.Interval(low: scaleMM(sinh(limit.low), s.low), high: scaleMM(sinh(limit.high), s.high))
        let near = Primitive.Interval(low: scale.low / cosh.high, high: scale.high / cosh.low)
        let far = Primitive.Interval(low: near.high, high: near.low)
        return Primitive.Interval(low: bound(h.low, limit.high, near), high: bound(h.high, limit.low, far))
    }

    /// Bounds of the distance from the basal plane.
    var base: Primitive.Interval {
        let sine = 1 / (1 - VentricleShape.base * VentricleShape.base).squareRoot()
        let scale = Primitive.Interval(low: scaleMM(sinh(h.low), s.low), high: scaleMM(sinh(h.high), s.high))
        func bound(_ q: Double, isLow: Bool) -> Double {
            let step = (VentricleShape.base - q) * sine
            return step * ((step > 0) == isLow ? scale.low : scale.high)
        }
        return Primitive.Interval(low: bound(q.high, isLow: true), high: bound(q.low, isLow: false))
    }

    private func sinh(_ h: Double) -> Double { (h * (h + 2)).squareRoot() }

    private func scaleMM(_ sinh: Double, _ s: Double) -> Double {
        shape.focalMM * (sinh * sinh + max(s, 0) + 1e-12).squareRoot()
    }
}

extension Solid {
    /// Bounds of an ellipsoid's distance.
    ///
    /// k₀ is a norm: nowhere below its tangent, and its square bends by no more than 1/(shortest half axis)². The
    /// distance is k₀ − 1 times k₀/k₁, which lies between the shortest and the longest half axis.
    static func ellipsoidRange(_ p: Vector3, _ r: Double, _ center: Vector3, _ axes: Affine, _ half: Vector3)
        -> Primitive.Interval
    {
        let v = p - center
        let scaled = Vector3(dot(v, axes.x), dot(v, axes.y), dot(v, axes.z)) / half
        return normRange(k0: length(scaled), k1: length(scaled / half), r, half.min(), half.max())
    }

    static func torsoRange(_ p: Vector3, _ r: Double, _ center: Vector3, _ width: Double, _ depth: Double)
        -> Primitive.Interval
    {
        let half = Vector3(width, depth, 1)
        let scaled = Vector3(p.x - center.x, p.y - center.y, 0) / half
        return normRange(k0: length(scaled), k1: length(scaled / half), r, min(width, depth), max(width, depth))
    }

    private static func normRange(k0: Double, k1: Double, _ r: Double, _ shortest: Double, _ longest: Double)
        -> Primitive.Interval
    {
        let steepness = k0 > 1e-6 ? k1 / k0 : 1 / shortest
        let reach = r / shortest
        let low = max(k0 - r * steepness, 0)
        let high = (k0 * k0 + 2 * k0 * steepness * r + reach * reach).squareRoot()
        // k₁ is a norm, too: nowhere steeper than 1/(shortest half axis)².
        let leastScale = max(shortest, low / (k1 + reach / shortest))
        let mostScale = k1 > reach / shortest ? min(longest, high / (k1 - reach / shortest)) : longest
        return Primitive.Interval(
            low: (low - 1) * (low > 1 ? leastScale : mostScale), high: (high - 1) * (high > 1 ? mostScale : leastScale))
    }

    static func ribsRange(_ p: Vector3, _ r: Double, _ cage: Primitive.RibCage) -> Primitive.Interval {
        let wall = torsoRange(p, r, cage.center, cage.halfWidth, cage.halfDepth)
        let away = max(wall.low, -wall.high, 0)
        let z = p.z + cage.slant * (p.y - cage.center.y)
        let reach = r * (1 + cage.slant * cage.slant).squareRoot()
        let along = max(abs(Double.fraction(z / cage.spacing)) * cage.spacing - reach, 0)
        let tube = (away * away + along * along * 0.36).squareRoot() - cage.radius
        return Primitive.Interval(low: max(tube, z - reach - cage.top, cage.bottom - z - reach), high: .infinity)
    }

    fileprivate static func cavityRange(_ at: ProlateRange, _ lv: Primitive.LVSolid) -> Primitive.Interval {
        .larger(at.depth(below: Primitive.Interval(low: lv.shape.endo, high: lv.shape.endo)), at.base)
    }

    fileprivate static func bodyRange(_ at: ProlateRange, _ lv: Primitive.LVSolid) -> Primitive.Interval {
        let epi = Primitive.Interval(
            low: lv.shape.outward(thicknessMM: lv.shape.thinnestMM, s: at.s.high),
            high: lv.shape.outward(thicknessMM: lv.shape.thickestMM, s: at.s.low))
        let base = at.base
        return .larger(
            at.depth(below: epi),
            Primitive.Interval(low: base.low, high: base.high + Primitive.LVSolid.baseDipMM))
    }
}
