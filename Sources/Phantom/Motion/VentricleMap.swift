import Core

/// The LV's own motion: radial along the hyperbolas of the LV frame, then a twist.
///
/// In the volume coordinate K of a ray the wall just shifts, K' = K + G, so its volume is exact whatever G is; blood
/// inside is squeezed, tissue outside gives way until an outer surface where nothing moves.
///
/// - Convention: LV frame, ED → now; det J = 1 in the wall.
/// - Reference: K is `Prolate.volume`, whose rays dq dθ each hold d³ dK; longitudinal shortening is `LongitudinalMap`.
struct VentricleMap: Sendable {
    let shape: VentricleShape
    /// coshλ − 1 of the endocardium now, where contraction is 1.
    let endoNow: Double
    /// Local share of the contraction.
    let contraction: RegionalField
    /// Twist of an apical and a basal slice, rad, right-handed about the axis to the apex.
    ///
    /// They lie at 0.8 and 0.2 of the way from base to apex, where tagging measures; between and beyond, the twist is linear
    /// in depth.
    let apexTwist: Double
    let baseTwist: Double

    /// Volume coordinate where the motion ends, relative to the epicardium's, on the side of the RV.
    static let widestRoom = 4.0

    /// What moves along one ray (q, θ).
    struct Ray<L: Lane> {
        let endo: L
        let endoNow: L
        let epi: L
        let outer: L
    }

    @inline(__always)
    func ray<L: Lane>(q: L, s: L, cosine: L, sine: L) -> Ray<L> {
        let endo = Prolate.volume(h: L(shape.endo), s: s)
        let active = Prolate.volume(h: L(endoNow), s: s) - endo
        let share: L
        if let value = contraction.uniformValue {
            share = L(value)
        } else {
            share = contraction(q: q, cosine: cosine, sine: sine)
        }
        let fade = L.smoothStep(q, from: -0.93, to: VentricleShape.base - 0.03)
        let epi = Prolate.volume(h: shape.epi(q: q, s: s, cosine: cosine, sine: sine), s: s)
        // Room to give way: narrow towards the lateral chest wall, wide on the side of the RV.
        let outer = epi * (L(VentricleMap.widestRoom - 0.9) + L(0.9) * cosine)
        return Ray(endo: endo, endoNow: endo + fade * share * active, epi: epi, outer: outer)
    }

    /// Image of a point, and det J.
    @inline(__always)
    func forward<L: Lane>(_ p: Point<L>) -> (point: Point<L>, determinant: L) {
        let at = Prolate(p, focalMM: shape.focalMM)
        let ray = ray(q: at.q, s: at.s, cosine: at.cosine, sine: at.sine)
        let k = at.volume
        let shift = ray.endoNow - ray.endo

        // Blood: a projective map with slope 1 at the wall, so that what lies near the wall keeps its shape.
        let ratio = ray.endo / ray.endoNow
        let denominator = ratio * ratio * ray.endo - (ratio * ratio - ratio) * k
        let inside = k * ray.endo / denominator
        let insideSlope = ratio * ratio * ray.endo * ray.endo / (denominator * denominator)

        let outside = RationalQuadratic(
            from: ray.epi, ray.outer, to: ray.epi + shift, ray.outer, slopes: L(1), L(1)
        ).forward(k)

        var result = L.pick(k, lessThan: ray.endo, inside, else: k + shift)
        var slope = L.pick(k, lessThan: ray.endo, insideSlope, else: L(1))
        result = L.pick(ray.epi, lessThan: k, outside.value, else: result)
        slope = L.pick(ray.epi, lessThan: k, outside.slope, else: slope)
        result = L.pick(ray.outer, lessThan: k, k, else: result)
        slope = L.pick(ray.outer, lessThan: k, L(1), else: slope)

        // What does not move keeps its coordinates to the last bit.
        let h = L.pick(ray.outer, lessThan: k, at.h, else: Prolate.height(volume: result, s: at.s))
        let scale = radialScale(from: at.sinh2, to: h * (h + L(2)))
        let moved = Point(x: p.x * scale, y: p.y * scale, z: L(shape.focalMM) * (L(1) + h) * at.q)
        let (c, s) = turn(h: h, q: at.q, sign: 1)
        return (Point(x: c * moved.x - s * moved.y, y: s * moved.x + c * moved.y, z: moved.z), slope)
    }

    /// The point whose image is p.
    @inline(__always)
    func inverse<L: Lane>(_ p: Point<L>) -> Point<L> {
        let now = Prolate(p, focalMM: shape.focalMM)
        let k = now.volume
        let (c, s) = turn(h: now.h, q: now.q, sign: -1)
        let ray = ray(q: now.q, s: now.s, cosine: c * now.cosine - s * now.sine, sine: s * now.cosine + c * now.sine)
        let shift = ray.endoNow - ray.endo

        // Blood, wall and outside each give K as a sum of a part and a fraction: chosen first, divided once.
        let outside = RationalQuadratic(
            from: ray.epi, ray.outer, to: ray.epi + shift, ray.outer, slopes: L(1), L(1)
        ).inverseParts(k)
        @inline(__always) func choose(_ inside: L, _ wall: L, _ outside: L) -> L {
            L.pick(ray.epi + shift, lessThan: k, outside, else: L.pick(k, lessThan: ray.endoNow, inside, else: wall))
        }
        let part = choose(L(0), k - shift, ray.epi)
        let numerator = choose(ray.endo * ray.endo * k, L(0), outside.numerator)
        let blood = ray.endoNow * ray.endoNow + (ray.endo - ray.endoNow) * k
        let result = part + numerator / choose(blood, L(1), outside.denominator)

        let h = L.pick(ray.outer, lessThan: k, now.h, else: Prolate.height(volume: result, s: now.s))
        let scale = radialScale(from: now.sinh2, to: h * (h + L(2)))
        return Point(
            x: (c * p.x - s * p.y) * scale, y: (s * p.x + c * p.y) * scale, z: L(shape.focalMM) * (L(1) + h) * now.q)
    }

    /// √(sinh²λ'/sinh²λ), 1 on the focal segment where both vanish.
    @inline(__always)
    private func radialScale<L: Lane>(from old: L, to new: L) -> L {
        ((new + L(1e-9)) / (old + L(1e-9))).squareRooted
    }

    /// Cosine and sine of the rotation about the axis, an angle that depends on what the rotation keeps: λ and μ.
    @inline(__always)
    private func turn<L: Lane>(h: L, q: L, sign: Double) -> (cosine: L, sine: L) {
        let t = L.larger((q - L(VentricleShape.base)) * L(1 / (1 - VentricleShape.base)), L(0))
        let along = L(baseTwist) + L(apexTwist - baseTwist) * (t - L(0.2)) * L(1 / 0.6)
        let outwards = L(1) - L.smoothStep(h, from: 1.1 * shape.meanEpi, to: 1.9 * shape.meanEpi)
        let behind = L.smoothStep(q, from: -0.93, to: VentricleShape.base - 0.03)
        // Half-angle form: a rotation to the last bit whatever the angle, without sine or cosine.
        let half = L(0.5 * sign) * along * outwards * behind
        let tangent = half * (L(1) + half * half * L(1.0 / 3))
        let scale = L(1) / (L(1) + tangent * tangent)
        return ((L(1) - tangent * tangent) * scale, L(2) * tangent * scale)
    }
}
