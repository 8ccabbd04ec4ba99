import Foundation

extension BenchmarkReport {
    /// All results with the statistics of them: format `cineforge.benchmark`, keys sorted.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }

    private var document: BenchmarkDocument {
        let summaries = results.tasks.flatMap { task in
            task.conditions.flatMap { condition in
                metrics(task, condition).flatMap { metric in
                    zip(task.methods, cells(task, condition, metric)).map { method, cell in
                        BenchmarkDocument.Summary(
                            task: task.name, condition: condition.name, method: method, metric: metric.name,
                            patients: cell.count, failures: cell.failures, mean: cell.mean,
                            standardDeviation: cell.standardDeviation,
                            interval: cell.interval.map { [$0.lower, $0.upper] })
                    }
                }
            }
        }
        return BenchmarkDocument(
            results: results, summaries: summaries,
            orderings: outcomes.map { outcome in
                .init(
                    expected: outcome.ordering, successive: outcome.successive.map(BenchmarkDocument.Step.init),
                    againstBest: outcome.againstBest.map(BenchmarkDocument.Step.init))
            })
    }
}

/// What `results.json` holds.
struct BenchmarkDocument: Codable {
    struct Summary: Codable {
        let task: String
        let condition: String
        let method: String
        let metric: String
        let patients: Int
        let failures: Int
        let mean: Double?
        let standardDeviation: Double?
        let interval: [Double]?
    }

    struct Step: Codable {
        let worse: String
        let better: String
        let patients: Int
        let wins: Int
        let losses: Int
        let advantage: Double?
        let interval: [Double]?
        let pValue: Double
        let adjustedPValue: Double
        let verdict: OrderingOutcome.Verdict

        init(_ step: OrderingOutcome.Step) {
            let found = step.comparison
            (worse, better, patients) = (found.worse, found.better, found.count)
            (wins, losses, advantage) = (found.wins, found.losses, found.advantage)
            interval = found.interval.map { [$0.lower, $0.upper] }
            (pValue, adjustedPValue, verdict) = (found.pValue, step.adjustedPValue, step.verdict)
        }
    }

    struct Ordering: Codable {
        let expected: ExpectedOrdering
        let successive: [Step]
        let againstBest: [Step]
    }

    var format = "cineforge.benchmark"
    var version = "1.0"
    let results: BenchmarkResults
    let summaries: [Summary]
    let orderings: [Ordering]
}
