import Core
import Metrics

/// Numbers and findings as the report says them.
enum Wording {
    /// "34.12 ± 1.20"; "failed" where there is no mean.
    static func mean(_ cell: CellSummary, _ metric: BenchmarkMetric) -> String {
        guard let mean = cell.mean else { return cell.failures > 0 ? "failed" : "not tried" }
        let deviation = cell.standardDeviation.map { " ± \(Ticks.label($0, decimals: metric.decimals))" } ?? ""
        return Ticks.label(mean, decimals: metric.decimals) + deviation
    }

    /// "[33.5, 34.7]".
    static func interval(_ interval: Interval, decimals: Int) -> String {
        "[\(Ticks.label(interval.lower, decimals: decimals)), \(Ticks.label(interval.upper, decimals: decimals))]"
    }

    /// "1.32 dB [0.91, 1.70]".
    static func amount(_ value: Double, _ interval: Interval?, _ metric: BenchmarkMetric) -> String {
        let unit = metric.unit.isEmpty ? "" : " \(metric.unit)"
        let range = interval.map { " \(self.interval($0, decimals: metric.decimals))" } ?? ""
        return Ticks.label(value, decimals: metric.decimals) + unit + range
    }

    /// "p = 0.013", "p < 0.001".
    static func pValue(_ value: Double) -> String {
        value < 0.001 ? "p < 0.001" : "p = \(Ticks.label(value, decimals: 3))"
    }

    /// "higher is better".
    static func direction(_ best: Best) -> String {
        switch best {
        case .highest: "higher is better"
        case .lowest: "lower is better"
        case .nearestToZero: "nearer to 0 is better"
        case .none: ""
        }
    }

    /// What became of a step, as one reads it in a table.
    static func verdict(_ step: OrderingOutcome.Step) -> String {
        let sign = (step.comparison.advantage ?? 0) > 0
        return switch step.verdict {
        case .holds: "holds"
        case .reversed: "reversed"
        case .open: sign ? "in the mean only" : "not found"
        case .untestable: sign ? "in the mean; too few patients to test" : "not found; too few patients to test"
        }
    }

    /// "3 of 4 steps hold, 1 is reversed": how an order fared.
    static func outcome(_ steps: [OrderingOutcome.Step]) -> String {
        let words = Dictionary(grouping: steps, by: \.verdict).mapValues(\.count)
        var parts: [String] = []
        for (verdict, text) in [
            (OrderingOutcome.Verdict.reversed, "reversed"), (.open, "undecided"), (.untestable, "not testable"),
        ] {
            if let count = words[verdict] { parts.append("\(count) \(text)") }
        }
        let held = words[.holds] ?? 0
        let start = "\(held) of \(Words.count(steps.count, "expected step")) \(steps.count == 1 ? "holds" : "hold")"
        return ([start] + parts).joined(separator: ", ")
    }

    /// "DC-CNN, 34.1 dB, ahead of CRNN by 1.3 dB [0.9, 1.7]": who is best under a condition; nil where nobody scored.
    static func headline(_ task: BenchmarkTask, _ condition: String, _ metric: BenchmarkMetric, _ table: ScoreTable)
        -> String?
    {
        let ranking = task.methods.map { method in
            let scores = table[task.name, condition, method, metric.name]
            return (name: method, scores: scores, cell: CellSummary(scores, metric))
        }.filter { $0.cell.merit != nil }.sorted { a, b in
            (a.cell.failures, -(a.cell.merit ?? 0)) < (b.cell.failures, -(b.cell.merit ?? 0))
        }
        guard let first = ranking.first, let mean = first.cell.mean else { return nil }
        let start = "\(first.name), \(amount(mean, nil, metric))"
        guard ranking.count > 1 else { return start }
        let second = ranking[1]
        let comparison = PairedComparison(
            worse: (second.name, second.scores), better: (first.name, first.scores), metric)
        guard let advantage = comparison.advantage else { return start }
        let difference = amount(advantage, comparison.interval, metric)
        let nearer = metric.best == .nearestToZero ? " nearer to 0" : ""
        guard let interval = comparison.interval else {
            return "\(start), \(difference)\(nearer) ahead of \(second.name)"
        }
        return interval.lower > 0
            ? "\(start), \(difference)\(nearer) ahead of \(second.name)"
            : "\(start), not to be told from \(second.name), whose difference is \(difference)"
    }
}
