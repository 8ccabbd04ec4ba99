import Core
import Foundation
import Testing

@testable import Scanner

private func pattern(
    _ kind: SamplingSettings.Kind, matrix: Int, frames: Int = 30, slice: Int = 0, seed: UInt64 = 1,
    _ change: (inout SamplingSettings) -> Void = { _ in }
) throws -> SamplingPattern {
    var settings = SamplingSettings(kind)
    change(&settings)
    return try SamplingPattern(
        settings, matrix: matrix, frames: frames, seed: seed, patient: 0, view: .sax, slice: slice)
}

private let cartesian = SamplingSettings.Kind.allCases.filter(\.isCartesian)

@Suite("Sampling: Cartesian") struct CartesianSamplingTests {
    @Test("Every frame has L different lines of the grid, rising", arguments: cartesian, [63, 128, 150])
    func shape(kind: SamplingSettings.Kind, matrix: Int) throws {
        for (fraction, acceleration) in [(1.0, 1.0), (1, 2), (1, 5), (0.75, 2), (0.6, 4)] {
            let pattern = try pattern(kind, matrix: matrix, frames: 11) {
                $0.acceleration = acceleration
                $0.partialFourier = fraction
                if kind == .gaussian { $0.centreLines = 5 }
            }
            let lines = try #require(pattern.lines)
            #expect(lines.count == 11)
            #expect(pattern.trajectory == nil && pattern.actualTrajectory == nil)
            for frame in lines {
                #expect(frame.count == pattern.linesPerFrame)
                #expect(zip(frame, frame.dropFirst()).allSatisfy(<))
                #expect(frame.allSatisfy((0..<matrix).contains))
            }
            #expect(pattern.trueAcceleration == Double(matrix) / Double(pattern.linesPerFrame))
        }
    }

    @Test("A full scan reads every line; partial Fourier leaves out the lowest")
    func full() throws {
        #expect(try pattern(.full, matrix: 150).lines?.last == Array(0..<150))
        let part = try pattern(.full, matrix: 150) { $0.partialFourier = 0.75 }
        #expect(part.lines?.first == Array(37..<150))
        #expect(part.nominalAcceleration == 1)
    }

    /// True accelerations of reconstruction.md 8.1, with 4 and with 8 lines about the centre, of 30 frames.
    @Test(
        "The lattice has the true accelerations of the table before its frames are made equal",
        arguments: [
            (128, 4, 3.66, 3.37), (128, 8, 6.55, 5.57), (192, 8, 6.97, 6.19), (256, 8, 7.20, 6.56),
            (128, 9, 7.22, 6.01), (256, 9, 8.00, 7.21), (128, 12, 8.89, 7.11), (192, 12, 9.76, 8.23),
            (256, 12, 10.24, 8.95), (128, 16, 10.85, 8.24), (192, 16, 12.15, 9.83), (256, 16, 12.93, 10.88),
        ])
    func latticeTable(matrix: Int, acceleration: Int, four: Double, eight: Double) throws {
        for (count, expected) in [(4, four), (8, eight)] {
            var settings = SamplingSettings(.lattice)
            settings.acceleration = Double(acceleration)
            settings.centreLines = count
            let lines = CartesianLines(matrix: matrix, settings: settings)
            let sizes = (0..<acceleration).map { lines.lattice(residue: $0).count }
            let mean = Double(sizes.reduce(0, +)) / Double(acceleration)
            // The table's 30 frames are no multiple of R, and it has two decimals: together 0.6 %.
            #expect(abs(Double(matrix) / mean / expected - 1) < 0.006)
            // Equal frames are those of the largest, at most a line above the rounded mean, two where R divides badly.
            #expect(try settings.linesPerFrame(matrix: matrix) == sizes.max())
            #expect(Double(sizes.max() ?? 0) - mean < 2)
        }
    }

    @Test("The lattice moves by a line a frame, visits every line in R frames and keeps its centre")
    func lattice() throws {
        for slice in 0..<5 {
            let pattern = try pattern(.lattice, matrix: 150, frames: 16, slice: slice) { $0.acceleration = 8 }
            let lines = try #require(pattern.lines)
            #expect(lines.allSatisfy { Set($0).isSuperset(of: 73..<77) })
            #expect(Set(lines[3..<11].joined()).count == 150)
            // Far from the centre and its padding only the lattice is left.
            let outer = lines.map { $0.filter { $0 < 50 } }
            for (before, after) in zip(outer, outer.dropFirst()) {
                #expect(Set(before.map { $0 + 1 }).subtracting(after).allSatisfy { $0 >= 50 })
                #expect(zip(after, after.dropFirst()).allSatisfy { $1 - $0 == 8 })
            }
        }
    }

    @Test("Lattices of different slices start at different lines, all with the same L")
    func latticeStarts() throws {
        let starts = try (0..<64).map { slice in
            let lines = try pattern(.lattice, matrix: 150, frames: 1, slice: slice) { $0.acceleration = 8 }.lines
            return lines?[0][0] ?? -1
        }
        #expect(Set(starts) == Set(0..<8))
    }

    @Test("Gaussian frames have ⌊N/R⌋ lines with the centre", arguments: [(256, 11, 23), (256, 12, 21), (128, 9, 14)])
    func gaussianCount(matrix: Int, acceleration: Int, expected: Int) throws {
        let pattern = try pattern(.gaussian, matrix: matrix) { $0.acceleration = Double(acceleration) }
        #expect(pattern.linesPerFrame == expected)
        let lines = try #require(pattern.lines)
        #expect(lines.allSatisfy { Set($0).isSuperset(of: matrix / 2 - 4..<matrix / 2 + 4) })
        #expect(Set(lines).count == 30)
        #expect(pattern.nominalAcceleration == Double(acceleration))
    }

    /// Shares of reconstruction.md 8.1, one draw each, and the mean of 60 draws by NumPy's `choice`.
    @Test(
        "The share of lines that 30 Gaussian frames ever read is that of the table",
        arguments: [
            (256, 4, 0.97, 0.979), (256, 8, 0.79, 0.742), (256, 9, 0.66, 0.685), (256, 12, 0.56, 0.555),
            (128, 12, 0.34, 0.356),
        ])
    func gaussianShare(matrix: Int, acceleration: Int, table: Double, numpy: Double) throws {
        let shares = try (0..<40).map { slice in
            let lines = try pattern(.gaussian, matrix: matrix, slice: slice) { $0.acceleration = Double(acceleration) }
                .lines
            return Double(Set((lines ?? []).joined()).count) / Double(matrix)
        }
        let mean = shares.reduce(0, +) / 40
        // One draw deviates by 0.025: 2.3 deviations of the table's, 4 of the difference of two means.
        #expect(abs(mean - table) < 0.058, "\(mean)")
        #expect(abs(mean - numpy) < 0.02, "\(mean)")
    }

    @Test("Gaussian lines are drawn with their density")
    func gaussianDensity() throws {
        var counts = [Double](repeating: 0, count: 128)
        let draws = 40_000
        // One line a frame beside the centre, so that nothing is drawn without replacement.
        let drawn = try #require(pattern(.gaussian, matrix: 128, frames: draws) { $0.acceleration = 14 }.lines)
        for line in drawn.joined() {
            counts[line] += 1
        }
        let density = (0..<128).map { line -> Double in
            let place = Double(line - 64) / 12.8
            return (60..<68).contains(line) ? 0 : exp(-place * place / 2) + 1 / 28.0
        }
        let sum = density.reduce(0, +)
        let misses = (0..<128).filter { density[$0] > 0 }.map { line -> Double in
            let expected = Double(draws) * density[line] / sum
            return (counts[line] - expected) * (counts[line] - expected) / expected
        }
        // χ² of 119 degrees of freedom: five deviations.
        let (chiSquare, deviation) = (misses.reduce(0, +), (2 * 119.0).squareRoot())
        #expect(abs(chiSquare - 119) < 5 * deviation)
        #expect((0..<128).allSatisfy { density[$0] > 0 || counts[$0] == Double(draws) })
    }

    /// The published formula as it stands: places counted from 1.
    @Test("Golden-ratio offsets follow the published formula", arguments: [(160, 18, 1.0), (149, 12, 7)])
    func goldenOffset(matrix: Int, count: Int, order: Double) throws {
        let acceleration = Double(matrix) / (Double(count) + 0.5)
        let lines = try #require(
            pattern(.goldenOffset, matrix: matrix, frames: 40) {
                $0.acceleration = acceleration
                $0.tinyGolden = Int(order)
            }.lines)
        let n = Double(matrix)
        let small = (n / 2.2).rounded(.up)
        let kappa = (n / 2 - small / 2) / pow(small / 2, 3)
        let golden = 1 / ((1 + 5.0.squareRoot()) / 2 + order - 1)
        for frame in 0..<40 {
            let places = (0..<count).map { place -> Int in
                var v =
                    0.5 + 1e-10 + Double(place) * small / Double(count) + Double(frame) * small / Double(count) * golden
                v = (v - 1).truncatingRemainder(dividingBy: small) + 1
                if v >= small + 0.5 { v -= small }
                let from = small / 2 + 0.5 - v
                v += -kappa * (from < 0 ? -1 : 1) * pow(abs(from), 3) + (n - small) / 2
                if matrix % 2 == 0 { v += 0.5 }
                if v >= n + 0.5 { v -= n }
                return Int(v.rounded()) - 1
            }
            #expect(lines[frame] == places.sorted(), "frame \(frame)")
        }
    }

    @Test("Golden-ratio offsets are dense at the centre, which a few frames visit")
    func goldenDensity() throws {
        let lines = try #require(pattern(.goldenOffset, matrix: 150, frames: 30) { $0.acceleration = 8 }.lines)
        let all = lines.joined()
        let (inner, outer) = (all.filter { abs($0 - 75) < 15 }.count, all.filter { abs($0 - 75) >= 60 }.count)
        #expect(inner > 2 * outer)
        for start in 0..<22 { #expect(Set(lines[start..<start + 8].joined()).isSuperset(of: 72..<79)) }
    }

    @Test("Patterns depend on seed, patient, view and slice alone")
    func reproducible() throws {
        func lines(seed: UInt64 = 1, patient: Int = 0, view: View = .sax, slice: Int = 0, frames: Int = 4) throws
            -> [[Int]]?
        {
            try SamplingPattern(
                SamplingSettings(.gaussian), matrix: 150, frames: frames, seed: seed, patient: patient, view: view,
                slice: slice
            ).lines
        }
        let once = try lines()
        #expect(try lines() == once)
        // Frames come one after another.
        #expect(try lines(frames: 9)?.prefix(4).elementsEqual(once ?? []) == true)
        #expect(try lines(seed: 2) != once)
        #expect(try lines(patient: 1) != once)
        #expect(try lines(view: .lax2ch) != once)
        #expect(try lines(slice: 1) != once)
    }

    @Test("A late gradient shifts Cartesian readouts along x")
    func delay() throws {
        let late = try pattern(.full, matrix: 64) {
            $0.gradientDelayX = 0.7
            $0.gradientDelayY = 3
        }
        #expect(late.readoutShift == -0.7)
    }

    @Test("Eddy-current phases follow the steps between lines")
    func eddy() throws {
        let pattern = try pattern(.full, matrix: 101, frames: 2) { $0.eddyPhaseDeg = 4 }
        let degree = Double.pi / 180
        #expect(abs(pattern.eddyPhaseRad(of: 100, after: 0, pulse: 0) - 4 * degree) < 1e-12)
        #expect(abs(pattern.eddyPhaseRad(of: 0, after: 100, pulse: 1) + 4 * degree) < 1e-12)
        #expect(abs(pattern.eddyPhaseRad(of: 101 + 75, after: 50, pulse: 2) - degree) < 1e-12)
        #expect(pattern.eddyPhaseRad(of: 7, after: 7, pulse: 3) == 0)
    }
}

@Suite("Sampling: radial and spiral") struct CurvedSamplingTests {
    @Test("Tiny golden angles are those of the table")
    func goldenAngles() {
        // reconstruction.md 8.5, four decimals.
        let table = [
            111.2461, 68.7539, 49.7508, 38.9776, 32.0397, 27.1984, 23.6281, 20.8864, 18.7148, 16.9523,
        ]
        for (place, expected) in table.enumerated() {
            var settings = SamplingSettings(.radialGolden)
            settings.tinyGolden = place + 1
            #expect(abs(settings.goldenAngleRad * 180 / .pi - expected) < 5.1e-5)
        }
    }

    @Test("Golden spokes count on from frame to frame; uniform spokes are the same in each")
    func spokes() throws {
        let golden = try pattern(.radialGolden, matrix: 64, frames: 3) {
            $0.spokesPerFrame = 13
            $0.tinyGolden = 7
        }
        let uniform = try pattern(.radialUniform, matrix: 64, frames: 3) { $0.spokesPerFrame = 13 }
        for (pattern, angle) in [
            (golden, { (j: Int) in Double(j) * .pi / ((1 + 5.0.squareRoot()) / 2 + 6) }),
            (uniform, { (j: Int) in Double(j % 13) * .pi / 13 }),
        ] {
            let points = try #require(pattern.trajectory)
            #expect(pattern.samplesPerLine == 128)
            #expect(points.count == 3 * 13 * 128)
            for number in 0..<39 {
                for sample in [0, 1, 64, 65, 127] {
                    // k = −N/2 … N/2 − ½ in steps of ½, on a line through 0.
                    let k = Double(sample - 64) / 2
                    let point = SIMD2<Double>(points[number * 128 + sample])
                    let expected = k * SIMD2(cos(angle(number)), sin(angle(number)))
                    // Half a unit of single precision at 32.
                    #expect(abs(point.x - expected.x) < 2e-6 && abs(point.y - expected.y) < 2e-6)
                }
            }
            #expect(pattern.actualTrajectory == pattern.trajectory)
            #expect(pattern.lines == nil)
        }
        #expect(golden.nominalAcceleration == 64.0 / 13)
        #expect(abs(golden.trueAcceleration - .pi * 32 / 13) < 1e-12)
    }

    @Test("Nyquist needs the spokes of the table", arguments: [(128, 202), (192, 302), (256, 403)])
    func nyquist(matrix: Int, spokes: Int) throws {
        let enough = try pattern(.radialUniform, matrix: matrix, frames: 1) { $0.spokesPerFrame = spokes }
        // The table rounds up or to nearest.
        #expect(abs(enough.trueAcceleration - 1) < 0.005)
    }

    @Test("Late gradients shift spokes along themselves, by axis", arguments: [1, 2])
    func delay(oversampling: Int) throws {
        let late = try pattern(.radialGolden, matrix: 64, frames: 2) {
            $0.gradientDelayX = 0.5
            $0.gradientDelayY = 1.25
            $0.readoutOversampling = oversampling
        }
        let (nominal, actual) = (try #require(late.trajectory), try #require(late.actualTrajectory))
        for (number, angle) in late.angles.enumerated() {
            for sample in [0, 20, 63] {
                let index = number * late.samplesPerLine + sample
                let shift = SIMD2<Double>(actual[index]) - SIMD2<Double>(nominal[index])
                // Two roundings of single precision at 32.
                #expect(abs(shift.x + 0.5 * cos(angle)) < 4e-6 && abs(shift.y + 1.25 * sin(angle)) < 4e-6)
            }
        }
    }

    @Test("Spirals start at 0, end at the edge and leave no gap wider than one", arguments: [8, 16])
    func spiral(interleaves: Int) throws {
        let full = try pattern(.spiral, matrix: 96, frames: 2) {
            $0.acceleration = 1
            $0.interleaves = interleaves
            $0.readoutOversampling = 1
        }
        #expect(full.linesPerFrame == interleaves && full.trueAcceleration == 1)
        let count = full.samplesPerLine
        let points = try #require(full.trajectory).map { SIMD2<Double>($0) }
        func radius(_ point: SIMD2<Double>) -> Double { (point * point).sum().squareRoot() }
        for number in 0..<full.linesPerFrame * 2 {
            let curve = points[number * count..<(number + 1) * count]
            #expect(radius(curve[number * count]) == 0)
            #expect(abs(radius(curve[(number + 1) * count - 1]) - 48) < 0.5)
            // Neighbouring samples are at most one cycle per field of view apart.
            #expect(zip(curve, curve.dropFirst()).allSatisfy { radius($1 - $0) <= 1 })
        }
        // Along any ray the interleaves of a frame cross at distances of one.
        let crossings = (0..<interleaves).flatMap { number -> [Double] in
            let curve = points[number * count..<(number + 1) * count]
            return zip(curve, curve.dropFirst()).compactMap { a, b in
                guard a.y < 0, b.y >= 0, b.x > 0 else { return nil }
                return a.x + (b.x - a.x) * a.y / (a.y - b.y)
            }
        }.sorted()
        #expect(zip(crossings, crossings.dropFirst()).allSatisfy { $1 - $0 < 1.05 })
        #expect(crossings.count > 40)
    }

    @Test("A late spiral waits at 0, then follows by the delay")
    func lateSpiral() throws {
        let late = try pattern(.spiral, matrix: 64, frames: 1) {
            $0.gradientDelayX = 1
            $0.gradientDelayY = 2
        }
        let (nominal, actual) = (try #require(late.trajectory), try #require(late.actualTrajectory))
        #expect(late.linesPerFrame == 4 && late.trueAcceleration == 4)
        for sample in 0..<late.samplesPerLine {
            // Two samples without oversampling are four with it.
            #expect(actual[sample].x == (sample < 2 ? 0 : nominal[sample - 2].x))
            #expect(actual[sample].y == (sample < 4 ? 0 : nominal[sample - 4].y))
        }
    }

    @Test("Eddy-current phases follow the turn between spokes")
    func eddy() throws {
        let pattern = try pattern(.radialUniform, matrix: 64, frames: 1) {
            $0.spokesPerFrame = 6
            $0.eddyPhaseDeg = 2
        }
        // 60° between spokes 0 and 2: half of the largest step.
        #expect(abs(pattern.eddyPhaseRad(of: 2, after: 0, pulse: 0) - .pi / 180) < 1e-12)
    }
}

@Suite("Sampling: settings") struct SamplingSettingsTests {
    private func decoded(_ text: String) throws -> SamplingSettings {
        try JSONDecoder().decode(SamplingSettings.self, from: Data(text.utf8))
    }

    @Test("Settings survive a round trip; absent keys keep their defaults")
    func roundTrip() throws {
        #expect(try decoded("{}") == SamplingSettings())
        var settings = SamplingSettings(.goldenOffset)
        settings.acceleration = 7.5
        settings.centreLines = 6
        settings.tinyGolden = 3
        settings.gradientDelayX = -0.3
        settings.partialFourier = 0.8
        settings.eddyPhaseDeg = 2
        settings.interleaves = 9
        settings.readoutOversampling = 1
        let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        #expect(try decoded(text) == settings)
        #expect(text.contains("\"golden_offset\"") && text.contains("\"partial_fourier\""))
    }

    @Test(
        "Impossible values are refused by name",
        arguments: [
            (#"{"acceleration": 0.5}"#, "acceleration"), (#"{"readout_oversampling": 3}"#, "readout_oversampling"),
            (#"{"kind": "lattice", "acceleration": 4.5}"#, "whole"), (#"{"eddy_phase_deg": -1}"#, "eddy_phase_deg"),
            (#"{"kind": "spiral", "partial_fourier": 0.7}"#, "partial_fourier"),
            (#"{"tiny_golden": 0}"#, "tiny_golden"),
            (#"{"gradient_delay_y": 9}"#, "gradient_delay_y"), (#"{"spokes_per_frame": 0}"#, "spokes_per_frame"),
        ])
    func refused(text: String, word: String) {
        let error = #expect(throws: CineError.self) { try decoded(text) }
        #expect(error?.message.contains(word) == true)
    }

    @Test("A pattern that does not fit the matrix says what to change")
    func misfit() {
        for change: (inout SamplingSettings) -> Void in [
            { ($0.kind, $0.acceleration) = (.gaussian, 16) },
            { ($0.kind, $0.centreLines) = (.lattice, 129) },
            { ($0.kind, $0.centreLines, $0.partialFourier) = (.lattice, 40, 0.55) },
            { ($0.kind, $0.acceleration) = (.goldenOffset, 64) },
        ] {
            var settings = SamplingSettings()
            change(&settings)
            let matrix = settings.kind == .goldenOffset ? 32 : 128
            let error = #expect(throws: CineError.self) { try settings.linesPerFrame(matrix: matrix) }
            #expect(error?.message.contains("Expected") == true && error?.kind == .badData)
        }
    }
}
