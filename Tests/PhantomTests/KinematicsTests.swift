import Core
import Foundation
import Testing

@testable import Phantom

/// Breathing at rest and deep: the diaphragm 12 mm down, the front lagging a little.
private let breathings = [BreathingPosition.endExpiration, BreathingPosition(diaphragmMM: 12, laggedMM: 10)]

private let hearts = Heart.allCases

/// Points of the LV's wall in the patient frame, and the volume in mm³ that each stands for.
private func wall(_ patient: Patient, layers: Int = 4) -> [(point: Vector3, volume: Double)] {
    let layout = patient.anatomy.layout
    let shape = layout.lv
    let d = shape.focalMM
    let turns = 36
    return Quadrature.segments.flatMap { q, weight in
        (0..<turns).flatMap { turn -> [(Vector3, Double)] in
            let angle = (Double(turn) + 0.5) * 2 * .pi / Double(turns)
            let s = 1 - q * q
            let inner = Prolate<Double>.volume(h: shape.endo, s: s)
            let outer = Prolate<Double>.volume(h: shape.epi(q: q, s: s, cosine: cos(angle), sine: sin(angle)), s: s)
            return (0..<layers).map { layer in
                let k = inner + (outer - inner) * (Double(layer) + 0.5) / Double(layers)
                let h = Prolate<Double>.height(volume: k, s: s)
                let radius = d * (h * (h + 2) * s).squareRoot()
                let point = layout.place([radius * cos(angle), radius * sin(angle), d * (1 + h) * q])
                let share = d * d * d * weight * 2 * .pi / Double(turns) * (outer - inner) / Double(layers)
                return (point, share)
            }
        }
    }
}

@Suite("The heart's motion") struct KinematicsTests {
    @Test("The LV wall keeps its volume: 0.1 % over 25 frames on the continuous patient", arguments: hearts)
    func wallVolume(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let points = wall(patient)
        let rest = points.reduce(0) { $0 + $1.volume }
        #expect(abs(rest / 1000 * VentricleShape.density / heart.parameters.lv.massG - 1) < 0.001)
        for frame in 0..<25 {
            let moment = try patient.moment(phase: Double(frame) / 25)
            let determinants = points.map { moment.gradient($0.point).determinant }
            let now = zip(points, determinants).reduce(0) { $0 + $1.0.volume * $1.1 }
            let worst = determinants.map { abs($0 - 1) }.max() ?? 0
            report("\(heart) frame \(frame): wall volume \(now / rest - 1), worst |det J − 1| \(worst)")
            #expect(abs(now / rest - 1) < 0.001, "frame \(frame)")
            #expect(worst < 1e-6, "frame \(frame)")
        }
    }

    /// Every third frame; the full figure is over all 25.
    @Test("The LV wall keeps its volume: 0.5 % by fractions at 1 mm", arguments: hearts)
    func wallFractions(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let grid = patient.heartGrid(spacingMM: 1)
        let wanted = heart.parameters.lv.massG / VentricleShape.density
        for frame in stride(from: 0, to: 25, by: 3) {
            let moment = try patient.moment(phase: Double(frame) / 25)
            let volume = patient.fraction(of: .lvMyocardium, at: moment, grid: grid, threads: 2)
            let found = volume.values.reduce(0.0) { $0 + Double($1) } / 1000
            report("\(heart) frame \(frame): wall by fractions \(found / wanted - 1)")
            #expect(abs(found / wanted - 1) < 0.005, "frame \(frame): \(100 * (found / wanted - 1)) %")
        }
    }

    /// Rounding at 200 mm through seven maps; verification allows stored displacement 0.01 mm there.
    @Test("At end-diastole nothing has moved", arguments: hearts)
    func rest(_ heart: Heart) throws {
        let moment = try Patient(heart.parameters).moment(phase: 0)
        let worst = chestPoints(spacingMM: 12).reduce(0) { max($0, length(moment.forward($1) - $1)) }
        report("\(heart): farthest at end-diastole \(worst) mm")
        #expect(worst < 1e-6)
    }

    /// Points every 14 mm, 25 frames and two positions of breathing.
    @Test(
        "There and back is less than 0.01 mm at the 99.9th percentile, in double and in single precision",
        arguments: hearts)
    func roundTrip(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        var points = chestPoints(spacingMM: 14)
        points.removeLast(points.count % 16)
        var double: [Double] = []
        var single: [Double] = []
        for breathing in breathings {
            for frame in 0..<25 {
                let moment = try patient.moment(phase: Double(frame) / 25, breathing: breathing)
                for p in points { double.append(length(moment.inverse(moment.forward(p)) - p)) }
                for start in stride(from: 0, to: points.count, by: 16) {
                    var lanes = Point(x: Lanes(), y: Lanes(), z: Lanes())
                    for lane in 0..<16 {
                        lanes.x[lane] = Float(points[start + lane].x)
                        lanes.y[lane] = Float(points[start + lane].y)
                        lanes.z[lane] = Float(points[start + lane].z)
                    }
                    let back = moment.motion.inverse(moment.motion.forward(lanes))
                    let (x, y, z) = (back.x - lanes.x, back.y - lanes.y, back.z - lanes.z)
                    let square = x * x + y * y + z * z
                    for lane in 0..<16 { single.append(Double(square[lane]).squareRoot()) }
                }
            }
        }
        for (name, errors) in [("double", double.sorted()), ("single", single.sorted())] {
            let high = errors[errors.count * 999 / 1000]
            report("\(heart) \(name): 99.9th percentile \(high) mm, largest \(errors[errors.count - 1]) mm")
            #expect(high < 0.01, "\(name): \(high) mm")
            #expect(errors[errors.count - 1] < 0.1, "\(name): largest \(errors[errors.count - 1]) mm")
        }
    }

    /// Points every 12 mm at 5 frames of 25 and two positions of breathing.
    @Test("Nothing folds: det J is positive all over the chest", arguments: hearts)
    func noFolds(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let points = chestPoints(spacingMM: 12)
        for breathing in breathings {
            var least = (value: Double.infinity, at: Vector3.zero)
            var most = 0.0
            for phase in [0.15, 0.3, patient.measures.endSystolicPhase, 0.55, 0.8] {
                let moment = try patient.moment(phase: phase, breathing: breathing)
                for p in points {
                    let determinant = moment.gradient(p).determinant
                    if determinant < least.value { least = (determinant, p) }
                    most = max(most, determinant)
                }
            }
            report(
                "\(heart), diaphragm \(breathing.diaphragmMM) mm: det J from \(least.value) at \(least.at) to \(most)")
            #expect(least.value > 0)
        }
    }

    /// Ribs, fat and skin: what lies 8 mm and more outside the cavity of the chest.
    @Test("The RV's bellows end at the chest wall", arguments: hearts)
    func chestWallStays(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let chest = heart.parameters.chest
        let wall = Vector3(chest.halfWidthMM - chest.wallMM + 8, chest.halfDepthMM - chest.wallMM + 8, 1)
        let points = chestPoints(spacingMM: 6).filter { length($0 * Vector3(1, 1, 0) / wall) > 1 }
        var worst = 0.0
        for phase in [0.15, 0.3, patient.measures.endSystolicPhase, 0.55, 0.8] {
            let motion = try patient.moment(phase: phase).motion
            for p in points.map({ motion.toFrame($0) }) {
                worst = max(worst, length(motion.freeWall.forward(Point(p)).point.vector - p))
            }
        }
        report("\(heart): the free wall moves the chest wall by at most \(worst) mm")
        // A wide heart touches the chest, and its bellows need some millimetres all the same: 0.6 mm in the reference
        // heart, 4.1 in the hypertrophic one. With 34 mm of room wherever the chest is, it was 5.6 to 7.6.
        #expect(worst < 5)
    }

    @Test("The exact gradient is the slope of the motion")
    func gradient() throws {
        let patient = try Patient(PatientParameters())
        let moment = try patient.moment(phase: 0.3, breathing: breathings[1])
        let step = 1e-4
        var errors: [Double] = []
        for p in chestPoints(spacingMM: 25) {
            let f = moment.gradient(p)
            for (axis, column) in [
                (Vector3(1, 0, 0), f.x), (Vector3(0, 1, 0), f.y), (Vector3(0, 0, 1), f.z),
            ] {
                let slope = (moment.forward(p + axis * step) - moment.forward(p - axis * step)) / (2 * step)
                errors.append(length(slope - column))
            }
        }
        errors.sort()
        report(
            "gradient against differences: median \(errors[errors.count / 2]), 99 % \(errors[errors.count * 99 / 100])")
        // Central differences err by the third derivative; a few points straddle a joint of two pieces.
        #expect(errors[errors.count * 99 / 100] < 1e-6)
    }

    @Test("Breathing moves the heart as one", arguments: [Heart.reference, .dilated, .dysplastic])
    func breathingIsRigid(_ heart: Heart) throws {
        let patient = try Patient(heart.parameters)
        let phase = patient.measures.endSystolicPhase
        let still = try patient.moment(phase: phase)
        let moved = try patient.moment(phase: phase, breathing: breathings[1])
        let points = wall(patient, layers: 1).map(\.point)
        var worst = 0.0
        for p in points {
            let (a, b) = (still.gradient(p), moved.gradient(p))
            for (u, v) in [(a.x, b.x), (a.y, b.y), (a.z, b.z)] { worst = max(worst, abs(length(v) - length(u))) }
            worst = max(worst, abs(dot(a.x, a.y) - dot(b.x, b.y)))
        }
        let mean = points.reduce(Vector3.zero) { $0 + moved.forward($1) - still.forward($1) } / Double(points.count)
        report("\(heart): breathing changes lengths by \(worst), moves the wall by \(mean)")
        #expect(worst < 1e-6)
        // 0.6 of 12 mm towards the feet, 0.15 of 10 mm to the front; the turn adds up to 1 mm.
        #expect(abs(mean.z + 7.2) < 1.5 && abs(mean.y - 1.5) < 1.5)
    }
}
