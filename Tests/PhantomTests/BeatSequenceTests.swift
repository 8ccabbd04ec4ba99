import Core
import Foundation
import Testing

@testable import Phantom

private func beats(
    _ kind: PatientParameters.Rhythm.Kind, seconds: Double, patient: Int = 0, breathHold: Bool = false,
    _ change: (inout PatientParameters) -> Void = { _ in }
) -> BeatSequence {
    var parameters = PatientParameters()
    parameters.rhythm.kind = kind
    change(&parameters)
    var random = Philox(seed: 3, patient: patient, stage: .rhythm)
    return BeatSequence(
        parameters: parameters, durationMS: seconds * 1000, breathHold: breathHold, random: &random)
}

private func meanAndSpread(_ values: [Double]) -> (mean: Double, spread: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
}

@Suite("Beat sequences") struct BeatSequenceTests {
    @Test("Beats follow one another without gaps and cover the time", arguments: [0, 1, 2])
    func gapless(_ index: Int) {
        let kind = PatientParameters.Rhythm.Kind.allCases[index]
        let sequence = beats(kind, seconds: 60) { $0.rhythm.ectopicShare = 0.2 }
        for (beat, next) in zip(sequence.beats, sequence.beats.dropFirst()) {
            #expect(abs(beat.endMS - next.startMS) < 1e-9)
        }
        #expect(sequence.beats.first?.startMS == 0)
        #expect((sequence.beats.last?.endMS ?? 0) >= 60_000)
    }

    @Test("Sinus rhythm has the mean and SD of RR that the patient has")
    func sinus() {
        let rr = beats(.sinus, seconds: 1800) { $0.rhythm.rrDeviationMS = 40 }.beats.map(\.rrMS)
        let (mean, spread) = meanAndSpread(rr)
        // 2000 correlated beats: the bands are 0.01 Hz wide, so some 20 independent values each.
        #expect(abs(mean - 60_000 / 65) < 10)
        #expect(abs(spread - 40) < 10)
    }

    @Test("Fibrillation varies by 20 % or more, without memory")
    func fibrillation() {
        let rr = beats(.fibrillation, seconds: 3600).beats.map(\.rrMS)
        let (mean, spread) = meanAndSpread(rr)
        let memory = zip(rr, rr.dropFirst()).map { ($0 - mean) * ($1 - mean) }
        #expect(abs(mean / (60_000 / 65) - 1) < 0.03)
        #expect((0.18...0.25).contains(spread / mean))
        // Four standard errors of a correlation of 3900 beats.
        #expect(abs(meanAndSpread(memory).mean / (spread * spread)) < 0.065)
    }

    @Test("In fibrillation a short RR makes a weak next beat")
    func fillingRules() {
        let all = beats(.fibrillation, seconds: 600).beats
        let pairs = zip(all, all.dropFirst())
        let short = pairs.filter { $0.0.rrMS < 750 }.map(\.1.strokeFactor)
        let long = pairs.filter { $0.0.rrMS > 1050 }.map(\.1.strokeFactor)
        #expect(meanAndSpread(short).mean < meanAndSpread(long).mean - 0.05)
    }

    @Test("Ectopic beats come early, weak, with a full compensatory pause, and the next beat is strong")
    func ectopy() {
        let all = beats(.ectopic, seconds: 1800) {
            $0.rhythm.ectopicShare = 0.15
            $0.rhythm.rrDeviationMS = 0
        }.beats
        let share = Double(all.count { $0.kind == .ectopic }) / Double(all.count)
        // Four standard errors of a share of 0.15 of 1900 beats.
        #expect(abs(share - 0.15) < 0.033)
        for index in all.indices.dropFirst().dropLast() where all[index].kind == .ectopic {
            #expect(abs(all[index - 1].rrMS + all[index].rrMS - 2 * 60_000 / 65) < 1e-6)
            #expect((0.5...0.7).contains(all[index - 1].rrMS / (60_000 / 65)))
            #expect(all[index].strokeFactor < 0.75)
            #expect((1.05...1.2).contains(all[index + 1].strokeFactor))
        }
    }

    @Test("Volumes are continuous through every beat, cut-off ones too", arguments: [0, 1, 2])
    func continuity(_ index: Int) {
        let kind = PatientParameters.Rhythm.Kind.allCases[index]
        let sequence = beats(kind, seconds: 120) { $0.rhythm.ectopicShare = 0.3 }
        let parameters = PatientParameters()
        for beat in sequence.beats.dropFirst() {
            let before = sequence.volumes(atMS: beat.startMS - 1e-6)
            let after = sequence.volumes(atMS: beat.startMS)
            // Flows stay below 1000 mL/s, 1e-6 mL in 1e-6 ms.
            #expect(abs(before.lvML - after.lvML) < 1e-4 && abs(before.rvML - after.rvML) < 1e-4)
            #expect(abs(before.laML - after.laML) < 1e-4 && abs(before.raML - after.raML) < 1e-4)
        }
        let all = stride(from: 0.0, to: 120_000, by: 5).map { sequence.volumes(atMS: $0) }
        #expect(all.allSatisfy { $0.lvML > 0.14 * parameters.lv.edvML && $0.lvML < parameters.lv.edvML + 1e-6 })
        #expect(all.allSatisfy { $0.rvML > 0.14 * parameters.rv.edvML && $0.laML > 20 && $0.raML > 40 })
    }

    @Test("Heart rate drifts over a breath-hold as the patient's does")
    func drift() {
        let all = beats(.sinus, seconds: 15, breathHold: true) {
            $0.rhythm.breathHoldDrift = 0.1
            $0.rhythm.rrDeviationMS = 0
        }.beats
        let last = all[all.count - 1]
        #expect(abs(all[0].rrMS - 60_000 / 65) < 1e-9)
        #expect(abs(last.rrMS / (60_000 / 65 / (1 + 0.1 * last.startMS / 15_000)) - 1) < 1e-9)
    }

    @Test("A position knows its beat and its phase")
    func positions() {
        let sequence = beats(.sinus, seconds: 30)
        for (index, beat) in sequence.beats.enumerated() {
            let position = sequence.position(atMS: beat.startMS + 200)
            #expect(position.beat == index)
            #expect(abs(position.timeMS - 200) < 1e-9)
            #expect(abs(position.phase - 200 / sequence.curves.timing.rrMS) < 1e-9)
        }
    }

    @Test("The same stream gives the same beats, another patient's others")
    func determinism() {
        #expect(beats(.sinus, seconds: 20).beats == beats(.sinus, seconds: 20).beats)
        #expect(beats(.sinus, seconds: 20).beats != beats(.sinus, seconds: 20, patient: 1).beats)
    }
}

@Suite("Respiration") struct RespirationPhysiologyTests {
    private func curve(_ seconds: Double) -> RespirationCurve {
        var random = Philox(seed: 8, patient: 0, stage: .breathHold)
        return RespirationCurve(
            parameters: PatientParameters.Respiration(), durationMS: seconds * 1000, random: &random)
    }

    @Test("The diaphragm moves smoothly by about the tidal excursion and rests at end-expiration")
    func excursion() {
        let curve = curve(600)
        let positions = stride(from: 0.0, to: 600_000, by: 20).map { curve.position(atMS: $0).diaphragmMM }
        let sorted = positions.sorted()
        #expect((10.0...22).contains((sorted.last ?? 0) - sorted[0]))
        // sin⁴ is below a tenth of its peak for 38 % of the time; the wander blurs it.
        #expect((0.3...0.5).contains(Double(positions.count { $0 < 2 }) / Double(positions.count)))
        // Steepest: 12·1.5 mm × 4.1/(0.5·4.5 s) in 20 ms.
        #expect(zip(positions, positions.dropFirst()).allSatisfy { abs($0 - $1) < 0.7 })
    }

    @Test("The front-back motion repeats the diaphragm's a lag later")
    func lag() {
        let curve = curve(30)
        for time in stride(from: 400.0, to: 30_000, by: 130) {
            let lagged = curve.position(atMS: time).laggedMM
            #expect(abs(lagged - curve.position(atMS: time - 350).diaphragmMM) < 1e-9)
        }
    }
}
