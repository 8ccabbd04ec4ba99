import Core

/// The distance formulas behind `Primitive`.
enum Solid {
    /// - Reference: Quilez, "ellipsoid - distance bound"; first-order exact at the surface.
    @inline(__always)
    static func ellipsoid<L: Lane>(_ p: Point<L>, _ center: Vector3, _ axes: Affine, _ half: Vector3) -> L {
        // Scaled axes and where they place the centre are the same for all points.
        @inline(__always) func along(_ axis: Vector3) -> L { project(p, axis) - L(dot(center, axis)) }
        let x = along(axes.x / half.x)
        let y = along(axes.y / half.y)
        let z = along(axes.z / half.z)
        let k0 = (x * x + y * y + z * z + L(1e-9)).squareRooted
        let (gx, gy, gz) = (x * L(1 / half.x), y * L(1 / half.y), z * L(1 / half.z))
        let k1 = (gx * gx + gy * gy + gz * gz + L(1e-12)).squareRooted
        return k0 * (k0 - L(1)) / k1
    }

    /// Distance to a segment less a radius that changes linearly along it.
    @inline(__always)
    static func capsule<L: Lane>(_ p: Point<L>, _ a: Vector3, _ b: Vector3, _ ra: Double, _ rb: Double) -> L {
        let v = offset(p, from: a)
        let axis = b - a
        let t = L.clamp(project(v, axis) * L(1 / dot(axis, axis)), 0, 1)
        let x = v.x - t * L(axis.x)
        let y = v.y - t * L(axis.y)
        let z = v.z - t * L(axis.z)
        return (x * x + y * y + z * z).squareRooted - (L(ra) + t * L(rb - ra))
    }

    @inline(__always)
    static func plane<L: Lane>(_ p: Point<L>, _ point: Vector3, _ normal: Vector3) -> L {
        project(offset(p, from: point), normal)
    }

    @inline(__always)
    static func disc<L: Lane>(_ p: Point<L>, _ center: Vector3, _ normal: Vector3, _ radius: Double, _ half: Double)
        -> L
    {
        let v = offset(p, from: center)
        let height = project(v, normal)
        let square = v.x * v.x + v.y * v.y + v.z * v.z - height * height
        let sideways = L.larger(square, L(0)).squareRooted - L(radius)
        return L.larger(L.magnitude(height) - L(half), sideways)
    }

    @inline(__always)
    static func torso<L: Lane>(_ p: Point<L>, _ center: Vector3, _ width: Double, _ depth: Double) -> L {
        let x = (p.x - L(center.x)) * L(1 / width)
        let y = (p.y - L(center.y)) * L(1 / depth)
        let k0 = (x * x + y * y + L(1e-9)).squareRooted
        let (gx, gy) = (x * L(1 / width), y * L(1 / depth))
        return k0 * (k0 - L(1)) / (gx * gx + gy * gy + L(1e-12)).squareRooted
    }

    @inline(__always)
    static func ribs<L: Lane>(_ p: Point<L>, _ cage: Primitive.RibCage) -> L {
        let wall = torso(p, cage.center, cage.halfWidth, cage.halfDepth)
        let z = p.z + L(cage.slant) * (p.y - L(cage.center.y))
        let turns = z * L(1 / cage.spacing)
        let along = L.fraction(turns) * L(cage.spacing)
        // Ribs are taller than thick.
        let tube = (wall * wall + along * along * L(0.36)).squareRooted - L(cage.radius)
        return L.larger(tube, L.larger(z - L(cage.top), L(cage.bottom) - z))
    }

    @inline(__always)
    static func vertebrae<L: Lane>(
        _ p: Point<L>, _ center: Vector3, _ radius: Double, _ spacing: Double, _ disc: Double
    ) -> L {
        let x = p.x - L(center.x)
        let y = p.y - L(center.y)
        let along = L.magnitude(L.fraction((p.z - L(center.z)) * L(1 / spacing))) * L(spacing)
        let waist = along * along * L(2 / (spacing * spacing)) * L(2.5)
        let side = (x * x * L(0.8) + y * y).squareRooted - L(radius) - waist + L(1)
        return L.larger(side, along - L(spacing / 2 - disc / 2))
    }

    @inline(__always)
    static func outsideDomes<L: Lane>(
        _ p: Point<L>, _ a: Primitive.Ellipsoid, _ b: Primitive.Ellipsoid, _ blend: Double
    ) -> L {
        let first = ellipsoid(p, a.center, .identity, a.halfAxes)
        let second = ellipsoid(p, b.center, .identity, b.halfAxes)
        return L(0) - melt(first, second, blend)
    }

    /// Smaller of two distances, rounded within `blend`.
    ///
    /// - Reference: Quilez, "smooth minimum", quadratic polynomial form.
    @inline(__always)
    static func melt<L: Lane>(_ a: L, _ b: L, _ blend: Double) -> L {
        let h = L.larger(L(blend) - L.magnitude(a - b), L(0)) * L(1 / blend)
        return L.smaller(a, b) - h * h * L(blend / 4)
    }

    @inline(__always)
    static func cavity<L: Lane>(_ at: Prolate<L>, _ lv: Primitive.LVSolid) -> L {
        return L.larger(depth(at, below: L(lv.shape.endo), lv), base(at, lv))
    }

    @inline(__always)
    static func leaf<L: Lane>(_ at: Prolate<L>, _ lv: Primitive.LVSolid, _ half: Double) -> L {
        L.magnitude(base(at, lv)) - L(half)
    }

    @inline(__always)
    static func body<L: Lane>(_ at: Prolate<L>, _ lv: Primitive.LVSolid) -> L {
        let epi = lv.shape.epi(q: at.q, s: at.s, cosine: at.cosine, sine: at.sine)
        // Beneath the cavity it ends a little short of the base, or a film of muscle would lie on the blood there.
        let within = L.clamp(L(0) - depth(at, below: L(lv.shape.endo), lv), 0, Primitive.LVSolid.baseDipMM)
        return L.larger(depth(at, below: epi, lv), base(at, lv) + within)
    }

    @inline(__always)
    static func scar<L: Lane>(_ at: Prolate<L>, _ lv: Primitive.LVSolid) -> L {
        let wall = lv.shape.wallMM(q: at.q, cosine: at.cosine, sine: at.sine)
        let share = lv.scar(q: at.q, cosine: at.cosine, sine: at.sine)
        let limit = lv.shape.outward(thicknessMM: wall * share, s: at.s)
        let isScarred = (L(0.15) - share) * L(20)
        let inner = L.larger(depth(at, below: limit, lv), L(0) - depth(at, below: L(lv.shape.endo), lv))
        return L.larger(inner, L.larger(isScarred, base(at, lv)))
    }

    /// Ridges that grow from the endocardium into the cavity, more towards the apex.
    @inline(__always)
    static func trabeculae<L: Lane>(_ p: Point<L>, _ at: Prolate<L>, _ lv: Primitive.LVSolid) -> L {
        let below = depth(at, below: L(lv.shape.endo), lv)
        let towardsApex = L.smoothStep(at.q, from: -0.2, to: 0.8)
        let ridge = L.larger(lv.ridges(p), L(0)) * L(lv.trabeculationMM * 1.4) * (L(0.15) + L(0.85) * towardsApex)
        return L.larger(L(0) - (below + ridge), base(at, lv))
    }

    /// Signed distance from the spheroid h, to first order.
    @inline(__always)
    private static func depth<L: Lane>(_ at: Prolate<L>, below h: L, _ lv: Primitive.LVSolid) -> L {
        let limit = (h * (h + L(2))).squareRooted
        let sinh = at.sinh2.squareRooted
        // δλ = δ(sinhλ)/coshλ, halfway between the two.
        let cosh = L(1) + L(0.5) * (h + at.h)
        let scale = L(lv.shape.focalMM) * (limit * limit + at.s).squareRooted
        return (sinh - limit) / cosh * scale
    }

    /// Signed distance from the basal plane, negative towards the apex.
    @inline(__always)
    private static func base<L: Lane>(_ at: Prolate<L>, _ lv: Primitive.LVSolid) -> L {
        let sine = L(1 / (1 - VentricleShape.base * VentricleShape.base).squareRoot())
        return (L(VentricleShape.base) - at.q) * sine * at.scaleMM(lv.shape.focalMM)
    }

    @inline(__always)
    private static func offset<L: Lane>(_ p: Point<L>, from center: Vector3) -> Point<L> {
        Point(x: p.x - L(center.x), y: p.y - L(center.y), z: p.z - L(center.z))
    }

    @inline(__always)
    private static func project<L: Lane>(_ p: Point<L>, _ v: Vector3) -> L {
        p.x * L(v.x) + p.y * L(v.y) + p.z * L(v.z)
    }
}
