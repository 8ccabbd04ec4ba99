import Core
import Foundation

/// The left ventricle at end-diastole: a spheroid for the endocardium, a wall of regional thickness, a basal plane.
///
/// - Convention: LV frame; all surfaces are functions of the prolate coordinates, so their volumes are integrals of K.
/// - Reference: two confocal spheroids are within 1.3 mm of the mean of 1,093 hearts (Bai et al. 2015,
///   doi:10.1016/j.media.2015.08.009).
struct VentricleShape: Sendable {
    /// Half the distance between the foci, mm.
    let focalMM: Double
    /// λ of the endocardium.
    let lambdaEndo: Double
    /// coshλ − 1 of the endocardium.
    let endo: Double
    /// Wall thickness in mm, scaled so that the mass is right.
    let wallMM: RegionalField
    /// coshλ − 1 of the epicardium at the equator, over a wall of mean thickness.
    private(set) var meanEpi = 0.0
    /// Thinnest wall, mm.
    let thinnestMM: Double
    /// Thickest wall, mm.
    let thickestMM: Double
    /// cosμ of the basal plane (a hyperboloid, kept by the motion).
    static let base = cos(122.5 * .pi / 180)
    /// g per mL of heart muscle.
    static let density = 1.05

    init(_ lv: PatientParameters.LeftVentricle) throws {
        lambdaEndo = lv.roundness
        endo = cosh(lv.roundness) - 1
        let endo = endo
        let unit = Quadrature.rays { q, _, _ in Prolate.volume(h: endo, s: 1 - q * q) }
        focalMM = cbrt(lv.edvML * 1000 / unit)
        let focal = focalMM
        let pattern = RegionalField(segments: lv.wallPattern)
        func massG(_ scale: Double) -> Double {
            let shape = VentricleShape(focalMM: focal, lambdaEndo: lv.roundness, wallMM: pattern, scale: scale)
            return shape.wallVolumeMM3 / 1000 * VentricleShape.density
        }
        guard let scale = Solver.root(of: { massG($0) - lv.massG }, between: 0.2, and: 4) else {
            throw CineError(
                .badData,
                "lv mass \(Words.number(lv.massG)) g does not fit around \(Words.number(lv.edvML)) mL: expected"
                    + " \(Words.number(massG(0.2)))…\(Words.number(massG(4))) g")
        }
        wallMM = pattern.scaled(by: scale)
        (thinnestMM, thickestMM) = wallMM.extremes
        meanEpi = outward(thicknessMM: wallMM.mean(q: 0.2), s: 1)
    }

    private init(focalMM: Double, lambdaEndo: Double, wallMM: RegionalField, scale: Double) {
        self.focalMM = focalMM
        self.lambdaEndo = lambdaEndo
        endo = cosh(lambdaEndo) - 1
        self.wallMM = wallMM.scaled(by: scale)
        (thinnestMM, thickestMM) = (0, 0)
    }

    /// Volume of the wall, mm³.
    var wallVolumeMM3: Double {
        let integral = Quadrature.rays { q, c, s in
            Prolate<Double>.volume(h: epi(q: q, s: 1 - q * q, cosine: c, sine: s), s: 1 - q * q)
                - Prolate<Double>.volume(h: endo, s: 1 - q * q)
        }
        return integral * focalMM * focalMM * focalMM
    }

    /// coshλ − 1 of the epicardium along a ray.
    @inline(__always)
    func epi<L: Lane>(q: L, s: L, cosine: L, sine: L) -> L {
        outward(thicknessMM: wallMM(q: q, cosine: cosine, sine: sine), s: s)
    }

    /// A point of the LV frame by its prolate coordinates.
    func point(h: Double, q: Double, degrees: Double) -> Vector3 {
        let angle = degrees * .pi / 180
        let radius = focalMM * (h * (2 + h) * (1 - q * q)).squareRoot()
        return [radius * cos(angle), radius * sin(angle), focalMM * (1 + h) * q]
    }

    /// A point on the epicardium, LV frame.
    func epicardium(q: Double, degrees: Double) -> Vector3 {
        let angle = degrees * .pi / 180
        return point(h: epi(q: q, s: 1 - q * q, cosine: cos(angle), sine: sin(angle)), q: q, degrees: degrees)
    }

    /// coshλ − 1 at a distance outside the endocardium.
    ///
    /// - Error: the distance is along λ, below 1 % from the normal distance for walls up to 15 mm.
    @inline(__always)
    func outward<L: Lane>(thicknessMM: L, s: L) -> L {
        let sinhEndo = (endo * (2 + endo)).squareRoot()
        // Half-way up the wall the scale factor is that of λ + δ/2; 8 % more than at the endocardium is its mean.
        let step = L(focalMM) * (L(1.16 * sinhEndo * sinhEndo) + s).squareRooted
        let d = thicknessMM / step
        let d2 = d * d
        let sinhStep = d * (L(1) + d2 * (L(1.0 / 6) + d2 * L(1.0 / 120)))
        let coshStep1 = d2 * (L(0.5) + d2 * (L(1.0 / 24) + d2 * L(1.0 / 720)))
        return L(endo) + L(1 + endo) * coshStep1 + L(sinhEndo) * sinhStep
    }
}
