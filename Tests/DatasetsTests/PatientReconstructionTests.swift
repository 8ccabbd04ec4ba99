import Core
import Foundation
import Reconstruction
import Testing

@testable import Datasets

/// Methods on generated patients whom no setting was tuned on: of other cohorts and another seed than in `TuningTests`.
///
/// Scored where the heart moves and on x-t profiles, in dB. `CINEFORGE_FULL=1` takes more patients and larger scans, and
/// prints a table of all methods and patterns.
@Suite("Reconstruction of patients", .serialized)
struct PatientReconstructionTests {
    private static let isFull = ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil

    private static let scans = Result {
        var scans = PatientScans(cohorts: ["healthy-women", "minf", "arv"], seed: 32)
        if !isFull {
            scans.cohorts = ["minf"]
            scans.patterns = [.lattice4, .lattice8, .radial21]
            (scans.frames, scans.pixelMM, scans.fieldOfViewMM, scans.layerSpacingMM) = (12, 3, 288, 4)
        }
        let folder = try TemporaryFolder()
        return try scans.make(in: folder("dataset"))
    }

    private func worth(_ method: Method, on pattern: PatientScans.Pattern) throws -> Worth {
        try Worth(method, on: #require(try Self.scans.get()[pattern]))
    }

    /// What a method should gain over zero filling at R = 4 at least: half of what was seen.
    ///
    /// The average has no aliasing and no motion, either: in the heart it is hardly better. CG-SENSE undoes the aliasing
    /// and pays with noise; spatial variation removes that, but knows each frame alone; the others share what all frames
    /// know. Profiles cross still tissue, too, where sharing is worth most.
    private func leastGain(_ method: Method) -> (heartDB: Double, profileDB: Double) {
        switch method {
        case .temporalAverage: (0, 2)
        case .cgSENSE: (2.5, 3.5)
        case .spatialTV: (4, 5.5)
        default: (4.5, 6.5)
        }
    }

    @Test("Every method beats zero filling at R = 4")
    func fourfold() throws {
        let zeroFilled = try worth(.zeroFilled, on: .lattice4)
        for method in Method.all where method != .zeroFilled && method != .rootSumOfSquares {
            let (found, least) = (try worth(method, on: .lattice4), leastGain(method))
            #expect(found.heartDB - zeroFilled.heartDB > least.heartDB, "\(method.name)")
            #expect(found.profileDB - zeroFilled.profileDB > least.profileDB, "\(method.name)")
        }
    }

    /// As above, half of what the least of them gained.
    ///
    /// Eightfold, a frame alone has as many unknowns as eight coils can tell apart at best. Spokes lack less of k-space, and
    /// streaks are faint in the heart, so less is to be gained there; with samples not weighted by their density, all
    /// three lose by 4 dB.
    @Test(
        "Methods that use time beat CG-SENSE, eightfold and with 21 spokes",
        arguments: [(PatientScans.Pattern.lattice8, 0.8, 1.7), (.radial21, 0.4, 1.7)])
    func undersampled(pattern: PatientScans.Pattern, heartDB: Double, profileDB: Double) throws {
        let frameByFrame = try worth(.cgSENSE(CGSENSE()), on: pattern)
        for method in [Method.temporalTV(TemporalTV()), .ktFOCUSS(KTFOCUSS()), .lowPlusSparse(LowPlusSparse())] {
            let found = try worth(method, on: pattern)
            #expect(found.heartDB - frameByFrame.heartDB > heartDB, "\(method.name)")
            #expect(found.profileDB - frameByFrame.profileDB > profileDB, "\(method.name)")
            // What single precision leaves of sums of order of the first objective, as in `MethodTests`.
            #expect(found.rise < 2e-6, "\(method.name)")
        }
    }

    @Test("Table of all methods and patterns", .enabled(if: isFull))
    func table() throws {
        for method in Method.all {
            for pattern in PatientScans.Pattern.allCases {
                let worth = try worth(method, on: pattern)
                print(
                    "measured: \(method.name) \(pattern)",
                    String(format: "%.2f dB in the heart, %.2f dB on profiles", worth.heartDB, worth.profileDB))
            }
        }
    }
}
