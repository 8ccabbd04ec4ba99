import Core
import Foundation
import Storage

/// Results of a benchmark as files and as words.
///
/// Scores are averaged per patient, as patients are what varies independently; means, deviations, intervals and tests are
/// over patients. Failures are counted and shown, and lose every comparison.
public struct BenchmarkReport: Sendable {
    /// What was found.
    public let results: BenchmarkResults
    let table: ScoreTable
    let outcomes: [OrderingOutcome]

    /// Works the statistics out.
    ///
    /// - Throws: `CineError(.badData)` when results name a task, condition, method or metric that none declares.
    public init(_ results: BenchmarkResults) throws {
        try results.validate()
        self.results = results
        let table = ScoreTable(results.scores)
        self.table = table
        outcomes = results.orderings.compactMap { ordering in
            results.tasks.first { $0.name == ordering.task }?.metrics.first { $0.name == ordering.metric }
                .map { OrderingOutcome(ordering, $0, table) }
        }
    }

    /// Writes `results.csv`, `results.json` and `report.html`.
    ///
    /// - Parameter folder: where to; it is created if need be.
    /// - Throws: `CineError(.cannotCreate)` or `.inputOutput` when a file cannot be written. What was there before is
    ///   then still whole.
    public func write(to folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CineError(.cannotCreate, "Cannot create the folder \(folder): \(error.localizedDescription)")
        }
        try AtomicFile.write(csv, to: "\(folder)/results.csv")
        try AtomicFile.write(json(), to: "\(folder)/results.json")
        try AtomicFile.write(html, to: "\(folder)/report.html")
    }

    /// The cells of a metric under a condition, one for each method.
    ///
    /// - Parameter table: the scores to sum up; all when nil.
    func cells(
        _ task: BenchmarkTask, _ condition: BenchmarkCondition, _ metric: BenchmarkMetric, in table: ScoreTable? = nil
    ) -> [CellSummary] {
        task.methods.map { CellSummary((table ?? self.table)[task.name, condition.name, $0, metric.name], metric) }
    }

    /// How many patients a task was tried on under a condition.
    func patientCount(_ task: BenchmarkTask, _ condition: BenchmarkCondition) -> Int {
        Set(
            results.scores.lazy.filter { $0.task == task.name && $0.condition == condition.name }.map(\.patient)
        ).count
    }

    /// The metrics that any method was measured by under a condition, since some have a meaning under one alone; all
    /// where there are no scores.
    func metrics(_ task: BenchmarkTask, _ condition: BenchmarkCondition) -> [BenchmarkMetric] {
        let measured = task.metrics.filter { metric in
            task.methods.contains { !table[task.name, condition.name, $0, metric.name].patients.isEmpty }
        }
        return measured.isEmpty ? task.metrics : measured
    }

    /// The conditions under which any method was measured by a metric.
    func conditions(_ task: BenchmarkTask, _ metric: BenchmarkMetric) -> [BenchmarkCondition] {
        task.conditions.filter { metrics(task, $0).contains(metric) }
    }
}
