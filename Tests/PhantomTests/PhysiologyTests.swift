import Foundation
import Testing

@testable import Phantom

/// The reference patient at a heart rate, optionally in fibrillation.
private func patient(rate: Double = 65, fibrillates: Bool = false) -> PatientParameters {
    var parameters = PatientParameters()
    parameters.rhythm.heartRateBPM = rate
    if fibrillates { parameters.rhythm.kind = .fibrillation }
    return parameters
}

private let chambers: [KeyPath<ChamberVolumes, Double> & Sendable] = [\.lvML, \.rvML, \.laML, \.raML]
private let rates = [45.0, 65, 90, 130]

@Suite("Chamber curves") struct PhysiologyTests {
    @Test("Volumes reach end-diastole, end-systole, largest and smallest exactly", arguments: rates)
    func extremes(_ rate: Double) {
        let parameters = patient(rate: rate)
        let curves = ChamberCurves(parameters: parameters)
        let stroke = parameters.lv.edvML * parameters.lv.ejectionFraction
        // 1e-9 mL: rounding of a few sums of volumes of 200 mL.
        let start = curves.volumes(at: 0)
        #expect(abs(start.lvML - parameters.lv.edvML) < 1e-9)
        #expect(abs(start.rvML - parameters.rv.edvML) < 1e-9)
        #expect(abs(curves.volumes(at: curves.endSystolicPhase).lvML - (parameters.lv.edvML - stroke)) < 1e-9)
        let opening = curves.volumes(at: curves.timing.mitralOpeningMS / curves.timing.rrMS)
        #expect(abs(opening.laML - parameters.la.maxML) < 1e-9)
        #expect(abs(opening.raML - parameters.ra.maxML) < 1e-9)
        let all = (0..<2000).map { curves.volumes(at: Double($0) / 2000) }
        func range(_ chamber: KeyPath<ChamberVolumes, Double>) -> (Double, Double) {
            let values = all.map { $0[keyPath: chamber] }
            return (values.min() ?? 0, values.max() ?? 0)
        }
        #expect(range(\.lvML).1 < parameters.lv.edvML + 1e-9)
        #expect(range(\.laML).1 < parameters.la.maxML + 1e-9)
        #expect(abs(range(\.laML).0 - parameters.la.maxML * (1 - parameters.la.emptyingFraction)) < 1e-9)
        #expect(abs(range(\.raML).0 - parameters.ra.maxML * (1 - parameters.ra.emptyingFraction)) < 1e-9)
        // Both ventricles eject the same.
        #expect(abs((range(\.lvML).1 - range(\.lvML).0) - (range(\.rvML).1 - range(\.rvML).0)) < 1e-9)
    }

    @Test("All curves are periodic, and their flows the derivatives of the volumes", arguments: rates)
    func derivatives(_ rate: Double) {
        let curves = ChamberCurves(parameters: patient(rate: rate))
        let step = 1e-4
        for index in 0..<400 {
            let phase = Double(index) / 400
            let (before, after) = (curves.volumes(at: phase - step), curves.volumes(at: phase + step))
            let flow = curves.flows(at: phase)
            for chamber in chambers {
                let slope =
                    (after[keyPath: chamber] - before[keyPath: chamber]) / (2 * step * curves.timing.rrMS / 1000)
                // Central difference: the curvature of the flow adds up to 1 mL/s where a lobe begins as x^1.3.
                #expect(abs(slope - flow[keyPath: chamber]) < 1, "phase \(phase)")
            }
        }
    }

    @Test("Flows have no jump and no kink", arguments: rates)
    func smoothness(_ rate: Double) {
        let curves = ChamberCurves(parameters: patient(rate: rate))
        // The change of slope between neighbouring steps must vanish with the step, as step^0.3 where ejection starts
        // (a quarter for a step 100 times finer): a kink would leave it constant.
        func roughness(_ count: Int, _ value: (Double) -> Double) -> Double {
            let step = 1 / Double(count)
            let second = (0..<count).map { index in
                let phase = Double(index) * step
                return (value(phase + step) - value(phase)) / step
            }
            return second.indices.map { abs(second[$0] - second[($0 + 1) % count]) }.max() ?? 0
        }
        for chamber in chambers {
            let coarse = roughness(500) { curves.flows(at: $0)[keyPath: chamber] }
            let fine = roughness(50_000) { curves.flows(at: $0)[keyPath: chamber] }
            #expect(fine < 0.5 * coarse)
        }
    }

    @Test("The ventricle only empties in systole and only fills in diastole", arguments: rates)
    func monotone(_ rate: Double) {
        let curves = ChamberCurves(parameters: patient(rate: rate))
        for index in 0..<1000 {
            let phase = Double(index) / 1000
            let flow = curves.flows(at: phase).lvML
            #expect(phase <= curves.endSystolicPhase ? flow <= 0 : flow >= 0)
        }
    }

    @Test("Peak ejection and filling rates are those of healthy hearts")
    func peaks() {
        // The check of the reference: EDV 150, SV 90, a = 0.25.
        var parameters = patient(rate: 65)
        parameters.lv.edvML = 150
        parameters.lv.ejectionFraction = 0.6
        parameters.rhythm.atrialFillingShare = 0.25
        let curves = ChamberCurves(parameters: parameters)
        let flows = (0..<2000).map { curves.flows(at: Double($0) / 2000).lvML / 150 }
        #expect((3.2...4.0).contains(-(flows.min() ?? 0)))
        #expect((2.5...4.5).contains(flows.max() ?? 0))
        let right = (0..<2000).map { curves.flows(at: Double($0) / 2000).rvML / 150 }
        #expect((right.min() ?? 0) > (flows.min() ?? 0))
    }

    @Test("Two thirds of the stroke are out after the first half of ejection")
    func rapidEjection() {
        let curves = ChamberCurves(parameters: patient())
        let half = (curves.timing.ejectionStartMS + curves.timing.ejectionMS / 2) / curves.timing.rrMS
        #expect((0.55...0.75).contains(curves.ejectionFractionDone(at: half)))
    }

    @Test("Flow pauses in diastasis at 55 beats a minute and does not at 100")
    func diastasis() {
        func lull(_ rate: Double) -> Double {
            let curves = ChamberCurves(parameters: patient(rate: rate))
            let timing = curves.timing
            let times = stride(from: timing.mitralOpeningMS + 60, to: timing.rrMS - 40, by: 2)
            let flows = times.map { curves.flows(at: $0 / timing.rrMS).lvML }
            return (flows.min() ?? 0) / (flows.max() ?? 1)
        }
        #expect(lull(55) < 0.06)
        #expect(lull(100) > 0.2)
    }

    @Test("Fibrillating atria have neither booster nor A wave")
    func fibrillation() {
        let curves = ChamberCurves(parameters: patient(fibrillates: true))
        let late = 1 - 120 / curves.timing.rrMS
        let (sinus, end) = (ChamberCurves(parameters: patient()), curves.volumes(at: 0))
        #expect(abs(curves.volumes(at: late).laML - end.laML) < 0.1)
        #expect(sinus.volumes(at: late).laML - sinus.volumes(at: 0).laML > 10)
    }

    @Test("Atria move against the ventricles")
    func antiphase() {
        let curves = ChamberCurves(parameters: patient())
        let parameters = patient()
        let all = (0..<1000).map { curves.volumes(at: Double($0) / 1000) }
        func span(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
        let total = span(all.map { $0.lvML + $0.rvML + $0.laML + $0.raML })
        let ventricles = span(all.map { $0.lvML + $0.rvML })
        let reservoirs =
            parameters.la.maxML * parameters.la.emptyingFraction + parameters.ra.maxML * parameters.ra.emptyingFraction
        // What is left is what the parameters leave: two strokes less two reservoirs, and 3 % of a stroke for timing.
        #expect(total < ventricles - reservoirs + 0.03 * ventricles)
    }

    @Test("Torsion peaks at end-systole and is half gone when the mitral valve opens", arguments: rates)
    func torsion(_ rate: Double) {
        let curves = ChamberCurves(parameters: patient(rate: rate))
        let timing = curves.timing
        #expect(curves.torsion(at: 0) == 0)
        #expect(abs(curves.torsion(at: curves.endSystolicPhase) - 1) < 1e-9)
        #expect(abs(curves.torsion(at: timing.mitralOpeningMS / timing.rrMS) - 0.5) < 1e-9)
        #expect(abs(curves.torsion(at: (timing.mitralOpeningMS + timing.isovolumicRelaxationMS) / timing.rrMS)) < 1e-9)
    }

    @Test("A third of the right side's return is atrial work")
    func rightDescent() {
        let curves = ChamberCurves(parameters: patient(rate: 55))
        #expect(abs(curves.rightLongitudinal(at: 1 - 151 / curves.timing.rrMS) - 1.0 / 3) < 0.01)
        let fibrillating = ChamberCurves(parameters: patient(rate: 55, fibrillates: true))
        #expect(fibrillating.rightLongitudinal(at: 1 - 151 / fibrillating.timing.rrMS) < 0.01)
    }

    @Test("A beat of another RR starts and ends at end-diastole with its systole unchanged", arguments: [750.0, 1100])
    func otherRR(_ rr: Double) {
        let curves = ChamberCurves(parameters: patient())
        let edv = patient().lv.edvML
        #expect(abs(curves.volumes(atMS: 0, rrMS: rr).lvML - edv) < 1e-9)
        #expect(abs(curves.volumes(atMS: rr, rrMS: rr).lvML - edv) < 1e-6)
        for time in stride(from: 0.0, to: curves.timing.endSystoleMS, by: 10) {
            let (other, mean) = (curves.volumes(atMS: time, rrMS: rr), curves.volumes(at: time / curves.timing.rrMS))
            #expect(abs(other.lvML - mean.lvML) < 1e-9 && abs(other.laML - mean.laML) < 1e-9)
        }
    }

    @Test("The incomplete beta function agrees with its closed forms")
    func lobes() {
        let lobe = FlowLobe(startMS: 10, durationMS: 50, rise: 2, fall: 3)
        for step in 0...100 {
            let x = Double(step) / 100
            // I_x(3, 4) as a polynomial.
            let exact = x * x * x * (20 - 45 * x + 36 * x * x - 10 * x * x * x)
            #expect(abs(lobe.fraction(atMS: 10 + 50 * x) - exact) < 1e-13)
        }
        #expect(lobe.fraction(atMS: 0) == 0 && lobe.fraction(atMS: 70) == 1)
    }
}
