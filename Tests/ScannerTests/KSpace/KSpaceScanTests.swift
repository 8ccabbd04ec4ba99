import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Phantom
@testable import Scanner

/// The whole scan of the reference patient, small: what must agree, and what must grow.
@Suite(.serialized) struct KSpaceScanTests {
    private static let patient = Result { try Patient(PatientParameters(), threads: 2) }
    private static let tissues = TissueTable.reference15T.relaxations

    private var cine: CineProtocol {
        var cine = CineProtocol()
        cine.pixelMM = 5
        cine.fieldOfViewMM = 320
        cine.layerSpacingMM = 8
        cine.frames = 4
        cine.snr = 0
        // Frames are whole segments of 16 repetitions apart, so that all modes of gating find readouts at their times.
        cine.trMS = CardiacTiming(PatientParameters()).rrMS / 4 / 80
        return cine
    }

    private func settings(_ mode: GatingSettings.Mode = .prospective) -> KSpaceSettings {
        var settings = KSpaceSettings()
        settings.coils.channels = 2
        settings.gating = GatingSettings(mode)
        settings.gating.rrDeviationMS = 0
        settings.gating.viewsPerSegment = 16
        settings.oversampling = 1.5
        settings.sampling.readoutOversampling = 1
        return settings
    }

    private func scan(
        _ settings: KSpaceSettings, field: FieldSettings? = nil, seed: UInt64 = 1, frames: Int = 4, threads: Int = 2
    ) throws -> SliceScan {
        var cine = cine
        cine.frames = frames
        let patient = try Self.patient.get()
        let slices = SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(.sax)
        let middle = slices[slices.count / 2]
        let key = CineScan.NoiseKey(seed: seed, patient: 0)
        let scan = try KSpaceScan(
            settings, cine: cine, patient: patient, tissues: Self.tissues,
            field: field.map {
                try PatientField($0, fieldT: cine.fieldT, patient: patient, key: key, threads: threads)
            },
            middle: middle, key: key, threads: threads)
        return try scan.acquire(
            view: .sax, slice: 5, planned: middle, motion: SliceMotion(shiftMM: [1, 2, 3]), threads: threads)
    }

    private func difference(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> Double {
        let (error, norm) = zip(a, b).reduce((0.0, 0.0)) {
            ($0.0 + Double(($1.0 - $1.1).lengthSquared), $0.1 + Double($1.1.lengthSquared))
        }
        return (error / norm).squareRoot()
    }

    /// Without faults all that a frame reads lies at its phase, so the body is as still as in a frame.
    @Test func withoutFaultsGatingAndFidelityAgree() throws {
        var frame = settings()
        frame.fidelity = .frame
        let still = try scan(frame)
        #expect(try scan(settings(.prospective)).samples == still.samples)
        #expect(try scan(settings(.retrospective)).samples == still.samples)
        // Within a segment of 16 × 3 ms the heart moves a little.
        var readout = settings()
        readout.fidelity = .readout
        readout.gating.viewsPerSegment = 64
        let moving = try difference(scan(readout).samples, still.samples)
        #expect(moving > 1e-3 && moving < 0.05)
        // One line at a time has no motion left in it.
        readout.gating.viewsPerSegment = 1
        #expect(try scan(readout).samples == still.samples)
    }

    /// Combining the fully sampled, noise-free samples gives the reference, to single precision.
    @Test func referenceIsWhatTheSamplesShow() throws {
        var settings = settings()
        settings.fidelity = .frame
        settings.sampling.readoutOversampling = 2
        let scan = try scan(settings)
        let (matrix, frames, coils) = (cine.matrix, cine.frames, 2)
        let transform = try CenteredTransform(width: 2 * matrix, height: matrix)
        var images = scan.samples
        transform.inverse(&images)
        let pixels = matrix * matrix
        let combined = (0..<frames * pixels).map { place in
            let (frame, y, x) = (place / pixels, place % pixels / matrix, place % matrix)
            var (sum, weight) = (ComplexFloat.zero, Float(0))
            for coil in 0..<coils {
                let map = scan.coilMaps[coil * pixels + y * matrix + x]
                sum += map.conjugate * images[((frame * coils + coil) * matrix + y) * 2 * matrix + matrix / 2 + x]
                weight += map.lengthSquared
            }
            return sum.divided(by: weight)
        }
        let relative = difference(combined, scan.reference)
        #expect(relative < 1e-6)
    }

    /// The grid's own error, within the sampled extent of the default scan: below 1e-3, against a grid twice as fine.
    @Test func theFineGridIsFineEnough() throws {
        let patient = try Self.patient.get()
        let cine = CineProtocol()
        let settings = KSpaceSettings()
        let slices = SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(.sax)
        let lines = Array(0..<cine.matrix)
        func samples(_ oversampling: Double) throws -> [ComplexFloat] {
            let encoder = try SliceEncoder(
                matrix: cine.matrix, oversampling: oversampling, surfacePixels: settings.surfacePixels)
            let grid = encoder.fineGrid(slices[slices.count / 2])
            let camera = SliceCamera(
                patient: patient,
                contrast: SliceContrast(
                    cine, view: .sax, tissues: Self.tissues, field: nil, grid: grid, threads: 2),
                grid: grid, surfaceMM: settings.surfacePixels * cine.pixelMM,
                threads: 2)
            let one = [ComplexFloat](repeating: ComplexFloat(1, 0), count: encoder.middle * encoder.middle)
            var samples = [ComplexFloat](repeating: .zero, count: cine.matrix * cine.matrix)
            try samples.withUnsafeMutableBufferPointer {
                try encoder.encode(
                    camera.images(of: [(BeatState(phase: 0.3), .endExpiration)]),
                    readings: [.init(.lines(lines), offsets: lines.map { $0 * cine.matrix })],
                    through: encoder.sensitivities(one), coilStride: 0, into: SharedBuffer($0), threads: 2)
            }
            return samples
        }
        let error = try difference(samples(settings.oversampling), samples(2 * settings.oversampling))
        if ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil { print("measured: grid error \(error)") }
        #expect(error < 1e-3)
    }

    @Test func threadsAndOrderChangeNothing() throws {
        var settings = settings(.retrospective)
        settings.gating.breathing = .free
        settings.snr = 20
        let (one, two) = try (scan(settings, threads: 1), scan(settings, threads: 2))
        #expect(one.samples == two.samples)
        #expect(one.reference == two.reference)
        #expect(try scan(settings, seed: 2).samples != one.samples)
    }

    /// Noise has the covariance that the file tells, to 5 %: 2 · 256 · 64 samples of each pair, whose estimate varies
    /// by 1 %.
    @Test func noiseIsAsTold() throws {
        var settings = settings()
        let clean = try scan(settings)
        settings.snr = 15
        let noisy = try scan(settings)
        let patient = try Self.patient.get()
        let slices = SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(.sax)
        let told = try KSpaceScan(
            settings, cine: cine, patient: patient, tissues: Self.tissues, middle: slices[slices.count / 2],
            key: .init(seed: 1, patient: 0), threads: 2)
        let perCoil = noisy.pattern.linesPerFrame * noisy.pattern.samplesPerLine
        var sums = [ComplexDouble](repeating: .zero, count: 4)
        for frame in 0..<cine.frames {
            for sample in 0..<perCoil {
                let noise = (0..<2).map { coil in
                    let place = (frame * 2 + coil) * perCoil + sample
                    return ComplexDouble(noisy.samples[place] - clean.samples[place])
                }
                for i in 0..<2 { for j in 0..<2 { sums[2 * i + j] += noise[i] * noise[j].conjugate } }
            }
        }
        let scale = 2 * told.noiseDeviation * told.noiseDeviation * Double(cine.frames * perCoil)
        for (sum, expected) in zip(sums, told.covariance.matrix) {
            #expect((sum.divided(by: scale) - expected).length < 0.05)
        }
    }

    /// The energy of the artefact, averaged over 20 seeds, rises from each severity to the next.
    @Test(arguments: SeverityDial.allCases)
    func artefactRisesWithSeverity(dial: SeverityDial) throws {
        var energies = [Double](repeating: 0, count: SeverityDial.levels)
        for seed in UInt64(1)...20 {
            let samples = try (0...SeverityDial.levels).map { level in
                var settings = settings()
                var field = FieldSettings()
                dial.set(level, gating: &settings.gating, sampling: &settings.sampling, field: &field)
                let isUneven = dial == .offResonance
                return try scan(settings, field: isUneven ? field : nil, seed: seed, frames: 2).samples
            }
            for level in energies.indices {
                let error = difference(samples[level + 1], samples[0])
                energies[level] += error * error / 20
            }
        }
        if ProcessInfo.processInfo.environment["CINEFORGE_FULL"] != nil {
            print("measured: \(dial.rawValue), artefact energy \(energies)")
        }
        #expect(spearman(energies) > 0.95)
    }
}
