import Core
import Foundation
import Testing

@testable import Metrics

@Suite("Statistics")
struct StatisticsTests {
    private func random(_ substream: UInt32 = 0) -> Philox {
        Philox(seed: 5, patient: 0, stage: .recipe, substream: substream)
    }

    @Test("Mean, deviation and percentiles, by hand")
    func summary() throws {
        let summary = try #require(Summary([4, 1, 3, 2]))
        #expect((summary.mean, summary.median, summary.minimum, summary.maximum) == (2.5, 2.5, 1, 4))
        #expect(abs(summary.standardDeviation - (5.0 / 3).squareRoot()) < 1e-15)
        #expect(abs(summary.percentile(95) - 3.85) < 1e-14 && summary.percentile(100) == 4)
        #expect(Summary([]) == nil)
        #expect(try #require(Summary([7])).standardDeviation == 0)
        let infinite = try #require(Summary([1, .infinity, .infinity]))
        #expect(infinite.percentile(90) == .infinity && infinite.standardDeviation == .infinity)
    }

    @Test("Quantiles are those of tables")
    func quantiles() {
        #expect(abs(Normal.quantile(0.975) - 1.959963984540054) < 1e-14)
        #expect(Normal.quantile(0) == -.infinity && Normal.quantile(1) == .infinity)
        #expect(abs(StudentT(degreesOfFreedom: 9).quantile(0.975) - 2.2621571627982053) < 1e-12)
        // tan(0.45 π): the Cauchy distribution.
        #expect(abs(StudentT(degreesOfFreedom: 1).quantile(0.95) - tan(0.45 * Double.pi)) < 1e-11)
        // One and two degrees of freedom have closed forms; log Γ is rounded.
        for t in [-3, -0.5, 0, 1e-3, 2, 40] {
            #expect(abs(StudentT(degreesOfFreedom: 1).cumulative(t) - (0.5 + atan(t) / .pi)) < 1e-13)
            let two = 0.5 + t / (2 * (2 + t * t).squareRoot())
            #expect(abs(StudentT(degreesOfFreedom: 2).cumulative(t) - two) < 1e-13)
        }
    }

    @Test("Wilcoxon's exact p-value, by hand")
    func wilcoxon() {
        // One of 2⁵ signs has all ranks positive.
        let all = WilcoxonTest(differences: [1, 2, 3, 4, 5])
        #expect(all.positiveRankSum == 15 && all.pValue == 2.0 / 32)
        // Rank sums of at least 14: {all} and {all but rank 1}.
        #expect(WilcoxonTest(differences: [-0.1, 2, 3, 4, 5]).pValue == 4.0 / 32)
        #expect(WilcoxonTest(differences: [0, 0]).pValue == 1)
        #expect(WilcoxonTest(differences: [0, 1, 2, 3, 4, 5]).count == 5)
        #expect(WilcoxonTest(differences: [1, -1]).pValue == 1)
    }

    @Test("Wilcoxon's exact p-value counts all signs, with ties", arguments: 1...9)
    func wilcoxonCounts(count: Int) {
        var random = random(UInt32(count))
        let differences = (0..<count).map { _ in (6 * random.uniform() - 2).rounded() }.filter { $0 != 0 }
        let ranks = midranks(differences.map(abs))
        let total = ranks.reduce(0, +)
        func sum(_ signs: Int) -> Double {
            ranks.indices.reduce(0) { signs >> $1 & 1 == 1 ? $0 + ranks[$1] : $0 }
        }
        let found = WilcoxonTest(differences: differences)
        let sums = (0..<1 << ranks.count).map(sum)
        // The distribution is symmetric: as far from its middle as found, either way.
        let far = sums.count { abs($0 - total / 2) >= abs(found.positiveRankSum - total / 2) }
        #expect(abs(found.pValue - Double(far) / Double(sums.count)) < 1e-14)
    }

    @Test("For many cases the normal distribution comes near the exact one")
    func wilcoxonNormal() {
        var random = random()
        let differences = (0..<50).map { _ in random.normal() + 0.3 }
        let exact = WilcoxonTest(differences: differences, distribution: .exact)
        let normal = WilcoxonTest(differences: differences, distribution: .normal)
        #expect(exact.pValue < 0.2 && abs(exact.pValue - normal.pValue) < 5e-3)
        #expect(WilcoxonTest(differences: differences) == exact)
        // One sign and many cases: a variance of n(n + 1)(2n + 1)/24.
        let many = WilcoxonTest(differences: (1...60).map(Double.init))
        let z = 60 * 61 / 4 / (60 * 61 * 121 / 24.0).squareRoot()
        #expect(abs(many.pValue / (2 * Normal.cumulative(-z)) - 1) < 1e-12)
    }

    @Test("Student's paired test, by hand")
    func paired() throws {
        // Mean 2, SD 1, n = 3: t = 2√3; for two degrees of freedom p = 1 − t / √(2 + t²).
        let test = try #require(PairedTTest(differences: [1, 2, 3]))
        #expect(abs(test.statistic - 12.0.squareRoot()) < 1e-14 && test.degreesOfFreedom == 2)
        #expect(abs(test.pValue - (1 - (12.0 / 14).squareRoot())) < 1e-14)
        #expect(abs(test.interval.upper - 2 - 4.302652729749464 / 3.0.squareRoot()) < 1e-11)
        #expect(try #require(PairedTTest(differences: [0, 0])).pValue == 1)
        #expect(try #require(PairedTTest(differences: [1, 1])).pValue == 0)
        #expect(PairedTTest(differences: [1]) == nil)
    }

    @Test("Holm's correction, by hand")
    func holm() {
        let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
        for (found, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(found - expected) < 1e-15) }
        #expect(holmAdjusted([0.9, 0.8]) == [1, 1] && holmAdjusted([]) == [])
    }

    @Test("Correlations, by hand")
    func correlation() throws {
        let (a, b) = ([1.0, 2, 3, 4, 5], [2.0, 1, 4, 3, 5])
        #expect(abs(try #require(Correlation.pearson(a, b)).coefficient - 0.8) < 1e-15)
        let curved = try #require(Correlation.spearman(a, a.map { exp($0) }))
        #expect(curved.coefficient == 1 && curved.pValue == 0)
        // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / √(4.5 · 5).
        let ties = try #require(Correlation.spearman([1, 2, 2, 3], [1, 2, 3, 4]))
        #expect(abs(ties.coefficient - 4.5 / 22.5.squareRoot()) < 1e-15)
        #expect(Correlation.pearson([1, 1, 1], [1, 2, 3]) == nil && Correlation.pearson([1, 2], [1, 2]) == nil)
        let interval = try #require(Correlation.pearson(a, b)?.interval())
        #expect(interval.contains(0.8) && interval.contains(0))
    }

    @Test("Raters that differ by a constant agree less than they correlate")
    func agreement() throws {
        let a = [1.0, 2, 3, 4, 5]
        #expect(intraclassCorrelation(a, a) == 1)
        // Mean squares 5 and 0 between cases and rest, 10 between raters: 5 / (5 + 2 · 10 / 5).
        #expect(abs(try #require(intraclassCorrelation(a, a.map { $0 + 2 })) - 5.0 / 9) < 1e-15)
        #expect(intraclassCorrelation([1, 1], [1, 1]) == nil)
    }

    @Test("Bias and limits of agreement, by hand")
    func blandAltman() throws {
        let agreement = try #require(BlandAltman([11, 12, 16], [10, 10, 13]))
        #expect(agreement.bias == 2 && agreement.standardDeviation == 1)
        #expect(agreement.differences == [1, 2, 3] && agreement.means == [10.5, 11, 14.5])
        #expect(agreement.limits == Interval(lower: 2 - 1.96, upper: 2 + 1.96))
        // The t quantile of two degrees of freedom over √3, and times √(3/3) for the limits.
        #expect(abs(agreement.biasInterval().upper - 2 - 4.302652729749464 / 3.0.squareRoot()) < 1e-11)
        #expect(abs(agreement.limitIntervals().upper.upper - 3.96 - 4.302652729749464) < 1e-11)
        #expect(abs(agreement.limitIntervals().lower.lower - 0.04 + 4.302652729749464) < 1e-11)
        #expect(abs(agreement.relativeDifferencesPercent[1] - 200.0 / 11) < 1e-12)
        #expect(BlandAltman([1], [1]) == nil)
    }

    @Test("A bootstrap's interval covers the mean as often as it says")
    func coverage() throws {
        var hits = (percentile: 0, corrected: 0)
        var random = random()
        for run in 0..<200 {
            let cases = (0..<30).map { _ in random.normal() }
            let bootstrap = try #require(Bootstrap(cases, resamples: 400, random: self.random(UInt32(run + 1))))
            if bootstrap.percentileInterval(confidence: 0.8).contains(0) { hits.percentile += 1 }
            if bootstrap.correctedInterval(confidence: 0.8).contains(0) { hits.corrected += 1 }
        }
        // 160 ± 5.7 of 200, a little less for 30 cases: within three standard deviations.
        #expect((140...177).contains(hits.percentile) && (140...177).contains(hits.corrected))
    }

    @Test("A bootstrap is the same each time, and corrected where cases are skewed")
    func bootstrap() throws {
        var random = random()
        let cases = (0..<25).map { _ in exp(1.5 * random.normal()) }
        let first = try #require(Bootstrap(cases, random: self.random(1)))
        let second = try #require(Bootstrap(cases, random: self.random(1)))
        #expect(first.distribution == second.distribution && first.distribution.count == 2000)
        #expect(try #require(Bootstrap(cases, random: self.random(2))).distribution != first.distribution)
        #expect(first.correctedInterval().upper > first.percentileInterval().upper)
        #expect(Bootstrap([], random: random) == nil)
        let same = try #require(Bootstrap([3, 3, 3], random: random))
        #expect(same.correctedInterval() == Interval(lower: 3, upper: 3))
        let median = try #require(Bootstrap(cases, random: random) { Summary($0)?.median ?? 0 })
        #expect(median.estimate == Summary(cases)?.median)
    }
}
