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
        switch step.verdict {
        case .holds: "holds"
        case .reversed: "reversed"
        case .open, .untestable: step.isAsExpected ? "in the mean only" : "not found"
        }
    }

    /// "3 of 4 steps hold, 1 reversed": how an order fared.
    static func outcome(_ steps: [OrderingOutcome.Step]) -> String {
        let all = Words.count(steps.count, "step")
        if steps.allSatisfy({ $0.verdict == .untestable }) {
            return "\(steps.count(where: \.isAsExpected)) of \(all) found in the mean; too few patients to test"
        }
        let counts = Dictionary(grouping: steps, by: verdict).mapValues(\.count)
        let held = counts["holds"] ?? 0
        let others = ["in the mean only", "not found", "reversed"].compactMap { words in
            counts[words].map { "\($0) \(words)" }
        }
        return (["\(held) of \(all) \(held == 1 ? "holds" : "hold")"] + others).joined(separator: ", ")
    }

    /// "DC-CNN, 34.1 dB, 1.3 dB [0.9, 1.7] ahead of CRNN": who is best; nil where nobody scored.
    ///
    /// - Parameter ranking: methods and their scores, the best first.
    static func headline(_ ranking: [RankedMethod], _ metric: BenchmarkMetric) -> String? {
        guard let first = ranking.first, let mean = first.cell.mean else { return nil }
        let start = "\(first.name), \(amount(mean, nil, metric))"
        guard let second = ranking.dropFirst().first else { return start }
        // Its mean is of what it did not fail on, which may be the easier part.
        if second.cell.failures > first.cell.failures { return "\(start); \(second.name) failed more often" }
        let comparison = PairedComparison(
            worse: (second.name, second.scores), better: (first.name, first.scores), metric)
        guard let advantage = comparison.advantage else { return start }
        let difference = amount(advantage, comparison.interval, metric)
        if let interval = comparison.interval, interval.lower <= 0 {
            return "\(start), not to be told from \(second.name), whose difference is \(difference)"
        }
        let nearer = metric.best == .nearestToZero ? " nearer to 0" : ""
        return "\(start), \(difference)\(nearer) ahead of \(second.name)"
    }

    /// "3 scores failed: 2 of FCN, 1 of U-Net"; nil where none did.
    static func failures(_ scores: [BenchmarkScore], methods: [String]) -> String? {
        let failed = Dictionary(grouping: scores.filter { $0.value == nil }, by: \.method).mapValues(\.count)
        guard !failed.isEmpty else { return nil }
        let parts = methods.compactMap { method in failed[method].map { "\($0) of \(method)" } }
        return "\(Words.count(failed.values.reduce(0, +), "score")) failed: \(parts.joined(separator: ", "))"
    }
}
