import Core
import Metrics
import Testing

@testable import Report

@Suite("Comparisons of methods")
struct ComparisonTests {
    private let metric = BenchmarkMetric("Error", unit: "mm", best: .lowest)

    /// Scores of a method, one a patient.
    private func scores(_ values: [Double?]) -> PatientScores {
        PatientScores(
            values.enumerated().map { index, value in
                BenchmarkScore(
                    task: "t", condition: "c", method: "m", patient: "p\(index)", metric: "Error", value: value)
            })
    }

    private func compare(_ worse: [Double?], _ better: [Double?]) -> PairedComparison {
        PairedComparison(worse: ("a", scores(worse)), better: ("b", scores(better)), metric)
    }

    /// What became of an order of methods whose errors are these, from worst to best.
    private func outcome(_ errors: [[Double]]) -> OrderingOutcome {
        let names = errors.indices.map { "m\($0)" }
        let all = errors.enumerated().flatMap { method, errors in
            errors.enumerated().map { patient, error in
                BenchmarkScore(
                    task: "t", condition: "c", method: "m\(method)", patient: "p\(patient)", metric: "Error",
                    value: error)
            }
        }
        return OrderingOutcome(
            ExpectedOrdering(task: "t", condition: "c", metric: "Error", methods: names), metric, ScoreTable(all))
    }

    @Test("Differences are paired")
    func paired() {
        let found = compare([3, 5, 10], [1, 6, 7])
        // 2, −1 and 3.
        #expect(found.count == 3 && found.wins == 2 && found.losses == 1)
        #expect(found.advantage == 4.0 / 3)
        #expect(found.interval.map { $0.lower >= -1 && $0.upper <= 3 && $0.contains(4.0 / 3) } == true)
        #expect(found.pValue == WilcoxonTest(differences: [2, -1, 3]).pValue)
    }

    @Test("A failure is the largest loss, and a common one a tie")
    func failures() {
        let found = compare([nil, 5, nil, 2], [9, nil, nil, 1])
        #expect(found.count == 4 && found.wins == 2 && found.losses == 1)
        // Only the last patient has a score of both: no interval.
        #expect(found.advantage == 1 && found.interval == nil)
        // 1 has rank 1; the failures share ranks 2 and 3.
        #expect(found.pValue == WilcoxonTest(differences: [1, 2, -2]).pValue)
    }

    @Test("Patients that one method was not tried on are left out")
    func missing() {
        #expect(compare([1, 2, 3], [0]).count == 1 && compare([1], []).count == 0)
    }

    @Test("Six patients can tell two methods apart, five cannot")
    func fewest() {
        // All differences on one side: p = 2 / 2ⁿ.
        let six = outcome([[2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 1, 1]])
        #expect(six.successive.map(\.verdict) == [.holds] && six.successive[0].adjustedPValue == 2.0 / 64)
        #expect(outcome([[2, 3, 4, 5, 6], [1, 1, 1, 1, 1]]).successive.map(\.verdict) == [.untestable])
    }

    @Test("Comparisons of an order are corrected together")
    func holm() {
        let worst = (0..<8).map { 10 + Double($0) }
        let middle = (0..<8).map { 5 + 0.5 * Double($0) }
        let best = (0..<8).map { 1 + 0.1 * Double($0) }
        // Three comparisons of p = 2/2⁸ each; with six patients none of three could reach 0.05.
        let eight = outcome([worst, middle, best])
        #expect(eight.successive.map(\.verdict) == [.holds, .holds] && eight.againstBest.map(\.verdict) == [.holds])
        #expect(eight.successive.allSatisfy { $0.adjustedPValue == 3 * 2.0 / 256 })
        #expect(eight.againstBest[0].comparison.worse == "m0" && eight.againstBest[0].comparison.better == "m2")
        let six = outcome([worst, middle, best].map { Array($0.prefix(6)) })
        #expect((six.successive + six.againstBest).allSatisfy { $0.verdict == .untestable })
    }

    @Test("An order that is the other way round is reversed, and one that chance may give is open")
    func verdicts() {
        let high = (0..<8).map { 10 + Double($0) }
        let low = (0..<8).map { 1 + 0.1 * Double($0) }
        #expect(outcome([low, high]).successive.map(\.verdict) == [.reversed])
        let alike = high.enumerated().map { $1 + ($0 % 2 == 0 ? 0.5 : -0.5) }
        #expect(outcome([high, alike]).successive.map(\.verdict) == [.open])
    }

    @Test("Where ranks and mean disagree, nothing is claimed")
    func disagreement() {
        // Eleven small wins and one loss that outweighs them.
        let other = (0..<12).map { 5 + 0.01 * Double($0) }
        let found = other.enumerated().map { $0 == 11 ? $1 + 100 : $1 - 1 - 0.01 * Double($0) }
        let step = outcome([other, found]).successive[0]
        #expect(step.adjustedPValue < 0.05 && step.comparison.ranksFavour)
        #expect(step.comparison.advantage.map { $0 < 0 } == true && step.verdict == .open)
    }

    @Test("What is found is said in words")
    func words() {
        let worst = (0..<5).map { 10 + Double($0) }
        let best = (0..<5).map { 1 + 0.1 * Double($0) }
        #expect(
            Wording.outcome(outcome([worst, best]).successive)
                == "1 of 1 step found in the mean; too few patients to test")
        let high = (0..<8).map { 10 + Double($0) }
        let low = (0..<8).map { 1 + 0.1 * Double($0) }
        let unlike = high.enumerated().map { $1 - ($0 % 2 == 0 ? 0.5 : -0.4) }
        let found = outcome([high, low, high, unlike]).successive
        #expect(Wording.outcome(found) == "1 of 3 steps holds, 1 in the mean only, 1 reversed")
        #expect(Wording.pValue(0.0004) == "p < 0.001" && Wording.pValue(0.0314) == "p = 0.031")
        #expect(Wording.amount(-1.25, Interval(lower: -2, upper: 0.5), metric) == "−1.25 mm [−2.00, 0.50]")
    }
}
