import Core
import Datasets
import Foundation
import Report
import Storage

/// The scores of a protocol's part, while they come in.
struct PartScores {
    private let part: BenchmarkProtocol.Part
    private var scores: [BenchmarkScore] = []
    private var conditions: [BenchmarkCondition] = []
    private var metrics: [BenchmarkMetric] = []
    /// The worst case of each method under each condition.
    private var worst: [String: [String: PatientResult.Case]] = [:]

    init(_ part: BenchmarkProtocol.Part) { self.part = part }

    mutating func add(_ result: PatientResult, of method: String, _ patient: PatientFile) throws {
        let (id, group) = (try patient.id, try patient.group)
        for score in result.scores {
            let condition = Self.name(score.condition)
            if !conditions.contains(where: { $0.name == condition }) {
                conditions.append(BenchmarkCondition(condition, severity: score.severity))
            }
            if !metrics.contains(score.metric) { metrics.append(score.metric) }
            scores.append(
                BenchmarkScore(
                    task: part.title, condition: condition, method: method, patient: id, group: group,
                    part: score.part, metric: score.metric.name, value: score.value, truth: score.truth,
                    predicted: score.predicted))
        }
        for found in result.cases {
            let condition = Self.name(found.condition)
            if found.badness > worst[method]?[condition]?.badness ?? -.infinity {
                worst[method, default: [:]][condition] = found
            }
        }
    }

    func add(to results: inout BenchmarkResults) {
        let methods = part.methods.filter(\.isScored).map(\.name)
        results.tasks.append(
            BenchmarkTask(
                part.title, conditions: conditions, severityTitle: part.severityTitle, methods: methods,
                metrics: metrics))
        results.scores += scores
        let metric = part.judgedBy ?? metrics.first { $0.best != .none }?.name
        if let metric, part.order.count > 1 {
            let measured = Set(scores.filter { $0.metric == metric }.map(\.condition))
            results.orderings += conditions.filter { measured.contains($0.name) }.map {
                ExpectedOrdering(task: part.title, condition: $0.name, metric: metric, methods: part.order)
            }
        }
        // Of the conditions that have pictures, the hardest.
        let pictured = conditions.filter { condition in worst.values.contains { $0[condition.name] != nil } }
        guard let hardest = pictured.max(by: { ($0.severity ?? 0) < ($1.severity ?? 0) }) else { return }
        results.worstCases += methods.compactMap { method in
            worst[method]?[hardest.name].flatMap { found in
                (try? PNG.encode(found.picture.raster)).map {
                    WorstCase(
                        task: part.title, caption: "\(method). \(found.caption)",
                        description: "The patient on whom \(method) is worst: \(found.caption)", png: Data($0))
                }
            }
        }
    }

    private static func name(_ condition: String) -> String { condition.isEmpty ? "held-out patients" : condition }
}

extension BenchmarkProtocol.Part {
    /// What reports call the task.
    var title: String { task.replacing("_", with: "-") }

    /// What the severity of a task's conditions is.
    var severityTitle: String { task == "reconstruction" ? "acceleration" : "severity" }
}
