import Core
import Foundation
import Testing

@testable import Phantom

/// How a heart deforms from end-diastole to end-systole, by the exact gradient.
private struct Deformation {
    let patient: Patient
    let moment: Moment
    private var layout: HeartLayout { patient.anatomy.layout }
    private var shape: VentricleShape { layout.lv }

    init(_ parameters: PatientParameters) throws {
        patient = try Patient(parameters)
        moment = try patient.moment(phase: patient.measures.endSystolicPhase)
    }

    /// Depth 0 at the endocardium, 1 at the epicardium; point and unit directions in the LV frame.
    private func place(q: Double, degrees: Double, depth: Double) -> (
        point: Vector3, radial: Vector3, longitudinal: Vector3, circumferential: Vector3
    ) {
        let angle = degrees * .pi / 180
        let (c, sine, s) = (cos(angle), sin(angle), 1 - q * q)
        let h = shape.outward(thicknessMM: depth * shape.wallMM(q: q, cosine: c, sine: sine), s: s)
        let (sinh, root) = ((h * (h + 2)).squareRoot(), s.squareRoot())
        let point = Vector3(sinh * root * c, sinh * root * sine, (1 + h) * q) * shape.focalMM
        let radial = normalize([(1 + h) * root * c, (1 + h) * root * sine, sinh * q])
        let along = normalize([-sinh * q * c, -sinh * q * sine, (1 + h) * root])
        return (point, radial, along, [-sine, c, 0])
    }

    private func forward(_ p: Vector3) -> Vector3 { layout.frame.inverse(moment.forward(layout.place(p))) }

    /// Stretch − 1 along the three local directions.
    func strain(q: Double, degrees: Double, depth: Double = 0.5) -> (radial: Double, along: Double, around: Double) {
        let at = place(q: q, degrees: degrees, depth: depth)
        let f = moment.gradient(layout.place(at.point))
        func stretch(_ direction: Vector3) -> Double { length(f.rotate(layout.frame.rotate(direction))) - 1 }
        return (stretch(at.radial), stretch(at.longitudinal), stretch(at.circumferential))
    }

    /// Mean strain over the wall between two levels.
    func meanStrain(from low: Double = -0.4, to high: Double = 0.8) -> (radial: Double, along: Double, around: Double) {
        var sum = Vector3.zero
        for step in 0..<6 {
            for turn in 0..<12 {
                let q = low + (high - low) * (Double(step) + 0.5) / 6
                let strain = strain(q: q, degrees: Double(turn) * 30)
                sum += [strain.radial, strain.along, strain.around]
            }
        }
        return (sum.x / 72, sum.y / 72, sum.z / 72)
    }

    /// Growth of the shortest way from the endocardium to the epicardium, mean over mid-ventricular points.
    var thickening: Double {
        var sum = 0.0
        for turn in 0..<6 {
            let degrees = Double(turn) * 60
            let inner = place(q: 0.2, degrees: degrees, depth: 0).point
            var (rest, now) = (Double.infinity, Double.infinity)
            for dq in stride(from: -0.3, through: 0.3, by: 0.02) {
                for turn in stride(from: -40.0, through: 40, by: 2) {
                    let outer = place(q: 0.2 + dq, degrees: degrees + turn, depth: 1).point
                    rest = min(rest, length(outer - inner))
                    now = min(now, length(forward(outer) - forward(inner)))
                }
            }
            sum += now / rest - 1
        }
        return sum / 6
    }

    /// Mean rotation about the axis at a level, rad, right-handed about the axis to the apex.
    private func rotation(q: Double, depth: Double) -> (angle: Double, radius: Double, height: Double) {
        var (angle, radius, height) = (0.0, 0.0, 0.0)
        for turn in 0..<12 {
            let p = place(q: q, degrees: Double(turn) * 30, depth: depth).point
            let now = forward(p)
            angle += atan2(p.x * now.y - p.y * now.x, p.x * now.x + p.y * now.y) / 12
            radius += (p.x * p.x + p.y * p.y).squareRoot() / 12
            height += p.z / 12
        }
        return (angle, radius, height)
    }

    /// Rotation of the apical level in degrees, anticlockwise seen from the apex.
    ///
    /// Seen from the apex the axis points at the viewer, so right-handed is anticlockwise.
    var apexRotation: Double { rotation(q: 0.9, depth: 0.5).angle * 180 / .pi }

    /// Torsion as a shear angle in degrees (Rüssel 2008): Δφ · (ρ₁ + ρ₂) / 2D.
    func torsion(depth: Double) -> Double {
        let (base, apex) = (rotation(q: -0.35, depth: depth), rotation(q: 0.75, depth: depth))
        return (apex.angle - base.angle) * (apex.radius + base.radius) / 2 / (apex.height - base.height) * 180 / .pi
    }

    private func descent(_ p: Vector3) -> Double { forward(p).z - p.z }

    /// Descent of the mitral annulus at its lateral and septal side, mm.
    var mapse: (lateral: Double, septal: Double) {
        (descent([-layout.baseRadius, 0, layout.baseZ]), descent([layout.baseRadius, 0, layout.baseZ]))
    }

    /// Descent of the lateral tricuspid annulus, mm.
    var tapse: Double { descent(layout.tricuspidAnnulus) }

    var apexMotion: Double { length(forward([0, 0, layout.apexZ]) - [0, 0, layout.apexZ]) }

    /// All figures by name.
    var figures: [String: Double] {
        let mean = meanStrain()
        let annulus = mapse
        return [
            "Ecc": mean.around, "Err": mean.radial, "Ell": mean.along, "thickening": thickening,
            "apex rotation": apexRotation, "torsion endo": torsion(depth: 0), "torsion epi": torsion(depth: 1),
            "MAPSE lateral": annulus.lateral, "MAPSE septal": annulus.septal, "TAPSE": tapse, "apex": apexMotion,
        ]
    }
}

/// Ranges of healthy adults as the literature gives them: its range, or mean ± 2 SD where it gives a deviation (rotation:
/// Young 2012; torsion: Rüssel 2008; the rest commonly quoted of tagging and annular motion).
///
/// Tagging's radial strain, 0.30 to 0.45, is no range of a wall that keeps its volume: at an ejection fraction of 0.58 that
/// wall's mid-surface obeys (1 + Ecc)²(1 + Ell) = 0.54, so with Ecc and Ell in their ranges Err = 1/((1 + Ecc)(1 + Ell)) − 1
/// is 0.45 to 0.50. Radial strain is held to the range of wall thickening, which is the same quantity.
private let normal: [(name: String, range: ClosedRange<Double>)] = [
    ("Ecc", -0.21 ... -0.18), ("Ell", -0.18 ... -0.14), ("Err", 0.40...0.60), ("thickening", 0.40...0.60),
    ("apex rotation", 5...15), ("torsion endo", 4.9...10.1), ("torsion epi", 5.0...11.0),
    ("MAPSE lateral", 9...21), ("MAPSE septal", 8...16), ("TAPSE", 14...30), ("apex", 1...3),
]

/// Deformations of the first patients of a cohort whose hearts can be built: `PopulationTests` reports the others.
private func drawn(_ cohort: String, count: Int) throws -> [Deformation] {
    let cohort = try readCohort(cohort)
    return (0..<2 * count).lazy.compactMap { index in
        (try? cohort.draw(seed: 1, patient: index)).flatMap { try? Deformation($0) }
    }.prefix(count).map { $0 }
}

@Suite("Strain at end-systole", .serialized) struct StrainTests {
    private static let referenceFigures = Result { try Deformation(PatientParameters()).figures }

    @Test("The reference man deforms as healthy hearts do", arguments: normal.map(\.name))
    func referenceMan(_ name: String) throws {
        let figure = try #require(Self.referenceFigures.get()[name])
        let range = try #require(normal.first { $0.name == name }).range
        report("reference man: \(name) \(figure)")
        #expect(range.contains(figure), "\(name) \(figure)")
    }

    @Test(
        "Drawn healthy people deform as healthy hearts do, in the mean", .enabled(if: isFull),
        arguments: ["healthy-men", "healthy-women"])
    func healthyPeople(_ name: String) throws {
        let all = try drawn(name, count: 20).map(\.figures)
        #expect(all.count == 20)
        for (quantity, range) in normal {
            let values = all.compactMap { $0[quantity] }
            let mean = values.reduce(0, +) / Double(values.count)
            report("\(name): \(quantity) mean \(mean) of \(values)")
            #expect(range.contains(mean), "\(quantity) \(mean) of \(values)")
        }
    }

    @Test("A dilated heart deforms less")
    func dilated() throws {
        let healthy = try Deformation(PatientParameters()).figures
        for (index, deformation) in try drawn("dcm", count: 2).enumerated() {
            let weak = deformation.figures
            report("dcm \(index): \(weak)")
            for name in ["Ecc", "Ell", "Err", "thickening", "MAPSE lateral"] {
                let ratio = (weak[name] ?? 0) / (healthy[name] ?? 1)
                #expect(ratio < 0.75, "\(name) of patient \(index): \(ratio) of the reference man's")
            }
        }
    }

    @Test("An infarct shortens and thickens less than the heart around it")
    func infarcted() throws {
        for (index, deformation) in try drawn("minf", count: 2).enumerated() {
            let parameters = deformation.patient.parameters
            let ring = [270.0, 330, 30, 90, 150, 210]
            var scarred: [(Double, Double)] = []
            var remote: [(Double, Double)] = []
            for (level, q) in [-0.28, 0.22].enumerated() {
                for (place, degrees) in ring.enumerated() {
                    let segment = 6 * level + place
                    let strain = deformation.strain(q: q, degrees: degrees)
                    let pair = (strain.around, strain.radial)
                    if parameters.lv.scarTransmurality[segment] > 0 {
                        scarred.append(pair)
                    } else if parameters.lv.contraction[segment] == 1 {
                        remote.append(pair)
                    }
                }
            }
            func mean(_ values: [(Double, Double)]) -> (Double, Double) {
                let sum = values.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
                return (sum.0 / Double(values.count), sum.1 / Double(values.count))
            }
            let (weak, strong) = (mean(scarred), mean(remote))
            report("minf \(index): scar \(weak) of \(scarred.count), remote \(strong) of \(remote.count)")
            #expect(weak.0 > 0.5 * strong.0 && weak.1 < 0.5 * strong.1, "scar \(weak), remote \(strong)")
        }
    }
}
