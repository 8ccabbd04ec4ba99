import Core
import Foundation
import Testing

@testable import Metrics

/// Writes what `Tests/Interop/test_metrics.py` computes again with other tools: inputs by seed, and our results.
@Suite("Metrics for other tools", .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"] != nil))
struct MetricsInteropSamples {
    private typealias Numbers = [String: Double]

    @Test("Every metric is written once")
    func write() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"])
        try write(images(), to: "\(folder)/metrics_images.json")
        try write((0..<6).map(structure), to: "\(folder)/metrics_structures.json")
        try write((0..<4).map(statistics), to: "\(folder)/metrics_statistics.json")
        try write(motion(), to: "\(folder)/metrics_motion.json")
    }

    private func write(_ value: some Encodable, to path: String) throws {
        try JSONEncoder().encode(value).write(to: URL(fileURLWithPath: path))
    }

    // MARK: Images

    private struct Images: Encodable {
        let shape: [Int]
        let image: [Float]
        let reference: [Float]
        let range: Double
        let results: Numbers
    }

    private func images() throws -> Images {
        let shape = [9, 40, 37]
        let (image, reference) = pictures(shape, noise: 0.4)
        let range = try DataRange.maximum.value(for: reference)
        func ssim(_ index: StructuralSimilarity) throws -> Double {
            try index.mean(image, reference: reference, shape: shape, range: range)
        }
        let error = SquaredError(image, reference: reference)
        var box = StructuralSimilarity(window: .box(5), usesSampleVariance: false)
        box.k2 = 0.05
        return Images(
            shape: shape, image: image, reference: reference, range: range,
            results: [
                "nmse": error.nmse, "nrmse": error.nrmse, "mse": error.mse, "psnr": error.psnr(range: range),
                "ssim_box": try ssim(.fastMRI), "ssim_gaussian": try ssim(.wang2004), "ssim_3d": try ssim(.box3D),
                "ssim_other": try ssim(box), "hfen": HighFrequencyError()(image, reference: reference, shape: shape),
                "hfen_3d": HighFrequencyError(dimensions: 3)(image, reference: reference, shape: shape),
            ])
    }

    // MARK: Structures

    private struct Structure: Encodable {
        let shape: [Int]
        let spacingMM: [Double]
        let prediction: [UInt8]
        let reference: [UInt8]
        let results: Numbers
        let slices: [Numbers?]
    }

    /// Two ellipsoids with some voxels flipped.
    private func structure(_ index: Int) throws -> Structure {
        let grid = grid([26, 22, 12], spacingMM: [[1.25, 1.5, 4], [1, 1, 1], [1.8, 1.8, 10]][index % 3])
        var random = Philox(seed: 17, patient: index, stage: .recipe)
        func shape() -> Volume<Bool> {
            let center = Vector3(12, 11, 6) + Vector3(random.normal(), random.normal(), random.normal())
            let radii = grid.spacingMM * [7, 6, 4] * (1 + 0.1 * random.normal())
            var mask = ellipsoid(grid, center: center, radiiMM: radii)
            if index >= 3 {
                for _ in 0..<8 { mask.values[Int(random.uniform() * Double(grid.count))].toggle() }
            }
            return mask
        }
        let (prediction, reference) = (shape(), shape())
        let overlap = try Overlap(prediction, reference: reference)
        let distance = try #require(try SurfaceDistance.of(prediction, reference: reference, threads: 2).value)
        var results = numbers(distance)
        results["dice"] = overlap.dice.value
        results["jaccard"] = overlap.jaccard.value
        return Structure(
            shape: [12, 22, 26], spacingMM: [grid.spacingMM.z, grid.spacingMM.y, grid.spacingMM.x],
            prediction: prediction.values.map { $0 ? 1 : 0 }, reference: reference.values.map { $0 ? 1 : 0 },
            results: results,
            slices: try SurfaceDistance.ofSlices(prediction, reference: reference).map { $0.map(numbers).value })
    }

    private func numbers(_ distance: SurfaceDistance) -> Numbers {
        [
            "hd": distance.hausdorffMM, "hd95": distance.hausdorff95MM, "hd95_pooled": distance.pooledHausdorff95MM,
            "msd": distance.meanMM, "assd": distance.symmetricMeanMM,
            "surface_dice": distance.surfaceDice(toleranceMM: 2),
        ]
    }

    // MARK: Statistics

    private struct Statistics: Encodable {
        let a: [Double]
        let b: [Double]
        let pValues: [Double]
        let holm: [Double]
        let bootstrap: [Double]
        let results: Numbers
    }

    /// Paired measures of 12 or 60 cases, with ties where the index is odd.
    private func statistics(_ index: Int) throws -> Statistics {
        var random = Philox(seed: 23, patient: index, stage: .recipe)
        let count = index < 2 ? 12 : 60
        func measure() -> Double {
            let value = 60 + 10 * random.normal()
            return index % 2 == 0 ? value : (value / 4).rounded() * 4
        }
        let a = (0..<count).map { _ in measure() }
        let b = a.map { 0.8 * $0 + 0.2 * measure() + (index % 2 == 0 ? 2 : 4) }
        let rounded = index % 2 == 0 ? b : b.map { ($0 / 4).rounded() * 4 }
        let differences = zip(a, rounded).map { $0 - $1 }
        let test = try #require(PairedTTest(differences: differences))
        let pearson = try #require(Correlation.pearson(a, rounded))
        let spearman = try #require(Correlation.spearman(a, rounded))
        let agreement = try #require(BlandAltman(a, rounded))
        let bootstrap = try #require(Bootstrap(differences, random: random))
        let exact = WilcoxonTest(differences: differences, distribution: .exact)
        let pValues = (0..<6).map { _ in 0.1 * random.uniform() }
        var results: Numbers = [
            "wilcoxon_exact": exact.pValue, "wilcoxon_rank_sum": exact.positiveRankSum,
            "wilcoxon_normal": WilcoxonTest(differences: differences, distribution: .normal).pValue,
            "t": test.statistic, "t_p": test.pValue, "t_lower": test.interval.lower, "t_upper": test.interval.upper,
            "pearson": pearson.coefficient, "pearson_p": pearson.pValue, "spearman": spearman.coefficient,
            "spearman_p": spearman.pValue, "bias": agreement.bias, "loa_lower": agreement.limits.lower,
            "loa_upper": agreement.limits.upper, "bias_upper": agreement.biasInterval().upper,
            "loa_upper_upper": agreement.limitIntervals().upper.upper,
        ]
        results["icc"] = intraclassCorrelation(a, rounded)
        for (name, interval) in [
            ("fisher", try #require(pearson.interval())), ("percentile", bootstrap.percentileInterval()),
            ("bca", bootstrap.correctedInterval(confidence: 0.9)),
        ] {
            (results["\(name)_lower"], results["\(name)_upper"]) = (interval.lower, interval.upper)
        }
        return Statistics(
            a: a, b: rounded, pValues: pValues, holm: holmAdjusted(pValues), bootstrap: bootstrap.distribution,
            results: results)
    }

    // MARK: Motion

    private struct Motion: Encodable {
        let shape: [Int]
        let spacingMM: [Double]
        let estimate: [Float]
        let reference: [Float]
        let mask: [UInt8]
        let results: Numbers
    }

    private func motion() throws -> Motion {
        let grid = grid([14, 12, 10], spacingMM: [1.25, 1.5, 2])
        let reference = pictures([30, 12, 14]).reference.map { 6 * $0 }
        let estimate = zip(reference, uniform(reference.count, seed: 3)).map { $0 + 2 * ($1 - 0.5) }
        let mask = ellipsoid(grid, center: [6, 6, 5], radiiMM: [7, 7, 8])
        let fields = (
            DisplacementField(grid: grid, components: estimate), DisplacementField(grid: grid, components: reference)
        )
        let error = try #require(
            try MotionError(fields.0, reference: fields.1, mask: mask, normal: [0, 0, 1]))
        let jacobian = try #require(try JacobianStatistics(fields.0, mask: mask))
        return Motion(
            shape: [10, 12, 14], spacingMM: [2, 1.5, 1.25], estimate: estimate, reference: reference,
            mask: mask.values.map { $0 ? 1 : 0 },
            results: [
                "epe": error.endpointMM.mean, "epe_95": error.endpointMM.percentile(95),
                "epe_plane": try #require(error.inPlaneMM).mean, "epe_through": try #require(error.throughPlaneMM).mean,
                "angle": try #require(error.angleDegrees).mean, "motion": error.meanMotionMM,
                "jacobian_mean": jacobian.determinants.mean, "jacobian_min": jacobian.determinants.minimum,
                "jacobian_count": Double(jacobian.determinants.count),
                "jacobian_log_sd": try #require(jacobian.deviationOfLogarithm),
            ])
    }
}
