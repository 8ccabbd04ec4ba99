import Core

extension BenchmarkReport {
    /// The table of methods and metrics, a group of rows for each condition.
    func writeScores(_ task: BenchmarkTask, _ html: inout HTML) {
        html.add("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": "Scores, \(task.name)"]) {
            html in
            html.add("table", ["class": "scores"]) { html in
                html.add("caption", "Mean ± SD over patients, and the 95 % interval of the mean")
                html.add("thead") { html in
                    html.add("tr") { html in
                        html.add("th", ["scope": "col"], "Method")
                        for metric in task.metrics {
                            html.add("th", ["scope": "col"]) { html in
                                html.write(metric.title)
                                let direction = Wording.direction(metric.best)
                                if !direction.isEmpty { html.add("small", direction) }
                            }
                        }
                    }
                }
                for condition in task.conditions { writeRows(task, condition, &html) }
            }
        }
    }

    private func writeRows(_ task: BenchmarkTask, _ condition: BenchmarkCondition, _ html: inout HTML) {
        let count = patientCount(task, condition)
        let columns = task.metrics.map { metric in
            let cells = cells(task, condition, metric)
            return (metric: metric, cells: cells, best: CellSummary.best(of: cells, decimals: metric.decimals))
        }
        html.add("tbody") { html in
            html.add("tr", ["class": "group"]) { html in
                html.add("th", ["scope": "rowgroup", "colspan": "\(task.metrics.count + 1)"]) { html in
                    html.write(condition.name)
                    html.add("small", "n = \(count)")
                }
            }
            for (row, method) in task.methods.enumerated() {
                html.add("tr") { html in
                    html.add("th", ["scope": "row"], method)
                    for column in columns {
                        write(column.cells[row], column.metric, isBest: column.best[row], of: count, &html)
                    }
                }
            }
        }
    }

    private func write(
        _ cell: CellSummary, _ metric: BenchmarkMetric, isBest: Bool, of count: Int, _ html: inout HTML
    ) {
        html.add("td") { html in
            let words = Wording.mean(cell, metric)
            if cell.mean == nil {
                html.add("span", ["class": cell.failures > 0 ? "failed" : "faint"], words)
            } else {
                html.add(isBest ? "strong" : "span", words)
            }
            if let interval = cell.interval {
                html.add("small", Wording.interval(interval, decimals: metric.decimals))
            }
            if cell.failures > 0 { html.add("small", ["class": "failed"], "\(cell.failures) failed") }
            if cell.mean != nil, cell.count < count { html.add("small", "n = \(cell.count)") }
        }
    }

    /// The expected orders of a task: a table of comparisons each, and a sentence on what became of them.
    func writeOrderings(_ task: BenchmarkTask, _ html: inout HTML) {
        let outcomes = outcomes.filter { $0.ordering.task == task.name }
        guard !outcomes.isEmpty else { return }
        html.add("h3", "What was expected")
        for outcome in outcomes {
            guard let metric = task.metrics.first(where: { $0.name == outcome.ordering.metric }) else { continue }
            write(outcome, metric, &html)
        }
    }

    private func write(_ outcome: OrderingOutcome, _ metric: BenchmarkMetric, _ html: inout HTML) {
        let ordering = outcome.ordering
        html.add("p") { html in
            html.write("By \(metric.name) at \(ordering.condition), from worst to best: ")
            html.add("b", ordering.methods.joined(separator: ", "))
            html.write(". \(Wording.outcome(outcome.successive)).")
        }
        let steps = outcome.successive + outcome.againstBest
        let label = "Order by \(metric.name), \(ordering.condition)"
        html.add("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": label]) { html in
            html.add("table", ["class": "steps"]) { html in
                html.add("thead") { html in
                    html.add("tr") { html in
                        for title in ["Expected", "Better by", "On", "p (Holm)", "Found"] {
                            html.add("th", ["scope": "col"], title)
                        }
                    }
                }
                for group in [outcome.successive, outcome.againstBest] where !group.isEmpty {
                    html.add("tbody") { html in
                        for step in group { write(step, metric, &html) }
                    }
                }
            }
        }
        if let few = steps.filter({ $0.verdict == .untestable }).map(\.comparison.count).max() {
            html.add(
                "p", ["class": "note"],
                "With \(Words.count(few, "patient")), \(steps.count == 1 ? "a paired test" : "\(steps.count) paired tests") "
                    + "cannot reach \(OrderingOutcome.level), whatever is found.")
        }
    }

    private func write(_ step: OrderingOutcome.Step, _ metric: BenchmarkMetric, _ html: inout HTML) {
        let found = step.comparison
        html.add("tr") { html in
            html.add("th", ["scope": "row"]) { html in
                html.write("\(found.better) ")
                html.add("span", ["class": "faint"], "over")
                html.write(" \(found.worse)")
            }
            html.add("td", found.advantage.map { Wording.amount($0, found.interval, metric) } ?? "no common score")
            html.add("td", "\(found.wins) of \(found.count)")
            html.add("td", step.verdict == .untestable ? "not testable" : Wording.pValue(step.adjustedPValue))
            html.add("td", ["class": "verdict \(step.verdict.rawValue)"], Wording.verdict(step))
        }
    }
}
