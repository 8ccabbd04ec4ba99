import Core
import Foundation
import Testing
import Yams

@testable import Phantom

private let cohorts = ["healthy-men", "healthy-women", "dcm", "hcm", "minf", "arv"]

/// Reads a cohort of `phantoms/`.
func readCohort(_ name: String) throws -> Cohort {
    try YAMLDecoder().decode(
        Cohort.self, from: Data(contentsOf: projectFolder.appending(path: "phantoms/\(name).yml")))
}

/// Whether the long versions of tests run: `CINEFORGE_FULL=1`.
let isFull = ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil

/// Prints a measured figure in the long run.
func report(_ text: @autoclosure () -> String) {
    if isFull { print("measured:", text()) }
}

/// What of a drawn patient the tests of volumes and of failures need to name.
private func describe(_ p: PatientParameters) -> String {
    func short(_ value: Double) -> String { String(format: "%.3f", value) }
    return "EDV \(short(p.lv.edvML)) EF \(short(p.lv.ejectionFraction)) mass \(short(p.lv.massG))"
        + " roundness \(short(p.lv.roundness)) shortening \(short(p.lv.longitudinalShortening))"
        + " RV \(short(p.rv.edvML)) TAPSE \(short(p.rv.tapseMM)) bulge \(short(p.rv.dyskinesiaMM))"
        + " LA \(short(p.la.maxML))/\(short(p.la.emptyingFraction)) RA \(short(p.ra.maxML))/\(short(p.ra.emptyingFraction))"
        + " HR \(short(p.rhythm.heartRateBPM)) \(p.rhythm.kind) chest \(short(p.chest.halfWidthMM))x\(short(p.chest.halfDepthMM))"
        + " contraction \(p.lv.contraction.map(short))"
}

/// Volumes by fractions at 1 mm against what was asked for: the largest relative miss of a moment, with its name.
private func misses(_ patient: Patient, _ moment: Moment) -> [(name: String, miss: Double)] {
    let box = patient.landmarks.heartBox
    let extent = box.high - box.low + 40
    let grid = Grid(
        center: (box.low + box.high) * 0.5, spacingMM: [1, 1, 1],
        size: [Int(extent.x), Int(extent.y), Int(extent.z)])
    let wanted: [(Label, Double)] = [
        (.lvCavity, moment.volumes.lvML), (.rvCavity, moment.volumes.rvML), (.laCavity, moment.volumes.laML),
        (.raCavity, moment.volumes.raML), (.lvMyocardium, patient.parameters.lv.massG / 1.05),
    ]
    return wanted.map { label, target in
        let volume = patient.fraction(of: label, at: moment, grid: grid, threads: 2)
        let found = volume.values.reduce(0.0) { $0 + Double($1) } / 1000
        return (label.name, found / target - 1)
    }
}

@Suite("Patients of all cohorts", .serialized) struct PopulationTests {
    /// Five patients of each cohort; the full run takes 34 of each, 204 in all.
    @Test("Every drawn patient has a heart that beats through 25 frames", arguments: cohorts)
    func patientsBeat(_ name: String) throws {
        let cohort = try readCohort(name)
        let count = isFull ? 34 : 5
        let failures = (0..<count).compactMap { index -> String? in
            var at = "drawing"
            do {
                let parameters = try cohort.draw(seed: 1, patient: index)
                at = "building [\(describe(parameters))]"
                let patient = try Patient(parameters)
                for frame in 0..<25 {
                    at = "frame \(frame) [\(describe(parameters))]"
                    _ = try patient.moment(phase: Double(frame) / 25)
                }
                at = "end-systole [\(describe(parameters))]"
                _ = try patient.moment(phase: patient.measures.endSystolicPhase)
                return nil
            } catch let error as CineError {
                return "\(name) \(index), \(at): \(error.message)"
            } catch {
                return "\(name) \(index), \(at): \(error)"
            }
        }
        for failure in failures { print("failed patient:", failure) }
        // The generator draws again where a small RV would have to empty beyond what its wall can do: one in twenty at most.
        #expect(failures.count * 20 <= count, "\(failures)")
    }

    /// One patient of each cohort; the full run takes 34 of each, 204 in all.
    @Test("Volumes by fractions at 1 mm are the requested ones within 0.5 %", arguments: cohorts)
    func volumesAreAskedFor(_ name: String) throws {
        let cohort = try readCohort(name)
        for index in 0..<(isFull ? 34 : 1) {
            let parameters = try cohort.draw(seed: 1, patient: index)
            guard let patient = try? Patient(parameters) else { continue }  // `patientsBeat` reports it.
            let timing = patient.curves.timing
            let phases = [
                ("ED", 0), ("ES", patient.measures.endSystolicPhase), ("MVO", timing.mitralOpeningMS / timing.rrMS),
            ]
            for (time, phase) in phases {
                guard let moment = try? patient.moment(phase: phase) else { continue }
                for (label, miss) in misses(patient, moment) {
                    report("\(name) \(index) \(time) \(label) \(miss)")
                    #expect(abs(miss) < 0.005, "\(name) \(index), \(time) \(label): \(100 * miss) %")
                }
            }
        }
    }

    /// The volumes of moments at the phases of the extremes against the table of measures.
    @Test("Measures are the extremes of the moments' volumes", arguments: cohorts)
    func measures(_ name: String) throws {
        let cohort = try readCohort(name)
        for index in 0..<5 {
            let parameters = try cohort.draw(seed: 1, patient: index)
            guard let patient = try? Patient(parameters) else { continue }
            let curves = patient.curves
            let measures = patient.measures
            let all = (0..<2000).map { curves.volumes(at: Double($0) / 2000) }
            let end = curves.volumes(at: measures.endSystolicPhase)
            func near(_ a: Double, _ b: Double) -> Bool { abs(a / b - 1) < 0.005 }
            #expect(near(curves.volumes(at: 0).lvML, measures.lvEDVML) && near(end.lvML, measures.lvESVML))
            #expect(near(curves.volumes(at: 0).rvML, measures.rvEDVML))
            #expect(near(all.map(\.rvML).min() ?? 0, measures.rvESVML))
            #expect(
                near(all.map(\.laML).min() ?? 0, measures.laMinML) && near(all.map(\.laML).max() ?? 0, measures.laMaxML)
            )
            #expect(
                near(all.map(\.raML).min() ?? 0, measures.raMinML) && near(all.map(\.raML).max() ?? 0, measures.raMaxML)
            )
            #expect(near(measures.lvEF, parameters.lv.ejectionFraction) && near(measures.lvMassG, parameters.lv.massG))
        }
    }
}
