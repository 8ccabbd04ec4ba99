import Core
import Datasets
import Foundation
import Fourier
import Learning
import Metrics
import Models
import Reconstruction
import Report

extension ReconstructionTask {
    private static let psnr = ScoreMetric("PSNR", unit: "dB", .high)
    private static let ssim = ScoreMetric("SSIM", .high)
    private static let heart = ScoreMetric("NMSE, heart", .low)
    private static let profile = ScoreMetric("NMSE, x-t", .low)
    private static let highFrequency = ScoreMetric("HFEN", .low)

    /// Magnitudes are compared over all slices of a patient: PSNR and SSIM (box of 7) with the largest true value as
    /// range, as fastMRI has them; NMSE where the heart moves and along lines through it over time; HFEN.
    func evaluate(
        _ settings: NetworkSettings, _ network: TaskNetwork<MeasuredSlices>?, on patient: PatientFile
    ) throws -> PatientResult {
        var result = PatientResult()
        for acceleration in self.settings.accelerations {
            let series = try series(of: patient, acceleration, threads: Self.threads)
            let start = ContinuousClock.now
            let found = try series.map { try reconstructed($0, by: settings, network) }
            result.seconds += (ContinuousClock.now - start) / .seconds(1)
            let condition = "R = \(Words.number(acceleration))"
            for (metric, value) in try scores(found, series) {
                result.scores.append(
                    PatientResult.Score(condition: condition, severity: acceleration, metric, value))
            }
            result.cases.append(try picture(found, series, condition, of: settings.kind, patient))
        }
        return result
    }

    private static let threads = ProcessInfo.processInfo.activeProcessorCount

    /// What a method makes of a slice, [T, Y, X].
    func reconstructed(
        _ series: MeasuredSeries, by settings: NetworkSettings, _ network: TaskNetwork<MeasuredSlices>?
    ) throws -> [ComplexFloat] {
        if let network { return try images(network, of: series) }
        return try Reconstruction.run(
            Method(named: settings.kind), samples: series.samples, encoding: series.encoding(threads: Self.threads),
            threads: Self.threads, planning: .measured)
    }

    private func scores(
        _ found: [[ComplexFloat]], _ series: [MeasuredSeries]
    ) throws -> [(ScoreMetric, Double)] {
        guard let first = series.first else { return [] }
        let size = SIMD2(first.maps.width, first.maps.height)
        let images = found.flatMap { $0.map(\.length) }
        let truth = series.flatMap { $0.truth.map(\.length) }
        let shape = [truth.count / (size.x * size.y), size.y, size.x]
        let range = try DataRange.maximum.value(for: truth)
        let bySlice = zip(found, series).map { Score($0, reference: $1.truth, shading: nil, size: size) }
        func mean(_ key: KeyPath<Score, Double>) -> Double {
            bySlice.reduce(0) { $0 + $1[keyPath: key] } / Double(bySlice.count)
        }
        return [
            (Self.psnr, SquaredError(images, reference: truth).psnr(range: range)),
            (
                Self.ssim,
                try StructuralSimilarity.fastMRI.mean(
                    images, reference: truth, shape: shape, range: range, threads: Self.threads)
            ),
            (Self.heart, mean(\.heartNMSE)), (Self.profile, mean(\.profileNMSE)),
            (Self.highFrequency, HighFrequencyError()(images, reference: truth, shape: shape, threads: Self.threads)),
        ]
    }

    /// The middle slice at the frame where the error is greatest: zero-filled, found, true, and the error five times
    /// as bright.
    private func picture(
        _ found: [[ComplexFloat]], _ series: [MeasuredSeries], _ condition: String, of kind: String,
        _ patient: PatientFile
    ) throws -> PatientResult.Case {
        let middle = series.count / 2
        let (images, truth) = (found[middle].map(\.length), series[middle].truth.map(\.length))
        let size = SIMD2(series[middle].maps.width, series[middle].maps.height)
        let pixels = size.x * size.y
        let errors = (0..<truth.count / pixels).map { frame in
            let part = frame * pixels..<(frame + 1) * pixels
            return SquaredError(Array(images[part]), reference: Array(truth[part])).mse
        }
        let frame = errors.indices.max { errors[$0] < errors[$1] } ?? 0
        let part = frame * pixels..<(frame + 1) * pixels
        let start = try Reconstruction.run(
            .zeroFilled, samples: series[middle].samples, encoding: series[middle].encoding())
        let window = Window(fitting: [Array(truth[part])])
        let bright = Window(low: 0, high: (window.high - window.low) / 5)
        let panels: [(String, [Float], Window)] = [
            ("zero-filled", start[part].map(\.length), window), (kind, Array(images[part]), window),
            ("truth", Array(truth[part]), window),
            ("error × 5", zip(images[part], truth[part]).map { abs($0 - $1) }, bright),
        ]
        let tiles = panels.map { title, values, window in
            let panel = Panel(
                title: title, width: size.x, height: size.y, spacingMM: [1, 1], frames: [values], window: window)
            return Montage.Tile(panel.picture(frame: 0, pixelsPerMM: 1.5), caption: title)
        }
        return PatientResult.Case(
            condition: condition,
            caption: "\(try patient.id), \(condition): " + panels.map(\.0).joined(separator: ", "),
            badness: errors[frame], picture: Montage(columns: tiles.count, tiles: tiles).picture)
    }
}

extension PatientFile {
    /// The number in its name, 12 of p000012.
    var number: Int { get throws { Int(try id.filter(\.isNumber).suffix(9)) ?? 0 } }
}
