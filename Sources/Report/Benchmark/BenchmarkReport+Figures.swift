import Core
import Foundation
import Metrics

extension BenchmarkReport {
    private static let plot = PlotStyle(width: 520, height: 340)
    /// Drawn to the same width on the page, so smaller: room for many names.
    private static let widePlot = PlotStyle(width: 640, height: 400)
    /// Colours that boxes side by side can be told apart by.
    private static let mostBoxes = PlotTheme.light.series.count

    /// How patients' scores are spread, a plot for each metric.
    func writeSpread(_ task: BenchmarkTask, _ html: inout HTML) {
        html.add("h3", "Spread over patients")
        let plots = task.metrics.flatMap { metric in
            let conditions = conditions(task, metric)
            return task.methods.count > Self.mostBoxes
                ? conditions.map { spread(task, $0, metric).svg(Self.widePlot) }
                : [spread(task, conditions, metric).svg(Self.plot)]
        }
        writeFigure(
            plots,
            "Each value is a patient's mean. Boxes span the quartiles about the median, whiskers reach 1.5 times that, and "
                + "dots lie beyond; of fewer than six patients all are dots about the median.", &html)
    }

    /// Methods side by side under each condition.
    private func spread(
        _ task: BenchmarkTask, _ conditions: [BenchmarkCondition], _ metric: BenchmarkMetric
    ) -> DistributionPlot {
        DistributionPlot(
            metric.name, groups: conditions.map(\.name), y: PlotAxis(metric.title),
            series: task.methods.map { method in
                let scores = conditions.map { table[task.name, $0.name, method, metric.name] }
                return .init(method, groups: scores.map(\.values), failures: scores.map(\.failures))
            })
    }

    /// Methods under their names.
    private func spread(_ task: BenchmarkTask, _ condition: BenchmarkCondition, _ metric: BenchmarkMetric)
        -> DistributionPlot
    {
        let scores = task.methods.map { table[task.name, condition.name, $0, metric.name] }
        return DistributionPlot(
            "\(metric.name), \(condition.name)", groups: task.methods, y: PlotAxis(metric.title),
            series: [.init(metric.name, groups: scores.map(\.values), failures: scores.map(\.failures))])
    }

    /// How scores change with severity; nothing where conditions have none.
    func writeSeverity(_ task: BenchmarkTask, _ html: inout HTML) {
        let conditions = task.conditions.filter { $0.severity != nil }.sorted {
            ($0.severity ?? 0) < ($1.severity ?? 0)
        }
        guard Set(conditions.map(\.severity)).count > 1 else { return }
        html.add("h3", "Over severity")
        let plots = task.metrics.map { metric in
            let series = task.methods.map { method in
                let points = conditions.compactMap { condition -> (SIMD2<Double>, ClosedRange<Double>)? in
                    let cell = CellSummary(table[task.name, condition.name, method, metric.name], metric)
                    guard let mean = cell.mean, let severity = condition.severity else { return nil }
                    return ([severity, mean], cell.interval.map { $0.lower...$0.upper } ?? mean...mean)
                }
                return LinePlot.Series(method, points: points.map(\.0), band: points.map(\.1))
            }
            return LinePlot(
                metric.name, x: PlotAxis(task.severityTitle), y: PlotAxis(metric.title), series: series,
                reference: metric.best == .nearestToZero ? ("no error", 0) : nil
            ).svg(Self.plot)
        }
        writeFigure(plots, "Means over patients; bands are their 95 % intervals.", &html)
    }

    /// How predicted quantities agree with true ones under the hardest condition, a plot for each method and metric.
    func writeAgreement(_ task: BenchmarkTask, _ html: inout HTML) {
        var isFirst = true
        for metric in task.metrics {
            guard let condition = conditions(task, metric).hardest else { continue }
            let plots = agreementPlots(task, condition, metric)
            guard !plots.isEmpty else { continue }
            if isFirst { html.add("h3", "Agreement with the truth, \(condition.name)") }
            isFirst = false
            writeFigure(
                plots,
                "\(metric.name): predicted less true quantity over the mean of both, a dot a patient. Lines are the bias "
                    + "and the limits of agreement (bias ± 1.96 SD), bands their 95 % intervals.", &html)
        }
    }

    private func agreementPlots(_ task: BenchmarkTask, _ condition: BenchmarkCondition, _ metric: BenchmarkMetric)
        -> [String]
    {
        let found = task.methods.compactMap { method -> (String, BlandAltman, Int)? in
            let scores = table[task.name, condition.name, method, metric.name]
            let pairs = scores.patients.compactMap { patient in
                scores.entries[patient].flatMap { entry in
                    entry.predicted.flatMap { predicted in entry.truth.map { (predicted, $0) } }
                }
            }
            return BlandAltman(pairs.map(\.0), pairs.map(\.1)).map { (method, $0, scores.patients.count - pairs.count) }
        }
        // One scale for all, so that the eye can compare.
        func range(_ values: [Double]) -> ClosedRange<Double>? {
            guard let low = values.min(), let high = values.max(), low < high else { return nil }
            return Ticks.widened(low...high, count: 6)
        }
        let x = range(found.flatMap { $0.1.means })
        let y = range(
            found.flatMap { $0.1.differences + [$0.1.limitIntervals().lower.lower, $0.1.limitIntervals().upper.upper] })
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        return found.map { method, agreement, failures in
            BlandAltmanPlot(
                method, x: PlotAxis("Mean of both\(unit)", range: x), y: PlotAxis("Predicted − true\(unit)", range: y),
                agreement: agreement, failures: failures
            ).svg(Self.plot)
        }
    }

    /// How networks learned.
    func writeLearning(_ task: BenchmarkTask, _ html: inout HTML) {
        let curves = results.learningCurves.filter { $0.task == task.name }
        guard !curves.isEmpty else { return }
        html.add("h3", "Training")
        let plots = curves.map { curve in
            func series(_ name: String, _ loss: (LearningCurve.Point) -> Double?) -> LinePlot.Series? {
                let points = curve.points.compactMap { point in
                    loss(point).map { SIMD2(Double(point.step), $0) }
                }
                return points.isEmpty ? nil : LinePlot.Series(name, points: points)
            }
            // Some losses are negative, as that of Dice.
            let isPositive = curve.points.allSatisfy { ($0.training ?? 1) > 0 && ($0.validation ?? 1) > 0 }
            return LinePlot(
                curve.method, x: PlotAxis("Step"), y: PlotAxis("Loss", scale: isPositive ? .logarithmic : .linear),
                series: [series("training", \.training), series("validation", \.validation)].compactMap { $0 }
            ).svg(Self.plot)
        }
        writeFigure(plots, "Loss of the batches learned from, and of cases held out.", &html)
    }

    /// Pictures of what went worst.
    func writeWorstCases(_ task: BenchmarkTask, _ html: inout HTML) {
        let cases = results.worstCases.filter { $0.task == task.name }
        guard !cases.isEmpty else { return }
        html.add("h3", "Worst cases")
        for worst in cases {
            html.add("figure") { html in
                html.addEmpty(
                    "img",
                    ["src": "data:image/png;base64,\(worst.png.base64EncodedString())", "alt": worst.description])
                html.add("figcaption", worst.caption)
            }
        }
    }

    private func writeFigure(_ plots: [String], _ caption: String, _ html: inout HTML) {
        html.add("figure") { html in
            html.add("div", ["class": "plots"]) { html in
                for plot in plots { html.insert(plot) }
            }
            html.add("figcaption", caption)
        }
    }
}
