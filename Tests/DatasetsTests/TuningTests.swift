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

    /// The settings of a method with weights that are off the default by so many factors.
    private static func choices() -> [(String, Method)] {
        var choices: [(String, Method)] = [("", .zeroFilled), ("", .temporalAverage)]
        for factor in [0.25, 0.5, 0.7, 1, 1.4, 2, 4] {
            func add<Settings>(
                _ settings: Settings, _ weight: WritableKeyPath<Settings, Double>, _ method: (Settings) -> Method
            ) {
                var settings = settings
                settings[keyPath: weight] *= factor
                choices.append(("\(Words.number(settings[keyPath: weight]))", method(settings)))
            }
            add(CGSENSE(), \.lambda, Method.cgSENSE)
            add(SpatialTV(), \.lambda, Method.spatialTV)
            add(TemporalTV(), \.lambda, Method.temporalTV)
            add(KTSparse(), \.lambda, Method.ktSparse)
            add(KTFOCUSS(), \.lambda, Method.ktFOCUSS)
            add(LowPlusSparse(), \.lambdaLow) { .lowPlusSparse($0) }
            add(LowPlusSparse(), \.lambdaSparse) { .lowPlusSparse($0) }
            add(LowRank(), \.lambda, Method.lowRank)
            add(LocalLowRank(), \.lambda, Method.localLowRank)
        }
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
