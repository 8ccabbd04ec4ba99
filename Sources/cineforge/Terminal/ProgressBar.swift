import Core
import Datasets
import Foundation
import Synchronization

/// Shows how far work has come: a bar on a terminal, a line at most every ten seconds elsewhere.
final class ProgressBar: Sendable {
    private struct State {
        var samples = 0
        var begun = 0
        var expected = 0
        var finished = 0
        var kept = 0
        var firstSample: ContinuousClock.Instant?
        var timeLeft = TimeLeft()
        var shownAt: ContinuousClock.Instant?
        var isBarShown = false
    }

    private let total: Int
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Shows the progress of a number of patients.
    init(total: Int) { self.total = total }

    /// Takes what happened.
    func take(_ event: Generator.Event) {
        state.withLock { state in
            switch event {
            case .began(let samples):
                state.begun += 1
                state.expected += samples
            case .samples(let count):
                state.firstSample = state.firstSample ?? ContinuousClock.now
                state.samples += count
            case .finished(_, isNew: true): state.finished += 1
            case .finished(_, isNew: false): state.kept += 1
            }
            show(&state)
        }
    }

    /// Ends the bar.
    func close() {
        state.withLock { state in
            if state.isBarShown { Terminal.write("\r\u{1B}[K", to: .standardError) }
            state.isBarShown = false
        }
    }

    private func show(_ state: inout State) {
        let now = ContinuousClock.now
        let interval: Duration = Terminal.isInteractive ? .milliseconds(100) : .seconds(10)
        let isLast = state.finished + state.kept == total
        guard isLast || now - (state.shownAt ?? start) >= interval || (Terminal.isInteractive && state.shownAt == nil)
        else { return }
        state.shownAt = now
        let text = line(&state, now)
        Terminal.write(Terminal.isInteractive ? "\r\(text)\u{1B}[K" : text + "\n", to: .standardError)
        state.isBarShown = Terminal.isInteractive
    }

    private func line(_ state: inout State, _ now: ContinuousClock.Instant) -> String {
        let toMake = Double(max(1, total - state.kept))
        // Patients that have not begun will take what the others take.
        let underWay = Double(state.samples) * Double(state.begun) / Double(max(1, state.expected))
        let done = min(toMake, max(Double(state.finished), min(underWay, toMake - 0.01)))
        let share = state.finished + state.kept == total ? 1 : done / toMake
        var parts = ["\(Int(share * 100)) %", "\(state.finished + state.kept)/\(total) patients"]
        if let first = state.firstSample, now - first > .seconds(1) {
            parts.append(Words.large(Double(state.samples) / ((now - first) / .seconds(1))) + "samples/s")
        }
        let seconds = (now - start) / .seconds(1)
        if let left = state.timeLeft.take(share: share, finished: state.finished, seconds: seconds) {
            parts.append(Words.duration(left) + " left")
        }
        let numbers = parts.joined(separator: "  ")
        guard Terminal.isInteractive else { return numbers }
        let width = 24
        let filled = Int(share * Double(width))
        let bar = String(repeating: "━", count: filled) + Terminal.faint(String(repeating: "─", count: width - filled))
        return "\(bar) \(numbers)"
    }
}
