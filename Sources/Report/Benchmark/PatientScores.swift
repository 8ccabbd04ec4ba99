import Core
import Metrics

/// A method's scores under one condition by one metric: one a patient, since patients are what varies independently.
struct PatientScores {
    /// What is known of a patient.
    struct Entry {
        /// Mean of the scores; nil where all failed.
        var value: Double?
        /// How many scores failed.
        var failures: Int
        /// Means of truth and prediction, over the parts that have both.
        var truth: Double?
        var predicted: Double?
    }

    /// The patients, in the order of the scores.
    let patients: [String]
    /// The scores of each.
    let entries: [String: Entry]

    /// Averages the scores of each patient.
    init(_ scores: [BenchmarkScore]) {
        let byPatient = Dictionary(grouping: scores, by: \.patient)
        var seen: Set<String> = []
        patients = scores.map(\.patient).filter { seen.insert($0).inserted }
        entries = byPatient.mapValues { scores in
            let pairs = scores.compactMap { entry in
                entry.truth.flatMap { truth in entry.predicted.map { (truth, $0) } }
            }
            return Entry(
                value: PatientScores.mean(scores.compactMap(\.value)),
                failures: scores.count { $0.value == nil },
                truth: PatientScores.mean(pairs.map(\.0)), predicted: PatientScores.mean(pairs.map(\.1)))
        }
    }

    /// The score of each patient that has one.
    var values: [Double] { patients.compactMap { entries[$0]?.value } }

    /// How many scores failed.
    var failures: Int { entries.values.reduce(0) { $0 + $1.failures } }

    private static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : Bootstrap.mean(values) }
}

/// The scores of all methods, found by what they are of.
struct ScoreTable {
    private struct Key: Hashable {
        let task: String
        let condition: String
        let method: String
        let metric: String
    }

    private let scores: [Key: PatientScores]

    /// Sorts scores.
    init(_ scores: [BenchmarkScore]) {
        self.scores = Dictionary(grouping: scores) {
            Key(task: $0.task, condition: $0.condition, method: $0.method, metric: $0.metric)
        }.mapValues(PatientScores.init)
    }

    /// The scores of a method; without patients where it was not tried.
    subscript(task: String, condition: String, method: String, metric: String) -> PatientScores {
        scores[Key(task: task, condition: condition, method: method, metric: metric)] ?? PatientScores([])
    }
}

/// What a cell of the table says.
struct CellSummary: Sendable, Hashable {
    /// Patients that have a score.
    let count: Int
    /// Scores that failed.
    let failures: Int
    /// Mean over patients; nil where none has a score.
    let mean: Double?
    /// Standard deviation over patients, with n − 1; nil for fewer than two.
    let standardDeviation: Double?
    /// The 95 % interval of the mean, from resampled patients; nil for fewer than two.
    let interval: Interval?
    /// The larger, the better; nil where nothing is.
    let merit: Double?

    /// Sums patients up.
    init(_ scores: PatientScores, _ metric: BenchmarkMetric) {
        let values = scores.values
        let summary = Summary(values)
        (count, failures, mean) = (values.count, scores.failures, summary?.mean)
        standardDeviation = values.count > 1 ? summary?.standardDeviation : nil
        interval = meanInterval(values)
        let merits = values.compactMap(metric.best.merit)
        merit = merits.isEmpty ? nil : Bootstrap.mean(merits)
    }

    /// Which methods are best: those that failed least, and of them those whose merit reads as high as any.
    static func best(of cells: [CellSummary], decimals: Int) -> [Bool] {
        let tried = cells.filter { $0.merit != nil }
        let fewest = tried.map(\.failures).min()
        func label(_ merit: Double) -> String { Ticks.label(merit, decimals: decimals) }
        let highest = tried.filter { $0.failures == fewest }.compactMap(\.merit).max().map(label)
        return cells.map { $0.failures == fewest && $0.merit != nil && $0.merit.map(label) == highest }
    }
}

/// The 95 % interval of a mean, from 2000 resamples, the same for every method; nil for fewer than two values.
func meanInterval(_ values: [Double]) -> Interval? {
    guard values.count > 1 else { return nil }
    return Bootstrap(values, random: Philox(seed: 0, patient: 0, stage: .bootstrap))?.correctedInterval()
}
