import Foundation
import Phantom
import Testing
import Yams

/// Reads a file of `phantoms/` as a recipe would.
private func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../phantoms").standardized
    return try YAMLDecoder().decode(type, from: Data(contentsOf: folder.appending(path: "\(name).yml")))
}

private let names = ["healthy-men", "healthy-women", "dcm", "hcm", "minf", "arv"]

private func mean(_ patients: [PatientParameters], _ value: (PatientParameters) -> Double) -> Double {
    patients.map(value).reduce(0, +) / Double(patients.count)
}

private func correlation(
    _ patients: [PatientParameters], _ first: (PatientParameters) -> Double, _ second: (PatientParameters) -> Double
) -> Double {
    let (a, b) = (mean(patients, first), mean(patients, second))
    let covariance = mean(patients) { (first($0) - a) * (second($0) - b) }
    let spreads = mean(patients) { pow(first($0) - a, 2) } * mean(patients) { pow(second($0) - b, 2) }
    return covariance / spreads.squareRoot()
}

private typealias Quantity = @Sendable (PatientParameters) -> Double

/// UK Biobank's reference values (Petersen 2017): mean and SD of men, then of women.
private let quantities: [(String, Double, Double, Double, Double, Quantity)] = [
    ("LV EDV", 166, 32, 124, 21, { $0.lv.edvML }),
    ("LV EF", 0.58, 0.05, 0.61, 0.05, { $0.lv.ejectionFraction }),
    ("LV ESV", 69, 16, 49, 11, { $0.lv.edvML * (1 - $0.lv.ejectionFraction) }),
    ("LV SV", 96, 20, 75, 14, { $0.lv.edvML * $0.lv.ejectionFraction }),
    ("LV mass", 103, 21, 70, 13, { $0.lv.massG }),
    ("LV mass index", 53, 9, 42, 7, { $0.lv.massG / $0.body.surfaceAreaM2 }),
    ("RV EDV", 182, 36, 130, 24, { $0.rv.edvML }),
    ("RV EF", 0.54, 0.06, 0.58, 0.06, { $0.lv.edvML * $0.lv.ejectionFraction / $0.rv.edvML }),
    ("LA max", 71, 19, 62, 17, { $0.la.maxML }),
    ("LA EF", 0.60, 0.07, 0.61, 0.07, { $0.la.emptyingFraction }),
    ("RA max", 93, 27, 69, 17, { $0.ra.maxML }),
    ("RA EF", 0.41, 0.09, 0.46, 0.08, { $0.ra.emptyingFraction }),
]

@Suite("The cohorts of phantoms/") struct CohortFileTests {
    @Test("Healthy means agree with UK Biobank within one standard error of 200 patients", arguments: [false, true])
    func meansMatch(_ isFemale: Bool) throws {
        let cohort: Cohort = try read(isFemale ? "healthy-women" : "healthy-men")
        for (seed, count) in [(UInt64(1), 200), (2, 200), (3, 200), (4, 2000)] {
            let patients = try (0..<count).map { try cohort.draw(seed: seed, patient: $0) }
            for (name, menMean, menSpread, womenMean, womenSpread, value) in quantities {
                let source = isFemale ? (mean: womenMean, spread: womenSpread) : (mean: menMean, spread: menSpread)
                let found = mean(patients, value)
                #expect(
                    abs(found - source.mean) < source.spread / 200.0.squareRoot(), "\(name), seed \(seed), \(count)")
                guard count == 2000 else { continue }
                let spread = mean(patients) { pow(value($0) - found, 2) }.squareRoot()
                // UK Biobank's SDs follow from one another only roughly: RV EDV, EF and the common stroke volume.
                #expect(abs(spread / source.spread - 1) < 0.15, "SD of \(name)")
            }
        }
    }

    @Test("Every one of 2000 patients keeps the hard limits and the rules of its group", arguments: names)
    func limitsHold(_ name: String) throws {
        let cohort: Cohort = try read(name)
        for patient in try (0..<2000).map({ try cohort.draw(seed: 11, patient: $0) }) {
            try patient.checkLimits()
            let area = patient.body.surfaceAreaM2
            let (lv, rv) = (patient.lv.edvML / area, patient.rv.edvML / area)
            let rvEF = patient.lv.edvML * patient.lv.ejectionFraction / patient.rv.edvML
            let walls = patient.lv.wallThicknessMM
            switch patient.group {
            case "NOR":
                #expect(patient.lv.ejectionFraction >= 0.5 && rvEF >= 0.4 && walls.allSatisfy { $0 < 12 })
            case "DCM":
                #expect(patient.lv.ejectionFraction < 0.4 && lv > 100 && walls.allSatisfy { $0 < 12 })
            case "HCM":
                #expect(patient.lv.ejectionFraction > 0.55 && walls.count { $0 > 15 } >= 3)
            case "MINF":
                #expect(patient.lv.ejectionFraction < 0.4 && patient.lv.contraction.count { $0 <= 0.3 } >= 3)
            case "ARV":
                #expect(rv > (patient.body.isFemale ? 100 : 110))
            default:
                Issue.record("no rule for group \(patient.group)")
            }
        }
    }

    @Test("Limits repeat few draws, so that they do not shift a group's means", arguments: names)
    func limitsShiftNothing(_ name: String) throws {
        let cohort: Cohort = try read(name)
        let patients = try (0..<2000).map { try cohort.draw(seed: 5, patient: $0) }
        let values: [(Variable, (PatientParameters) -> Double)] = [
            (.lvEDVIndex, { $0.lv.edvML / $0.body.surfaceAreaM2 }), (.lvEF, { $0.lv.ejectionFraction }),
            (.rvEDVIndex, { $0.rv.edvML / $0.body.surfaceAreaM2 }), (.laMax, { $0.la.maxML }),
            (.lvThickestWall, { $0.lv.wallThicknessMM.max() ?? 0 }),
            (.lvMassIndex, { $0.lv.massG / $0.body.surfaceAreaM2 }),
        ]
        for (variable, value) in values {
            guard case .normal(let normal) = cohort.blocks.compactMap({ $0.values?[variable] }).last else { continue }
            let error = normal.deviation / 200.0.squareRoot()
            #expect(abs(mean(patients, value) - normal.mean) < error, "\(variable.rawValue): \(mean(patients, value))")
        }
    }

    @Test("Large ventricles come with large partners, thick walls and large atria")
    func correlationsHaveTheirSigns() throws {
        let cohort: Cohort = try read("healthy-men")
        let patients = try (0..<1000).map { try cohort.draw(seed: 3, patient: $0) }
        #expect(correlation(patients, { $0.lv.edvML }, { $0.rv.edvML }) > 0.7)
        #expect(correlation(patients, { $0.lv.edvML }, { $0.lv.massG }) > 0.5)
        #expect(correlation(patients, { $0.lv.edvML }, { $0.la.maxML }) > 0.2)
        #expect(correlation(patients, { $0.lv.edvML }, { $0.body.heightCM }) > 0.15)
        #expect(correlation(patients, { $0.lv.edvML }, { $0.rhythm.heartRateBPM }) < -0.1)
        #expect(abs(correlation(patients, { $0.lv.edvML }, { $0.lv.ejectionFraction })) < 0.1)
        #expect(correlation(patients, { $0.lv.ejectionFraction }, { $0.lv.longitudinalShortening }) > 0.3)
    }

    @Test("An infarct lies in one territory, thins the wall and weakens only where it scars")
    func infarcts() throws {
        let cohort: Cohort = try read("minf")
        for patient in try (0..<300).map({ try cohort.draw(seed: 7, patient: $0) }) {
            let scarred = Set((1...17).filter { patient.lv.scarTransmurality[$0 - 1] > 0 })
            #expect(CoronaryTerritory.allCases.contains { scarred.isSubset(of: $0.segments) })
            for segment in 0..<17 {
                let isScar = scarred.contains(segment + 1)
                let wall = patient.lv.wallPattern[segment] / PatientParameters.LeftVentricle.healthyWallMM[segment]
                #expect(patient.lv.contraction[segment] == 1 || (isScar && patient.lv.contraction[segment] <= 0.3))
                #expect(isScar ? patient.lv.scarTransmurality[segment] >= 0.25 && wall < 1.05 : wall > 0.8)
            }
        }
    }

    @Test("The tissue tables cover every tissue, and the one in code is the file's")
    func tissues() throws {
        let low: TissueTable = try read("tissues-1.5t")
        let high: TissueTable = try read("tissues-3t")
        for tissue in Tissue.allCases {
            let (file, code) = (low[tissue], TissueTable.reference15T[tissue])
            #expect(file.t1MS == code.t1MS && file.t2MS == code.t2MS && file.t2StarMS == code.t2StarMS)
            #expect(file.density == code.density && file.shiftHz == code.shiftHz)
            // T1 grows with the field (de Bazelaire 2004: 21 % on average); T2* never exceeds T2.
            #expect(tissue == .air || high[tissue].t1MS > file.t1MS)
            #expect(high[tissue].t2StarMS <= high[tissue].t2MS)
        }
    }
}
