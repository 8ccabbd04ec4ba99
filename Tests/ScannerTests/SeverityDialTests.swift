import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

@Suite("Severity dials") struct SeverityDialTests {
    private static let curves = ChamberCurves(parameters: PatientParameters())

    /// RMS of what a fault displaces: mm of the diaphragm, mL of the LV, Hz, or cycles per field of view.
    private func displacement(
        _ dial: SeverityDial, level: Int, seed: UInt64, mode: GatingSettings.Mode
    ) throws -> Double {
        var scan = Scan.regular
        scan.gating.mode = mode
        if dial == .gradientDelay { scan.sampling = SamplingSettings(.radialGolden) }
        var field = FieldSettings()
        dial.set(level, gating: &scan.gating, sampling: &scan.sampling, field: &field)
        let clock = try scan.clock(seed: seed)
        let squares: [Double]
        switch dial {
        case .breathing, .drift: squares = clock.readouts.map { $0.breathing.diaphragmMM * $0.breathing.diaphragmMM }
        case .misTrigger, .arrhythmia:
            let frames = clock.frameStates.map { Self.curves.volumes(of: $0).lvML }
            squares = clock.readouts.enumerated().map { number, readout in
                let wanted = frames[number / clock.linesPerFrame]
                let seen = Self.curves.volumes(of: readout.heart).lvML
                return (seen - wanted) * (seen - wanted)
            }
        case .offResonance: squares = [field.offsetHz * field.offsetHz]
        case .gradientDelay:
            let pattern = try scan.pattern(seed: seed)
            squares = zip(pattern.trajectory ?? [], pattern.actualTrajectory ?? []).map { nominal, actual in
                let shift = SIMD2<Double>(actual - nominal)
                return (shift * shift).sum()
            }
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    @Test("What a fault displaces rises with its dial", arguments: SeverityDial.allCases)
    func rises(dial: SeverityDial) throws {
        // Breathing and gradients know no triggers.
        let isGated = dial == .misTrigger || dial == .arrhythmia
        for mode in isGated ? [GatingSettings.Mode.prospective, .retrospective] : [.retrospective] {
            let seeds = 0..<20 as Range<UInt64>
            let table = try seeds.map { seed in
                try (1...SeverityDial.levels).map { try displacement(dial, level: $0, seed: seed, mode: mode) }
            }
            let mean = table.map(spearman).reduce(0, +) / 20
            #expect(mean > 0.95, "\(mode): \(mean)")
            for row in table { #expect(row.allSatisfy { $0 > 0 }) }
        }
    }

    @Test("Level 0 is a scan without the fault")
    func zero() throws {
        for dial in SeverityDial.allCases {
            let found = try displacement(dial, level: 0, seed: 3, mode: .prospective)
            let still = try displacement(
                dial == .gradientDelay ? .drift : .gradientDelay, level: 0, seed: 3, mode: .prospective)
            #expect(dial == .misTrigger || dial == .arrhythmia ? found < 10 : found == 0)
            #expect(still == 0)
        }
    }
}
