import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

@Suite("Methods", .serialized)
struct MethodTests {
    /// Of other anatomy than what the settings were tuned on.
    static let scan = Result { try Scan(seed: 1) }

    private func decibels(_ scan: Scan, _ images: [ComplexFloat]) -> Double {
        -10 * log10(scan.error(images, inHeart: true))
    }

    @Test("CG-SENSE of all lines without noise is the exact combination of the coils")
    func fullySampled() throws {
        let scan = try Self.scan.get()
        let (samples, encoding) = try scan.read(allLines(96, frames: 20), isNoisy: false)
        var settings = CGSENSE()
        settings.lambda = 0
        // The maps are scaled to Σ|S|² = 1, so EᴴE = 1: one step, and single precision is left.
        #expect(scan.error(try run(.cgSENSE(settings), samples, encoding)) < 1e-6)
        #expect(scan.error(try run(.zeroFilled, samples, encoding)) < 1e-6)
    }

    private func run(
        _ method: Method, _ samples: [ComplexFloat], _ encoding: some DynamicEncoding, threads: Int = 2
    ) throws -> [ComplexFloat] {
        try Reconstruction.run(method, samples: samples, encoding: encoding, threads: threads)
    }

    /// What a method should gain in the heart over zero filling at R = 4, in dB, about half of what was measured.
    ///
    /// The time average removes aliasing and all motion; CG-SENSE has 2.1² = 6.4 dB more noise than its lines' share
    /// (g-factor of the coils); the others know something of the images, and the least of them gains 8 dB.
    private func leastGain(_ method: Method) -> Double {
        switch method {
        case .temporalAverage: 0
        case .cgSENSE: 1
        default: 5
        }
    }

    @Test("Every method beats zero filling at R = 4", arguments: ["lattice", "Gaussian"])
    func fourfold(mask: String) throws {
        let scan = try Self.scan.get()
        let lines =
            mask == "lattice"
            ? lattice(96, frames: 20, acceleration: 4) : gaussianDensity(96, frames: 20, acceleration: 4, seed: 1)
        let (samples, encoding) = try scan.read(lines)
        let zeroFilled = decibels(scan, try run(.zeroFilled, samples, encoding))
        for method in Method.all where method != .zeroFilled && method != .rootSumOfSquares {
            let gain = decibels(scan, try run(method, samples, encoding)) - zeroFilled
            #expect(gain > leastGain(method), "\(method.name)")
        }
    }

    @Test("At R = 8, methods that use time beat CG-SENSE in the heart", arguments: ["lattice", "Gaussian"])
    func eightfold(mask: String) throws {
        let scan = try Self.scan.get()
        let lines =
            mask == "lattice"
            ? lattice(96, frames: 20, acceleration: 8) : gaussianDensity(96, frames: 20, acceleration: 8, seed: 1)
        let (samples, encoding) = try scan.read(lines)
        let frameByFrame = decibels(scan, try run(.cgSENSE(CGSENSE()), samples, encoding))
        for method in [Method.ktFOCUSS(KTFOCUSS()), .lowPlusSparse(LowPlusSparse()), .temporalTV(TemporalTV())] {
            let gain = decibels(scan, try run(method, samples, encoding)) - frameByFrame
            // Frame by frame, R = 8 has as many unknowns as eight coils can tell apart at best: half of what was measured.
            #expect(gain > 2, "\(method.name)")
        }
    }

    @Test("The objective never rises, and falls", arguments: Method.all.filter { $0.solver != nil })
    func objective(method: Method) throws {
        let scan = try Scan(seed: 2, size: 48, frames: 8)
        let (samples, encoding) = try scan.read(gaussianDensity(48, frames: 8, acceleration: 4, seed: 2))
        var objectives: [Double] = []
        _ = try Reconstruction.run(method, samples: samples, encoding: encoding) { objectives.append($0.objective) }
        #expect(objectives.count > 3)
        #expect(objectives[objectives.count - 1] < objectives[0])
        for (before, after) in zip(objectives, objectives.dropFirst()) {
            // What single precision leaves of sums of order of the first objective.
            #expect(after <= before + 2e-6 * objectives[0])
        }
    }

    @Test("Images scale with the samples, and do not depend on the threads", arguments: Method.all)
    func scaleAndThreads(method: Method) throws {
        let scan = try Scan(seed: 2, size: 40, frames: 6)
        let (samples, _) = try scan.read(lattice(40, frames: 6, acceleration: 4))
        let lines = lattice(40, frames: 6, acceleration: 4)
        func images(_ samples: [ComplexFloat], threads: Int) throws -> [ComplexFloat] {
            let encoding = try CartesianSENSE(maps: scan.maps, lines: lines, threads: threads)
            return try run(method, samples, encoding, threads: threads)
        }
        let one = try images(samples, threads: 1)
        #expect(try images(samples, threads: 3) == one)
        // A power of two changes no digit.
        let larger = try images(samples.map { $0.multiplied(by: 1024) }, threads: 1)
        #expect(larger == one.map { $0.multiplied(by: 1024) })
    }

    @Test("An encoding over any transform reconstructs as the Cartesian one does")
    func anyTransform() throws {
        let scan = try Scan(seed: 2, size: 32, frames: 4)
        let lines = lattice(32, frames: 4, acceleration: 2)
        let (samples, cartesian) = try scan.read(lines)
        let transforms = try lines.map { lines in
            try CartesianSENSE(maps: .uniform(height: 32, width: 32), lines: Array(repeating: lines, count: 8))
        }
        let dynamic = try DynamicSENSE(maps: scan.maps, transforms: transforms, lines: 16, threads: 2)
        var settings = CGSENSE()
        // Without λ, the norm of the encoding, which is found by iteration here, does not matter.
        (settings.lambda, settings.iterations) = (0, 8)
        let (a, b) = (try run(.cgSENSE(settings), samples, cartesian), try run(.cgSENSE(settings), samples, dynamic))
        let difference = zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1).lengthSquared) }
        #expect(difference < 1e-8 * a.reduce(0) { $0 + Double($1.lengthSquared) })
    }

    @Test("Methods are found by name; others are refused with the names there are")
    func names() throws {
        for method in Method.all { #expect(try Method(named: method.name) == method) }
        let error = #expect(throws: CineError.self) { try Method(named: "magic") }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains("kt-focuss") == true)
    }

    @Test("Samples that do not fit are refused with a reason")
    func badSamples() throws {
        let encoding = try CartesianSENSE(maps: .uniform(height: 4, width: 4), lines: [[0, 1]])
        let few = #expect(throws: CineError.self) { try run(.zeroFilled, [.zero], encoding) }
        #expect(few?.message.contains("[1, 1, 2, 4]") == true)
        let broken = [ComplexFloat](repeating: ComplexFloat(.nan, 0), count: 8)
        #expect(throws: CineError.self) { try run(.zeroFilled, broken, encoding) }
        let zeros = [ComplexFloat](repeating: .zero, count: 8)
        #expect(try run(.lowRank(LowRank()), zeros, encoding) == [ComplexFloat](repeating: .zero, count: 16))
    }
}
