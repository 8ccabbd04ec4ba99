import ComplexModule
import Core
import Datasets
import Fourier
import Learning
import Reconstruction
import Testing

@testable import Evaluation

@Suite("Strips of slices") struct SliceSourceTests {
    private func source(
        _ settings: ReconstructionSettings = .small, seed: UInt64 = 1, batchSize: Int = 3
    ) throws -> SliceSource {
        try SliceSource(MeasuredFixture.data().training, settings, seed: seed, batchSize: batchSize)
    }

    /// √(Σ|a − b|² / Σ|b|²).
    private func relativeError(_ found: [ComplexFloat], _ expected: [ComplexFloat]) -> Float {
        let difference = zip(found, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1).lengthSquared }
        return (difference / expected.reduce(0) { $0 + $1.lengthSquared }).squareRoot()
    }

    @Test("A batch is a function of seed and step alone", arguments: [false, true])
    func pure(multiCoil: Bool) throws {
        var settings = ReconstructionSettings.small
        (settings.snr, settings.multiCoil) = (40, multiCoil)
        let first = try source(settings)
        let later = try first.batch(at: 7)
        _ = try first.batch(at: 2)
        func isSame(_ other: [MeasuredSeries]) -> Bool {
            zip(later, other).allSatisfy {
                $0.truth == $1.truth && $0.samples == $1.samples && $0.lines == $1.lines && $0.scale == $1.scale
                    && $0.maps.values == $1.maps.values
            }
        }
        #expect(later.count == 3)
        #expect(try isSame(first.batch(at: 7)) && isSame(source(settings).batch(at: 7)))
        #expect(try !isSame(first.batch(at: 8)) && !isSame(source(settings, seed: 2).batch(at: 7)))
        #expect(try first.description(at: 7) == source(settings).description(at: 7))
    }

    @Test("Lines are drawn anew at every step, and differ within a batch")
    func lines() throws {
        let source = try source()
        let lines = try (0..<6).flatMap { try source.batch(at: $0).map(\.lines) }
        #expect(Set(lines).count == lines.count)
        // Lines of a matrix of 32 at 2 and at 4, and the four of the centre in all.
        let counts = Set(lines.map { $0[0].count })
        #expect(counts.count == 2 && counts.allSatisfy { (8...18).contains($0) })
        #expect(lines.allSatisfy { $0.count == 4 && $0.allSatisfy { Set(14..<18).isSubset(of: $0) } })
    }

    @Test("Samples are those of the truth, and coils see what is true", arguments: [false, true])
    func consistency(multiCoil: Bool) throws {
        var settings = ReconstructionSettings.small
        settings.multiCoil = multiCoil
        for series in try source(settings).batch(at: 1) {
            let encoding = try series.encoding()
            #expect(encoding.domain == [4, 32, 16] && series.maps.coils == (multiCoil ? 2 : 1))
            // Single precision; a Fourier transform of 512 values adds some ten roundings of 6e-8.
            #expect(relativeError(encoding.forward(series.truth), series.samples) < 1e-6)
            #expect(series.maps.sumOfSquares.allSatisfy { abs($0 - 1) < 1e-5 })
        }
        // All lines, combined by the sensitivities, are the truth.
        (settings.sampling, settings.accelerations, settings.centreLines) = (.lattice, [1], nil)
        for series in try source(settings).batch(at: 1) {
            let images = try series.encoding().adjoint(series.samples)
            #expect(relativeError(images, series.truth) < 1e-6)
        }
    }

    @Test("The brightest tissue is about 1, in whatever unit the images are, and noise is as the settings say")
    func scale() throws {
        for series in try source().batch(at: 4) {
            let magnitudes = series.truth.map(\.length).sorted()
            // A single pixel is brighter by noise and surfaces; most of the brightest are of blood and fat.
            #expect((0.6...1.6).contains(magnitudes[magnitudes.count * 99 / 100]))
        }
        let view = try #require(try MeasuredFixture.data().test[0].kspace(.sax))
        let truth = try view.reference(0)
        let lines = [[Int]](repeating: Array(stride(from: 0, to: 32, by: 2)), count: 4)
        func series(_ factor: Float, snr: Double) throws -> MeasuredSeries {
            var random = Philox(seed: 1, patient: 0, stage: .coilNoise)
            return try MeasuredSeries(
                of: truth.map { $0.multiplied(by: factor) }, maps: .uniform(height: 32, width: 32), lines: lines,
                snr: snr, using: &random)
        }
        let clean = try series(1, snr: 0)
        let average = clean.maps.combine(try clean.encoding().averageCoilImages(clean.samples))
        // Single precision of sums.
        #expect(abs(Reconstruction.typicalMagnitude(average) - 0.5) < 1e-5)
        let noisy = try series(1, snr: 20)
        // A power of two changes no digit.
        let scaled = try series(1024, snr: 20)
        #expect(scaled.truth == noisy.truth && scaled.samples == noisy.samples && scaled.scale == 1024 * noisy.scale)
        let expected = try noisy.encoding().forward(noisy.truth)
        let power = zip(noisy.samples, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1).lengthSquared }
        let deviation = (power / Float(expected.count)).squareRoot()
        // The root mean square of 2048 complex draws is known to 1.1 %; five times that.
        let brightest = 2 * Reconstruction.typicalMagnitude(noisy.truth)
        #expect(abs(deviation * 20 / brightest - 1) < 0.055)
    }

    @Test("A strip is a part of its slice, mirrored or not, from any frame on")
    func strips() throws {
        var settings = ReconstructionSettings.small
        settings.patchColumns = 32
        let views = try MeasuredFixture.data().training.map { try #require(try $0.kspace(.sax)) }
        let slices = try views.flatMap { view in try (0..<2).map { try view.reference($0).map(\.length) } }
        let order = try SampleOrder(count: 4, batchSize: 3, seed: 1)
        var turns: Set<Int> = []
        for step in 0..<8 {
            for (series, sample) in zip(try source(settings).batch(at: step), order.samples(at: step)) {
                let slice = slices[sample]
                let found = series.truth.map { $0.length * series.scale }
                // Which of all 16 turns it is; magnitudes lose a rounding or two by phase and scale.
                let largest = slice.max() ?? 0
                let turn = (0..<16).first { turn in
                    found.indices.allSatisfy { index in
                        let (frame, y, x) = (index / 1024, index / 32 % 32, index % 32)
                        let source = ((frame + turn / 4) % 4 * 32 + (turn & 1 == 0 ? y : 31 - y)) * 32
                        return abs(found[index] - slice[source + (turn & 2 == 0 ? x : 31 - x)]) < 1e-6 * largest
                    }
                }
                turns.insert(try #require(turn, "step \(step) of sample \(sample)"))
            }
        }
        #expect(turns.count > 8)
        settings.frames = 2
        settings.patchColumns = 64
        #expect(try source(settings).batch(at: 0)[0].encoding().domain == [2, 32, 32])
    }

    @Test("What the dataset lacks is said before training begins")
    func errors() throws {
        let stacks = try StackFixture.patients()
        let noSpace = message(of: .badData) {
            _ = try SliceSource(stacks, .small, seed: 1, batchSize: 1)
        }
        #expect(noSpace?.contains("expected k-space of sax") == true && noSpace?.contains("kspace: {views") == true)
        var settings = ReconstructionSettings.small
        settings.frames = 5
        #expect(
            message(of: .badData) { _ = try source(settings) }?.contains("`frames`: expected at most 4") == true)
        let few = message(of: .badData) { _ = try source(batchSize: 5) }
        #expect(few?.contains("at least 5 samples") == true && few?.contains("found 4") == true)
    }
}
