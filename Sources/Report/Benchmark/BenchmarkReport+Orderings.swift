import Core

extension BenchmarkReport {
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
        html.addTable("Order by \(metric.name), \(ordering.condition)") { html in
            html.addHead("Expected") { html in
                for title in ["Better by", "Better on", "p (Holm)", "Found"] { html.addColumn(title) }
            }
            for steps in [outcome.successive, outcome.againstBest] where !steps.isEmpty {
                html.add("tbody", ["class": "steps"]) { html in
                    for step in steps { write(step, metric, &html) }
                }
            }
        }
        let steps = outcome.successive + outcome.againstBest
        if let few = steps.filter({ $0.verdict == .untestable }).map(\.comparison.count).max() {
            let tests = steps.count == 1 ? "a paired test" : "\(steps.count) paired tests"
            html.add(
                "p", ["class": "note"],
                "With \(Words.count(few, "patient")), \(tests) cannot reach \(OrderingOutcome.level), whatever is found."
            )
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
            html.add("td", ["class": step.verdict.rawValue], Wording.verdict(step))
        }
    }
}
