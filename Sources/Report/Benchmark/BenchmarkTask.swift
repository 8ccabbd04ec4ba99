/// What methods are tried at.
public struct BenchmarkTask: Codable, Sendable, Hashable {
    /// Its name: "reconstruction".
    public var name: String
    /// A sentence or two on what is given and what is sought; may be empty.
    public var note: String
    /// Under what it is tried, the easiest first.
    public var conditions: [BenchmarkCondition]
    /// What the conditions' severity is, with its unit: "Acceleration"; may be empty.
    public var severityTitle: String
    /// The methods, in the order of the table.
    public var methods: [String]
    /// The metrics, in the order of the table; the first comparable one decides the headline.
    public var metrics: [BenchmarkMetric]

    /// Describes a task.
    public init(
        _ name: String, note: String = "", conditions: [BenchmarkCondition], severityTitle: String = "",
        methods: [String], metrics: [BenchmarkMetric]
    ) {
        (self.name, self.note, self.conditions) = (name, note, conditions)
        (self.severityTitle, self.methods, self.metrics) = (severityTitle, methods, metrics)
    }

    /// The name as a heading.
    var title: String { name.prefix(1).uppercased() + name.dropFirst() }

    /// The first metric that can be compared: what the headline is about.
    var headlineMetric: BenchmarkMetric? { metrics.first { $0.best != .none } }
}

/// Under what a task is tried.
public struct BenchmarkCondition: Codable, Sendable, Hashable {
    /// Its name: "R = 6", "breath-hold 4 mm".
    public var name: String
    /// Where it lies on the axis of severity; nil where there is none.
    public var severity: Double?

    /// Names a condition.
    public init(_ name: String, severity: Double? = nil) { (self.name, self.severity) = (name, severity) }
}

/// What is measured.
public struct BenchmarkMetric: Codable, Sendable, Hashable {
    /// Its name: "PSNR".
    public var name: String
    /// Its unit; empty for none.
    public var unit: String
    /// Which of its values is best.
    public var best: Best
    /// Digits behind the point.
    public var decimals: Int

    /// Describes a metric.
    public init(_ name: String, unit: String = "", best: Best, decimals: Int = 2) {
        (self.name, self.unit, self.best, self.decimals) = (name, unit, best, decimals)
    }

    /// "PSNR (dB)".
    var title: String { unit.isEmpty ? name : "\(name) (\(unit))" }
}

/// A score of a method on a part of a patient.
public struct BenchmarkScore: Codable, Sendable, Hashable {
    /// Name of the task.
    public var task: String
    /// Name of the condition.
    public var condition: String
    /// Name of the method.
    public var method: String
    /// The patient: patients are what varies independently; all else is averaged first.
    public var patient: String
    /// The patient's group.
    public var group: String
    /// Which part of the patient: "slice 4", "LV".
    public var part: String
    /// Name of the metric.
    public var metric: String
    /// The score; nil where the method failed, which is counted and never left out.
    public var value: Double?
    /// The true quantity, where the score is an error of one.
    public var truth: Double?
    /// The method's quantity, where the score is an error of one.
    public var predicted: Double?

    /// Notes a score.
    ///
    /// - Parameter value: one that is not finite counts as failed, since it has no mean: the Hausdorff distance of a
    ///   structure that was missed.
    public init(
        task: String, condition: String, method: String, patient: String, group: String = "", part: String = "",
        metric: String, value: Double?, truth: Double? = nil, predicted: Double? = nil
    ) {
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        (self.task, self.condition, self.method, self.metric) = (task, condition, method, metric)
        (self.patient, self.group, self.part) = (patient, group, part)
        (self.value, self.truth, self.predicted) = (finite(value), finite(truth), finite(predicted))
    }
}

/// An order of methods that was expected before anything was measured.
public struct ExpectedOrdering: Codable, Sendable, Hashable {
    /// Name of the task.
    public var task: String
    /// Name of the condition.
    public var condition: String
    /// Name of the metric.
    public var metric: String
    /// The methods, from worst to best.
    public var methods: [String]

    /// States an order.
    public init(task: String, condition: String, metric: String, methods: [String]) {
        (self.task, self.condition, self.metric, self.methods) = (task, condition, metric, methods)
    }
}

extension [BenchmarkCondition] {
    /// The condition that asks most: of the largest severity, else the last.
    var hardest: BenchmarkCondition? {
        filter { $0.severity != nil }.max { ($0.severity ?? 0) < ($1.severity ?? 0) } ?? last
    }
}
