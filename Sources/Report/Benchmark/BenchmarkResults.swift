import Core
import Foundation

/// All that a benchmark found, and how: what its table, report and files are made from.
public struct BenchmarkResults: Codable, Sendable, Hashable {
    /// The protocol's name.
    public var title: String
    /// When it was done.
    public var date: Date
    /// The command line.
    public var command: String
    /// What it was done with.
    public var provenance: Provenance
    /// What was tried, in the order of the report.
    public var tasks: [BenchmarkTask]
    /// The scores, in any order.
    public var scores: [BenchmarkScore]
    /// What was expected before.
    public var orderings: [ExpectedOrdering]
    /// How networks learned.
    public var learningCurves: [LearningCurve]
    /// Pictures of what went worst.
    public var worstCases: [WorstCase]

    /// Gathers results.
    public init(
        title: String, date: Date, command: String, provenance: Provenance, tasks: [BenchmarkTask],
        scores: [BenchmarkScore], orderings: [ExpectedOrdering] = [], learningCurves: [LearningCurve] = [],
        worstCases: [WorstCase] = []
    ) {
        (self.title, self.date, self.command, self.provenance) = (title, date, command, provenance)
        (self.tasks, self.scores, self.orderings) = (tasks, scores, orderings)
        (self.learningCurves, self.worstCases) = (learningCurves, worstCases)
    }

    /// Checks that all that is named was declared: a score that no table shows would be lost.
    ///
    /// - Throws: `CineError(.badData)` with the first name that was not.
    func validate() throws {
        func check(_ name: String, in known: [String], _ kind: String) throws {
            guard !known.contains(name) else { return }
            throw CineError(
                .badData,
                "Expected results of a declared \(kind), found \"\(name)\". Declare it, or use one of: "
                    + known.joined(separator: ", ") + ".")
        }
        func task(_ name: String) throws -> BenchmarkTask? {
            try check(name, in: tasks.map(\.name), "task")
            return tasks.first { $0.name == name }
        }
        for score in scores {
            guard let task = try task(score.task) else { continue }
            try check(score.condition, in: task.conditions.map(\.name), "condition")
            try check(score.method, in: task.methods, "method")
            try check(score.metric, in: task.metrics.map(\.name), "metric")
        }
        for ordering in orderings {
            guard let task = try task(ordering.task) else { continue }
            try check(ordering.condition, in: task.conditions.map(\.name), "condition")
            try check(ordering.metric, in: task.metrics.filter { $0.best != .none }.map(\.name), "comparable metric")
            for method in ordering.methods { try check(method, in: task.methods, "method") }
        }
        for name in learningCurves.map(\.task) + worstCases.map(\.task) { _ = try task(name) }
    }
}
