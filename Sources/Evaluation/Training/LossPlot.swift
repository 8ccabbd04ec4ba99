import Core
import Foundation
import Learning
import Report
import Storage

/// The curve of a training as a drawing: loss of the steps, smoothed, and the scores of validations.
public struct LossPlot {
    /// Loss over steps, each a mean of as many steps as a two-hundredth of all.
    public let loss: [SIMD2<Double>]
    /// Scores over steps, by name.
    public let validation: [String: [SIMD2<Double>]]
    private let folder: RunFolder

    /// Reads the log of a training.
    ///
    /// - Throws: as `TrainingLog.read`.
    public init(_ folder: RunFolder) throws {
        self.folder = folder
        let lines = try TrainingLog.read(folder.log)
        let steps = lines.compactMap { line in line.loss.map { SIMD2(Double(line.step), $0) } }
        let group = max(1, steps.count / 200)
        loss = stride(from: 0, to: steps.count, by: group).map { start in
            let part = steps[start..<min(start + group, steps.count)]
            return part.reduce(.zero, +) / Double(part.count)
        }
        validation = lines.reduce(into: [:]) { curves, line in
            for (name, score) in line.validation ?? [:] {
                curves[name, default: []].append([Double(line.step), score])
            }
        }
    }

    /// Writes `loss.svg` into the folder.
    ///
    /// - Throws: `CineError` when it cannot be written.
    public func write() throws {
        let curves =
            [LinePlot.Series("training", points: loss)]
            + validation.sorted { $0.key < $1.key }.map { LinePlot.Series("validation \($0.key)", points: $0.value) }
        let isPositive = curves.allSatisfy { $0.points.allSatisfy { $0.y > 0 } }
        let plot = LinePlot(
            "Loss", x: PlotAxis("step"), y: PlotAxis("loss", scale: isPositive ? .logarithmic : .linear),
            series: curves)
        try AtomicFile.write(plot.svg(), to: folder.url.appendingPathComponent("loss.svg").path)
    }
}
