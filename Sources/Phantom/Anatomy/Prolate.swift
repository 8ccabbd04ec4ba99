import Core

/// A point in confocal prolate spheroidal coordinates of the LV frame.
///
/// x = d sinhλ sinμ cosθ, y = d sinhλ sinμ sinθ, z = d coshλ cosμ; the apex is at μ = 0.
/// The coordinates kept are those that need no transcendental function: h = coshλ − 1, q = cosμ, and the angle as
/// its cosine and sine. Their volume element is d³ dK dq dθ with K(h, q) = h³/3 + h² + h sin²μ.
struct Prolate<L: Lane> {
    let sinh2: L
    let h: L
    let q: L
    /// sin²μ, free of cancellation near the axis.
    let s: L
    let cosine: L
    let sine: L

    @inline(__always)
    init(_ p: Point<L>, focalMM: Double) {
        let scale = L(1 / focalMM)
        let x = p.x * scale
        let y = p.y * scale
        let z = p.z * scale
        let r2 = x * x + y * y
        let a = r2 + z * z - L(1)
        // sinh²λ and sin²μ are the roots of t² ∓ a t − r² = 0: take the large one, divide for the small one.
        let large = L(0.5) * (L.magnitude(a) + (a * a + L(4) * r2).squareRooted) + L(1e-18)
        let small = r2 / large
        sinh2 = L.pick(a, lessThan: L(0), small, else: large)
        s = L.pick(a, lessThan: L(0), large, else: small)
        let cosh = (L(1) + sinh2).squareRooted
        // One division for both sinh²/(1 + cosh) and z/cosh.
        let inverse = L(1) / (cosh * (L(1) + cosh))
        h = sinh2 * cosh * inverse
        q = z * (L(1) + cosh) * inverse
        let inverseRadius = L(1) / (r2 + L(1e-12)).squareRooted
        cosine = x * inverseRadius
        sine = y * inverseRadius
    }

    /// Volume coordinate: K of this point.
    @inline(__always)
    var volume: L { Prolate.volume(h: h, s: s) }

    /// Volume per solid angle (dq dθ) and d³ between the focal segment and the spheroid h.
    @inline(__always)
    static func volume(h: L, s: L) -> L { h * (h * (h * L(1.0 / 3) + L(1)) + s) }

    /// The spheroid h on which a volume coordinate lies: inverse of `volume`.
    ///
    /// The quadratic part gives the start, a few percent off and exact at the double root of the focus; each of Halley's
    /// steps then cubes the error.
    @inline(__always)
    static func height(volume k: L, s: L) -> L {
        let positive = L.larger(k, L(0))
        var h = L(2) * positive / ((s * s + L(4) * positive).squareRooted + s + L(1e-18))
        for _ in 0..<L.halleySteps {
            let residual = volume(h: h, s: s) - positive
            let slope = h * (h + L(2)) + s + L(1e-12)
            h = h - residual * slope / (slope * slope - residual * (h + L(1)))
        }
        return h
    }

    /// Millimetres per unit of λ or μ: both have the same scale factor.
    @inline(__always)
    func scaleMM(_ focalMM: Double) -> L { L(focalMM) * (sinh2 + s + L(1e-12)).squareRooted }
}
