import Core
import Datasets
import Foundation
import Learning
import Metrics
import Report

extension SuperResolutionTask {
    private static let psnr = BenchmarkMetric("PSNR", unit: "dB", best: .highest)
    private static let ssim = BenchmarkMetric("SSIM", best: .highest)
    private static let highFrequency = BenchmarkMetric("HFEN", best: .lowest)
    private static let threads = ProcessInfo.processInfo.activeProcessorCount

    /// Compares volumes in a box about the ventricles: PSNR and SSIM (Gaussian of 11 × 11 × 11) with a range of 1, which
    /// lies between the stack's 1st and 99th percentile, and HFEN in 3D.
    func evaluate(
        _ settings: NetworkSettings, _ network: TaskNetwork<StackInput>?, on patient: PatientFile
    ) throws -> PatientResult {
        var result = PatientResult()
        let file = try open(patient)
        for (moment, frame) in file.moments {
            let stack = try file.frame(frame)
            let start = ContinuousClock.now
            let found = try image(settings, network, of: stack)
            result.seconds += (ContinuousClock.now - start) / .seconds(1)
            let box = HeartBox(of: stack, on: file.fine)
            let (part, truth) = (box.cut(found), box.cut(stack.fineImage))
            let error = SquaredError(part, reference: truth)
            result.scores += [
                (Self.psnr, error.psnr(range: 1)), (Self.ssim, try similarity(part, truth, box.shape)),
                (
                    Self.highFrequency,
                    HighFrequencyError(dimensions: 3)(part, reference: truth, shape: box.shape, threads: Self.threads)
                ),
            ].map { PatientResult.Score(condition: moment, $0.0, $0.1) }
            let columns = [
                StackPicture.Column(
                    title: "stack", image: stack.image.repeatingPlanes(of: stack.pixels, stack.factor)),
                StackPicture.Column(title: settings.kind, image: found),
                StackPicture.Column(title: "truth", image: stack.fineImage),
            ]
            result.cases.append(
                PatientResult.Case(
                    condition: moment,
                    caption: "\(try patient.id), \(moment): " + columns.map(\.title).joined(separator: ", "),
                    badness: error.mse,
                    picture: StackPicture.of(columns, labels: Volume(grid: file.fine, values: stack.fineLabel))))
        }
        return result
    }

    private func similarity(_ image: [Float], _ truth: [Float], _ shape: [Int]) throws -> Double {
        let index = StructuralSimilarity(
            window: .gaussian(11, sigma: 1.5), dimensions: 3, usesSampleVariance: false)
        return try index.mean(image, reference: truth, shape: shape, range: 1, threads: Self.threads)
    }

    /// Writes the fine slices of all frames, with the intensities of the stack.
    func predict(
        _ method: NetworkSettings, _ network: TaskNetwork<StackInput>?, from input: String, to output: String
    ) throws {
        // Other than labels, images are wanted of all that was scanned.
        let file = try open(toPredict: DatasetFolder.patient(at: input))
        try PredictionFile.write("image", of: file, by: method.kind, source: input, to: output) { frame in
            let stack = try file.frame(frame)
            return stack.window.undo(try image(method, network, of: stack))
        }
    }
}
