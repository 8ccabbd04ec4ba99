import Core
import Metrics

/// Two methods on the same patients.
///
/// On each patient the method that failed less is better; where both failed as often, that with the better score is. So a
/// failure counts as the largest loss there is, and is not left out.
struct PairedComparison: Sendable, Hashable {
    /// The method expected to be worse.
    let worse: String
    /// The method expected to be better.
    let better: String
    /// Patients that both were tried on.
    let count: Int
    /// Patients on which the expected one is better.
    let wins: Int
    /// Patients on which it is worse.
    let losses: Int
    /// By how much it is better, the mean over patients that both have a score of; in the metric's unit.
    let advantage: Double?
    /// The 95 % interval of that; nil for fewer than two patients.
    let interval: Interval?
    /// Two-sided p-value of Wilcoxon's signed-rank test.
    let pValue: Double
    /// Whether ranks favour the expected one.
    let ranksFavour: Bool

    /// Compares two methods.
    init(
        worse: (name: String, scores: PatientScores), better: (name: String, scores: PatientScores),
        _ metric: BenchmarkMetric
    ) {
        (self.worse, self.better) = (worse.name, better.name)
        var (ranked, differences): ([Double], [Double]) = ([], [])
        for patient in worse.scores.patients {
            guard let a = worse.scores.entries[patient], let b = better.scores.entries[patient] else { continue }
            let merits = (a.value.flatMap(metric.best.merit), b.value.flatMap(metric.best.merit))
            let difference = merits.0.flatMap { low in merits.1.map { $0 - low } }
            if let difference { differences.append(difference) }
            ranked.append(
                a.failures == b.failures ? difference ?? 0 : a.failures > b.failures ? .infinity : -.infinity)
        }
        count = ranked.count
        wins = ranked.count { $0 > 0 }
        losses = ranked.count { $0 < 0 }
        advantage = Summary(differences)?.mean
        interval = meanInterval(differences)
        let test = WilcoxonTest(differences: ranked)
        pValue = test.pValue
        ranksFavour = test.positiveRankSum > Double(test.count * (test.count + 1)) / 4
    }

    /// The smallest p-value that so many patients can give: all differences on one side.
    var smallestPValue: Double { (1...max(count, 1)).reduce(2) { value, _ in value / 2 } }
}

/// Whether an expected order was found.
struct OrderingOutcome: Sendable, Hashable {
    /// What became of one step.
    enum Verdict: String, Codable, Sendable, Hashable {
        /// As expected, and hardly by chance.
        case holds
        /// The other way round, and hardly by chance.
        case reversed
        /// It may be chance.
        case open
        /// No result of so few patients could have told.
        case untestable
    }

    /// A comparison with its p-value among all of the order.
    struct Step: Sendable, Hashable {
        /// The two methods.
        let comparison: PairedComparison
        /// The p-value by Holm's correction.
        let adjustedPValue: Double
        /// What became of it.
        let verdict: Verdict
    }

    /// What was expected.
    let ordering: ExpectedOrdering
    /// Each method against the next one.
    let successive: [Step]
    /// Each other method against the best.
    let againstBest: [Step]

    /// The level of significance.
    static let level = 0.05

    /// Tests each step; all comparisons of an order are one family.
    init(_ ordering: ExpectedOrdering, _ metric: BenchmarkMetric, _ table: ScoreTable) {
        self.ordering = ordering
        func scores(_ method: String) -> (String, PatientScores) {
            (method, table[ordering.task, ordering.condition, method, ordering.metric])
        }
        let methods = ordering.methods
        // The last but one is already compared with the best.
        let pairs =
            Array(zip(methods, methods.dropFirst()))
            + methods.dropLast(2).compactMap { method in methods.last.map { (method, $0) } }
        let comparisons = pairs.map { PairedComparison(worse: scores($0), better: scores($1), metric) }
        let adjusted = holmAdjusted(comparisons.map(\.pValue))
        let smallest = holmAdjusted(comparisons.map(\.smallestPValue))
        let steps = comparisons.indices.map { index in
            Step(
                comparison: comparisons[index], adjustedPValue: adjusted[index],
                verdict: OrderingOutcome.verdict(comparisons[index], adjusted[index], smallest[index]))
        }
        successive = Array(steps.prefix(max(methods.count - 1, 0)))
        againstBest = Array(steps.dropFirst(max(methods.count - 1, 0)))
    }

    private static func verdict(_ comparison: PairedComparison, _ pValue: Double, _ smallest: Double) -> Verdict {
        if smallest >= level { return .untestable }
        if pValue >= level { return .open }
        // Few large losses may outweigh many small wins: then ranks and mean disagree, and neither is the whole truth.
        let meanFavours = comparison.advantage.map { $0 > 0 } ?? comparison.ranksFavour
        guard meanFavours == comparison.ranksFavour else { return .open }
        return meanFavours ? .holds : .reversed
    }
}
