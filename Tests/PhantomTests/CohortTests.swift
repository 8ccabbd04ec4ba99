import Core
import Foundation
import Testing

@testable import Phantom

/// A small cohort without files: the reference patient, with what a test changes.
private func cohort(_ changes: [Variable: Distribution] = [:], _ adjust: (inout Cohort.Block) -> Void = { _ in })
    -> Cohort
{
    let reference: [Variable: Double] = [
        .age: 60, .height: 176, .weight: 78, .heartRate: 65, .rrDeviation: 25, .atrialFillingPerYear: 0.005,
        .breathHoldHeartRate: 0.05, .lvEDVIndex: 85, .lvEF: 0.58, .lvMassIndex: 53, .roundness: 0.48,
        .longitudinalShortening: 0.085, .apexRotation: 10, .baseRotation: -3, .trabeculation: 2, .rvEDVIndex: 93,
        .rvWall: 3.5, .rvTAPSE: 22, .laMax: 71, .laEmptying: 0.6, .raMax: 93, .raEmptying: 0.41,
        .breathPeriod: 4.5, .diaphragm: 12, .trackingFactor: 0.6, .anteriorFactor: 0.15, .breathRotation: 1.5,
        .breathLag: 0.35, .breathHoldScale: 1.6, .breathHoldDrift: 0.15, .azimuth: 45, .elevation: 38, .roll: 0,
        .fatAtBMI25: 14, .epicardialFat: 4, .torsoScale: 1, .wallVariation: 0, .t1Variation: 0.04, .t2Variation: 0.06,
    ]
    var block = Cohort.Block(source: "test", values: reference.mapValues(Distribution.constant))
    block.values?.merge(changes) { $1 }
    adjust(&block)
    return Cohort(group: "NOR", summary: "test", femaleShare: 0.5, blocks: [block])
}

@Suite("Cohorts") struct CohortTests {
    @Test(
        "A normal distribution keeps its mean and SD however it is clipped",
        arguments: [(0.5, 0.74), (0.43, 0.73), (0.5, 0.66)])
    func clippingShiftsNothing(_ low: Double, _ high: Double) throws {
        let deviation = high < 0.7 ? 0.04 : 0.05
        let normal = try Distribution.normal(Distribution.Normal(mean: 0.58, deviation: deviation, clip: low...high))
        let count = 20_000
        let values = (0..<count).map { normal.value(at: (Double($0) + 0.5) / Double(count)) }
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        // Midpoint rule over 20,000 quantiles.
        #expect(abs(mean - 0.58) < 1e-5 && abs(variance.squareRoot() / deviation - 1) < 1e-3)
        #expect(values.allSatisfy { (low...high).contains($0) })
    }

    @Test("A clip that no normal distribution fits is refused")
    func impossibleClip() {
        #expect(throws: CineError.self) { try Distribution.Normal(mean: 5, deviation: 3, clip: 4...6) }
        #expect(throws: CineError.self) { try Distribution.Normal(mean: 7, deviation: 1, clip: 4...6) }
        #expect(throws: CineError.self) { try Distribution.Normal(mean: 5, deviation: 0, clip: 4...6) }
    }

    @Test("The normal quantile inverts the distribution function")
    func quantile() {
        for step in 1..<1000 {
            let share = Double(step) / 1000
            #expect(abs(StandardNormal.cumulative(StandardNormal.quantile(share)) - share) < 1e-14)
        }
        // Φ⁻¹(0.975), Abramowitz and Stegun table 26.
        #expect(abs(StandardNormal.quantile(0.975) - 1.959963984540054) < 1e-12)
    }

    @Test("Scores have the correlations that were asked for, and impossible ones are refused")
    func scores() throws {
        let scores = try NormalScores(names: ["a", "b", "c"], correlations: [(0, 1, 0.6), (1, 2, -0.4)])
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        var sums = (first: 0.0, second: 0.0, third: 0.0)
        let count = 20_000
        for _ in 0..<count {
            let z = scores((0..<3).map { _ in random.uniform() }).map(StandardNormal.quantile)
            sums.first += z[0] * z[1] / Double(count)
            sums.second += z[1] * z[2] / Double(count)
            sums.third += z[0] * z[2] / Double(count)
        }
        // Five standard errors.
        #expect(abs(sums.first - 0.6) < 0.04 && abs(sums.second + 0.4) < 0.04 && abs(sums.third) < 0.04)
        #expect(throws: CineError.self) {
            try NormalScores(names: ["a", "b", "c"], correlations: [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)])
        }
    }

    @Test("A patient depends on the seed and on its own number alone")
    func determinism() throws {
        let changes: [Variable: Distribution] = [
            .lvEF: try .normal(Distribution.Normal(mean: 0.58, deviation: 0.05, clip: 0.45...0.71)),
            .roll: .uniform(-20...20),
        ]
        let forwards = try (0..<20).map { try cohort(changes).draw(seed: 5, patient: $0) }
        let backwards = try (0..<20).reversed().map { try cohort(changes).draw(seed: 5, patient: $0) }
        #expect(forwards == backwards.reversed())
        #expect(Set(forwards).count == 20)
        #expect(try cohort(changes).draw(seed: 6, patient: 0) != forwards[0])
    }

    @Test("Shares spread evenly: every 25 patients have one in each 25th")
    func evenSpread() {
        for index in 0..<5 {
            for block in 0..<4 {
                let places = (25 * block..<25 * (block + 1)).map { EvenSpread(seed: 2, rank: $0)(0.5, index: index) }
                #expect(places.sorted().enumerated().allSatisfy { abs($1 - (Double($0) + 0.5) / 25) < 1e-12 })
            }
        }
    }

    @Test("Even shares of different values do not correlate")
    func independence() {
        let shares = (0..<1000).map { rank in (0..<8).map { EvenSpread(seed: 4, rank: rank)(0.5, index: $0) - 0.5 } }
        for first in 0..<8 {
            for second in 0..<first {
                // Four standard errors of 1000 independent pairs.
                #expect(abs(12 * shares.reduce(0) { $0 + $1[first] * $1[second] } / 1000) < 0.13)
            }
        }
    }

    @Test("A draw outside a limit is repeated; a limit that nothing keeps is an error that names it")
    func rejection() throws {
        let changes: [Variable: Distribution] = [.lvEF: .uniform(0.4...0.7)]
        let strict = cohort(changes) { $0.limits = ["lv_ef": Distribution.Bounds(0.6...0.8)] }
        for patient in 0..<100 {
            #expect(try strict.draw(seed: 1, patient: patient).lv.ejectionFraction >= 0.6)
        }
        let impossible = cohort(changes) { $0.limits = ["lv_ef": Distribution.Bounds(0.75...0.8)] }
        #expect { try impossible.draw(seed: 1, patient: 3) } throws: { error in
            let message = (error as? CineError)?.message ?? ""
            return message.contains("lv_ef") && message.contains("0.75") && message.contains("patient 3")
        }
    }

    @Test("A missing value, an unknown limit and a mass given by nothing are errors that name them")
    func incomplete() {
        func message(_ adjust: (inout Cohort.Block) -> Void) -> String {
            do {
                _ = try cohort([:], adjust).draw(seed: 1, patient: 0)
                return ""
            } catch {
                return "\(error)"
            }
        }
        let noRate = message { $0.values?[.heartRate] = nil }
        let noSuchLimit = message { $0.limits = ["lv_volume": Distribution.Bounds(0...1)] }
        let noMass = message { $0.values?[.lvMassIndex] = nil }
        let complete = message { _ in }
        #expect(noRate.contains("heart_rate_bpm"))
        #expect(noSuchLimit.contains("lv_volume"))
        #expect(noMass.contains("lv_mass_g_per_m2"))
        #expect(complete == "")
    }

    @Test("The wall model is exact for the mean heart and inverts")
    func walls() {
        var lv = PatientParameters.LeftVentricle()
        lv.edvML = 150.7
        lv.massG = 101.35 * 1.05
        #expect(zip(lv.wallThicknessMM, lv.wallPattern).allSatisfy { abs($0 - $1) < 1e-9 })
        lv.wallPattern = zip(lv.wallPattern, Hypertrophy.asymmetric.factors(ratio: 2.5)).map { $0 * $1 }
        lv.massG = lv.massG(thickestWallMM: 21)
        #expect(abs((lv.wallThicknessMM.max() ?? 0) - 21) < 1e-9)
    }

    @Test("The reference patient keeps the hard limits, one outside is named")
    func limits() throws {
        var patient = PatientParameters()
        try patient.checkLimits()
        #expect(Set(PatientParameters.limits.map(\.name)).count == PatientParameters.limits.count)
        patient.lv.ejectionFraction = 0.95
        #expect { try patient.checkLimits() } throws: { "\($0)".contains("lv_ef") && "\($0)".contains("0.95") }
    }

    @Test("A cohort survives being written and read")
    func roundTrip() throws {
        var original = cohort([
            .lvEF: try .normal(Distribution.Normal(mean: 0.58, deviation: 0.05, clip: 0.45...0.71)),
            .roll: .uniform(-20...20),
            .breathHoldScale: try .lognormal(Distribution.Lognormal(median: 1.6, logDeviation: 1, clip: 0.1...8)),
        ]) {
            $0.correlations = [Cohort.Correlation(first: .lvEF, second: .roll, coefficient: 0.2)]
            $0.limits = ["lv_ef": Distribution.Bounds(0.4...0.8)]
        }
        original.rhythms = [.sinus: 0.9, .fibrillation: 0.1]
        original.infarcts = [.lad: 1]
        let data = try JSONEncoder().encode(original)
        #expect(try JSONDecoder().decode(Cohort.self, from: data) == original)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"female_share\":0.5") && text.contains("\"lv_ef\":{\"normal\""))
    }

    @Test("Tissue factors change the patient's table, an unknown tissue is named")
    func tissueFactors() throws {
        let factors = ["liver": PatientParameters.TissueFactor(t1: 1.1, t2: 0.9)]
        let table = try TissueTable.reference15T.applying(factors)
        #expect(abs(table[.liver].t1MS - 576 * 1.1) < 1e-9 && abs(table[.liver].t2MS - 46 * 0.9) < 1e-9)
        #expect(table[.muscle] == TissueTable.reference15T[.muscle])
        #expect { try TissueTable.reference15T.applying(["livr": .init()]) } throws: { "\($0)".contains("livr") }
        let data = try JSONEncoder().encode(TissueTable.reference15T)
        #expect(try JSONDecoder().decode(TissueTable.self, from: data) == TissueTable.reference15T)
    }
}
