import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

/// Finds the default settings: `CINEFORGE_FULL=1 swift test --filter Tuning` prints a line for each choice.
@Suite("Tuning", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil), .serialized)
struct TuningTests {
    /// Samples, encoding and what an image is worth, smaller being better.
    struct Case {
        let name: String
        let samples: [ComplexFloat]
        let encoding: CartesianSENSE
        let error: ([ComplexFloat]) -> Double
    }

    /// The error of each choice in each case, one line a choice.
    static func tune(_ choices: [(String, Method)], on cases: [Case]) throws {
        for (name, method) in choices {
            var (line, sum) = ("", 0.0)
            for test in cases {
                let clock = ContinuousClock.now
                let images = try Reconstruction.run(method, samples: test.samples, encoding: test.encoding, threads: 2)
                let seconds = (ContinuousClock.now - clock) / .seconds(1)
                let error = -10 * log10(test.error(images))
                sum += error
                line += String(format: "  %@ %.2f dB %.2f s", test.name, error, seconds)
            }
            print("measured: \(method.name) \(name) mean", String(format: "%.2f dB", sum / Double(cases.count)), line)
        }
    }

    /// Phantoms with other seeds than those that the tests judge.
    static func cases() throws -> [Case] {
        try [UInt64(101)].flatMap { seed -> [Case] in
            let scan = try Scan(seed: seed)
            let masks = [
                ("lattice 4", lattice(96, frames: 20, acceleration: 4)),
                ("lattice 8", lattice(96, frames: 20, acceleration: 8)),
                ("Gaussian 4", gaussianDensity(96, frames: 20, acceleration: 4, seed: seed)),
                ("Gaussian 8", gaussianDensity(96, frames: 20, acceleration: 8, seed: seed)),
            ]
            return try masks.map { name, lines in
                let (samples, encoding) = try scan.read(lines)
                return Case(name: name, samples: samples, encoding: encoding) { scan.error($0, inHeart: true) }
            }
        }
    }

    @Test("Settings of every method")
    func settings() throws {
        let only = ProcessInfo.processInfo.environment["CINEFORGE_TUNE"]?.split(separator: ",").map(String.init)
        let cases = try Self.cases()
        var choices: [(String, Method)] = [("", .zeroFilled), ("", .temporalAverage)]
        for lambda in [0.0005, 0.002, 0.008] {
            for iterations in [10, 20, 40] {
                var settings = CGSENSE()
                (settings.lambda, settings.iterations) = (lambda, iterations)
                choices.append(("\(lambda) \(iterations)", .cgSENSE(settings)))
            }
        }
        for lambda in [0.001, 0.002, 0.004, 0.008, 0.016, 0.032] {
            var spatial = SpatialTV()
            spatial.lambda = lambda
            choices.append(("\(lambda)", .spatialTV(spatial)))
            var temporal = TemporalTV()
            temporal.lambda = lambda
            choices.append(("\(lambda)", .temporalTV(temporal)))
            var sparse = KTSparse()
            sparse.lambda = lambda
            choices.append(("\(lambda)", .ktSparse(sparse)))
            var focuss = KTFOCUSS()
            focuss.lambda = lambda
            choices.append(("\(lambda)", .ktFOCUSS(focuss)))
            var low = LowRank()
            low.lambda = lambda / 2
            choices.append(("\(lambda / 2)", .lowRank(low)))
        }
        for low in [0.01, 0.02, 0.04] {
            for sparse in [0.006, 0.012, 0.018] {
                var both = LowPlusSparse()
                (both.lambdaLow, both.lambdaSparse) = (low, sparse)
                choices.append(("\(low) \(sparse)", .lowPlusSparse(both)))
            }
        }
        var long = LowPlusSparse()
        (long.iterations, long.lambdaLow, long.lambdaSparse) = (200, 0.02, 0.012)
        choices.append(("0.02 0.012, 200 iterations", .lowPlusSparse(long)))
        try Self.tune(choices.filter { only?.contains($0.1.name) ?? true }, on: cases)
    }
}
