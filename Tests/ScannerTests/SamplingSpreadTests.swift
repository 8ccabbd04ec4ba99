import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Scanner

private func pattern(
    _ kind: SamplingSettings.Kind, matrix: Int, frames: Int = 12, _ change: (inout SamplingSettings) -> Void = { _ in }
) throws -> SamplingPattern {
    var settings = SamplingSettings(kind)
    change(&settings)
    return try SamplingPattern(
        settings, matrix: matrix, frames: frames, seed: 1, patient: 0, view: .sax, slice: 0)
}

/// Of a sum of about a hundred terms in single precision, relative to its largest value.
private let rounding: Float = 1e-5

@Suite("Sampling: point spread") struct SamplingSpreadTests {
    @Test("A full scan leaves the point where it is", arguments: [64, 63])
    func full(matrix: Int) throws {
        let spread = try SamplingSpread(pattern(.full, matrix: matrix, frames: 5))
        for y in 0..<matrix {
            for x in 0..<matrix {
                let expected: Float = x == matrix / 2 && y == matrix / 2 ? 1 : 0
                #expect(abs(spread.inPlane[y * matrix + x] - expected) < rounding)
            }
            for f in 0..<5 {
                let expected: Float = f == 2 && y == matrix / 2 ? 1 : 0
                #expect(abs(spread.inTime[y * 5 + f] - expected) < rounding)
            }
        }
        #expect(spread.sideLobeDB < -100 && spread.sideLobeInTimeDB < -100)
    }

    /// Σ e^(2πi(s + t + 4m)y/N) is 0 but at y = nN/4, where it is e^(2πi(s + t)n/4): temporal frequency nT/4.
    @Test("A lattice without a centre folds one point onto four, each at its own temporal frequency")
    func lattice() throws {
        let spread = try SamplingSpread(
            pattern(.lattice, matrix: 60) {
                $0.acceleration = 4
                $0.centreLines = 0
            })
        for y in 0..<60 {
            let fold = y % 15 == 0
            #expect(abs(spread.inPlane[y * 60 + 30] - (fold ? 1 : 0)) < rounding)
            for f in 0..<12 {
                let expected: Float = fold && (f - 6 - (y - 30) / 15 * 3) % 12 == 0 ? 1 : 0
                #expect(abs(spread.inTime[y * 12 + f] - expected) < rounding, "y \(y), f \(f)")
            }
        }
        #expect(abs(spread.sideLobeDB) < 1e-3 && abs(spread.sideLobeInTimeDB) < 1e-3)
    }

    /// m lines side by side give |sin(πmy/N) / (m sin(πy/N))|.
    @Test("Partial Fourier widens the point as the sum of its lines does")
    func partialFourier() throws {
        let pattern = try pattern(.full, matrix: 64) { $0.partialFourier = 0.625 }
        let spread = try SamplingSpread(pattern)
        let count = Double(pattern.linesPerFrame)
        #expect(count == 40)
        for y in 0..<64 where y != 32 {
            let angle = Double.pi * Double(y - 32) / 64
            let expected = abs(sin(count * angle) / (count * sin(angle)))
            #expect(abs(Double(spread.inPlane[y * 64 + 32]) - expected) < Double(rounding))
        }
        // The magnitude falls until 3 and is at its highest beyond at 4, of whole pixels.
        let lobe = 1 / (40 * sin(Double.pi / 16))
        #expect(abs(spread.sideLobeDB - 20 * log10(lobe)) < 1e-3)
    }

    @Test("A wide peak is not called a side lobe")
    func widePeak() throws {
        let spread = try SamplingSpread(pattern(.gaussian, matrix: 128) { $0.acceleration = 8 })
        #expect(spread.sideLobeInTimeDB < SamplingSpread.decibels(spread.inTime[66 * 12 + 6]) - 1)
    }

    @Test("Off the grid it is the weighted sum over the frame's points", arguments: [63, 64])
    func direct(matrix: Int) throws {
        for (kind, frames) in [(SamplingSettings.Kind.radialGolden, 2), (.radialUniform, 2), (.spiral, 3)] {
            let pattern = try pattern(kind, matrix: matrix, frames: frames) { $0.spokesPerFrame = 13 }
            let spread = try SamplingSpread(pattern)
            let size = pattern.linesPerFrame * pattern.samplesPerLine
            let points = try #require(pattern.trajectory).prefix(size).map { SIMD2<Double>($0) }
            let weights = DensityCompensation.pipeMenon(shape: [matrix, matrix], points: points)
            let total = weights.reduce(0.0) { $0 + Double($1) }
            for (x, y) in [(0, 0), (matrix / 2, matrix / 2), (matrix / 2, 3), (matrix / 2 + 5, matrix / 2 - 9)] {
                let away = SIMD2(Double(x - matrix / 2), Double(y - matrix / 2)) * (2 * .pi / Double(matrix))
                let sum = zip(points, weights).reduce(ComplexDouble.zero) {
                    $0 + ComplexDouble(length: Double($1.1), phase: ($1.0 * away).sum())
                }
                // The tolerance of the NUFFT, 1e-4, is of the norm of all pixels; a pixel's share is smaller.
                #expect(abs(Double(spread.inPlane[y * matrix + x]) - sum.length / total) < 1e-4)
            }
        }
    }

    @Test("What is the same in every frame stays at temporal frequency 0, and golden angles do not")
    func time() throws {
        let still = try SamplingSpread(pattern(.radialUniform, matrix: 48, frames: 7) { $0.spokesPerFrame = 9 })
        for y in 0..<48 {
            for f in 0..<7 where f != 3 { #expect(still.inTime[y * 7 + f] < rounding) }
        }
        #expect(abs(still.sideLobeInTimeDB - still.sideLobeDB) < 6)
        let moving = try SamplingSpread(pattern(.radialGolden, matrix: 48, frames: 7) { $0.spokesPerFrame = 9 })
        #expect(moving.sideLobeInTimeDB < still.sideLobeInTimeDB - 3)
    }

    @Test("Threads change nothing")
    func threads() throws {
        let pattern = try pattern(.spiral, matrix: 40, frames: 5)
        let (one, three) = (try SamplingSpread(pattern), try SamplingSpread(pattern, threads: 3))
        #expect(one.inPlane == three.inPlane && one.inTime == three.inTime)
    }

    @Test("Readouts have their place among all that there are")
    func places() throws {
        let lines = try pattern(.full, matrix: 8, frames: 2)
        #expect(lines.places == [[Double]](repeating: (0..<8).map { (Double($0) + 0.5) / 8 }, count: 2))
        let golden = try pattern(.radialGolden, matrix: 32, frames: 3) { $0.spokesPerFrame = 5 }
        let turns = golden.places.flatMap { $0 }
        #expect(golden.places.map(\.count) == [5, 5, 5] && turns.allSatisfy((0..<1).contains))
        for (before, after) in zip(turns, turns.dropFirst()) {
            let step = after - before
            // 111.25° of 180°.
            #expect(abs(step - step.rounded(.down) - 0.618034) < 1e-6)
        }
        let spiral = try pattern(.spiral, matrix: 32, frames: 1) { $0.interleaves = 16 }
        #expect(spiral.places == [[0, 0.25, 0.5, 0.75]])
    }
}
