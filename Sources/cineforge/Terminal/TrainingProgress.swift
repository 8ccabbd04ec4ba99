import Core
import Evaluation
import Foundation

/// Shows how far training has come: a line that is overwritten on a terminal, a line every ten seconds elsewhere.
final class TrainingProgress {
    private let name: String
    private let steps: Int
    private let start = ContinuousClock.now
    private var firstStep: Int?
    private var shownAt: ContinuousClock.Instant?
    /// A running mean: single batches differ much.
    private var loss: Double?
    private var best: String?

    /// Shows the progress of a number of steps.
    init(name: String, steps: Int) {
        self.name = name
        self.steps = steps
    }

    /// Takes what happened.
    func take(_ event: ExperimentRun.Event) {
        switch event {
        case .began(let step): firstStep = step
        case .step(let line, let stall):
            if let value = line.loss { loss = loss.map { 0.95 * $0 + 0.05 * value } ?? value }
            show(step: line.step, stall: stall)
        case .validated(let line, let isBest):
            if isBest, let score = line.validation?.sorted(by: { $0.key < $1.key }).first {
                best = "best \(score.key) \(Words.number(score.value))"
            }
        }
    }

    /// Ends the line.
    func close() { Terminal.endProgress() }

    private func show(step: Int, stall: Double) {
        let now = ContinuousClock.now
        let interval: Duration = Terminal.isInteractive ? .milliseconds(200) : .seconds(10)
        guard step == steps || now - (shownAt ?? start) >= interval else { return }
        shownAt = now
        let seconds = (now - start) / .seconds(1)
        let done = step - (firstStep ?? 0)
        var parts = [name, "step \(step)/\(steps)"]
        if let loss { parts.append("loss \(Words.number(loss))") }
        if let best { parts.append(best) }
        if done > 0, seconds > 1 {
            parts.append(Words.duration(Double(steps - step) * seconds / Double(done)) + " left")
        }
        if stall > 0.05 { parts.append("waits for data \(Int(stall * 100)) %") }
        let text = parts.joined(separator: "  ")
        if Terminal.isInteractive { Terminal.progress(text) } else { Terminal.error(text) }
    }
}
