import Core

extension BenchmarkReport {
    /// The tables for a terminal: a block of lines a task and condition, the best marked with a star.
    public var terminalTable: String {
        let blocks = results.tasks.flatMap { task in task.conditions.map { block(task, $0) } }
        let orders = outcomes.map { outcome in
            let order = outcome.ordering
            let chain = order.methods.map(\.onOneLine).joined(separator: " < ")
            return "\(order.task), \(order.condition), \(order.metric): \(chain)\n  "
                + Wording.outcome(outcome.successive)
        }
        return (blocks + (orders.isEmpty ? [] : [orders.joined(separator: "\n")])).joined(separator: "\n\n") + "\n"
    }

    private func block(_ task: BenchmarkTask, _ condition: BenchmarkCondition) -> String {
        let count = Words.count(patientCount(task, condition), "patient")
        let names = aligned([""] + task.methods.map(\.onOneLine), toLeft: true)
        let columns = metrics(task, condition).flatMap { metric in
            let cells = cells(task, condition, metric)
            let best = CellSummary.best(of: cells, decimals: metric.decimals)
            let means = [metric.title + arrow(metric.best)] + cells.map { Wording.mean($0, metric) }
            let notes = zip(cells, best).map { cell, isBest in
                let failed = cell.failures > 0 && cell.mean != nil
                return [isBest ? "*" : nil, failed ? "(\(cell.failures) failed)" : nil].compactMap { $0 }
                    .joined(separator: " ")
            }
            return [
                aligned(means, toLeft: false).map { "  " + $0 }, aligned([""] + notes, toLeft: true).map { " " + $0 },
            ]
        }
        let rows = names.indices.map { row in ([names] + columns).map { $0[row] }.joined().trimmingEnd() }
        return (["\(task.title), \(condition.name) (\(count), mean ± SD)"] + rows).joined(separator: "\n")
    }

    private func arrow(_ best: Best) -> String {
        switch best {
        case .highest: " ↑"
        case .lowest: " ↓"
        case .nearestToZero: " → 0"
        case .none: ""
        }
    }

    private func aligned(_ texts: [String], toLeft: Bool) -> [String] {
        let width = texts.map(\.count).max() ?? 0
        return texts.map { text in
            let space = String(repeating: " ", count: width - text.count)
            return toLeft ? text + space : space + text
        }
    }
}

extension String {
    /// With spaces for what would begin a line or steer the terminal.
    fileprivate var onOneLine: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// Without spaces at its end.
    fileprivate func trimmingEnd() -> String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}
