import Core
import Foundation
import Reconstruction
import Testing

@testable import Datasets

/// Finds the default settings: `CINEFORGE_FULL=1 swift test --filter Tuning` prints a line for each choice, and
/// `CINEFORGE_TUNE=kt-sparse,low-rank` those of some methods alone.
///
/// A default is what does best on the mean over the patterns, in the heart and along x-t profiles. Its scans are kept in the
/// temporary folder, as making them takes minutes.
@Suite("Tuning", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil), .serialized)
struct TuningTests {
    static let scans = PatientScans(cohorts: ["healthy-men", "dcm", "hcm"], seed: 31)

    /// Every method with weights off the default by some factors, then with half and twice the iterations.
    private static func choices() -> [(String, Method)] {
        var choices: [(String, Method)] = [("", .zeroFilled), ("", .temporalAverage)]
        func add<Settings>(
            _ settings: Settings, _ weights: [WritableKeyPath<Settings, Double>],
            _ iterations: WritableKeyPath<Settings, Int>, _ method: (Settings) -> Method
        ) {
            for (number, weight) in weights.enumerated() {
                for factor in [0.25, 0.5, 1, 2, 4] {
                    var settings = settings
                    settings[keyPath: weight] *= factor
                    choices.append(("weight \(number) \(Words.number(settings[keyPath: weight]))", method(settings)))
                }
            }
            for factor in [0.5, 2] {
                var settings = settings
                settings[keyPath: iterations] = Int(Double(settings[keyPath: iterations]) * factor)
                choices.append(("iterations \(settings[keyPath: iterations])", method(settings)))
            }
        }
        add(CGSENSE(), [\.lambda], \.iterations, Method.cgSENSE)
        add(SpatialTV(), [\.lambda], \.iterations, Method.spatialTV)
        add(TemporalTV(), [\.lambda], \.iterations, Method.temporalTV)
        add(KTSparse(), [\.lambda], \.iterations, Method.ktSparse)
        add(KTFOCUSS(), [\.lambda], \.innerIterations, Method.ktFOCUSS)
        add(LowPlusSparse(), [\.lambdaLow, \.lambdaSparse], \.iterations, Method.lowPlusSparse)
        add(LowRank(), [\.lambda], \.iterations, Method.lowRank)
        add(LocalLowRank(), [\.lambda], \.iterations, Method.localLowRank)
        return choices
    }

    @Test("Settings of every method")
    func settings() throws {
        let only = ProcessInfo.processInfo.environment["CINEFORGE_TUNE"]?.split(separator: ",").map(String.init)
        let scans = try Self.scans.make(
            in: FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-tuning"))
        for (name, method) in Self.choices() where only?.contains(method.name) ?? true {
            let worth = try Self.scans.patterns.map { try Worth(method, on: scans[$0] ?? []) }
            let count = Double(worth.count)
            let line = zip(Self.scans.patterns, worth).map { "\($0) " + String(format: "%.2f", $1.heartDB) }
            print(
                "measured: \(method.name) \(name)",
                String(
                    format: "mean %.2f dB in the heart, %.2f dB on profiles:",
                    worth.map(\.heartDB).reduce(0, +) / count,
                    worth.map(\.profileDB).reduce(0, +) / count), line.joined(separator: ", "))
        }
    }
}
