import Core
import Foundation
import Storage

@testable import Report

/// Results as a benchmark may give them: numbers from a formula and a seed, of no method that exists.
enum BenchmarkSamples {
    /// Names that would break a page, a table or a file that did not escape them.
    static let awkward = "L+S \"λ < 1\" & <b>co</b>,\r\nsecond line"

    /// Three tasks with all that a report can show.
    static func whole(patients: Int = 12) throws -> BenchmarkResults {
        BenchmarkResults(
            title: "Demo: four tasks of cardiac MR", date: Date(timeIntervalSince1970: 1_795_485_600),
            command: "cineforge benchmark protocols/demo.yml --out out/demo", provenance: provenance,
            tasks: [reconstruction, superResolution, segmentation],
            scores: scores(of: reconstruction, patients: patients)
                + scores(of: superResolution, patients: patients) + scores(of: segmentation, patients: patients),
            orderings: [
                ExpectedOrdering(
                    task: "reconstruction", condition: "R = 6", metric: "PSNR", methods: reconstruction.methods),
                ExpectedOrdering(
                    task: "super-resolution", condition: "10 mm slices", metric: "PSNR",
                    methods: ["cubic", "SR network", "SR network + LAX"]),
                ExpectedOrdering(
                    task: "segmentation", condition: "breath-hold 8 mm", metric: "HD95",
                    methods: ["FCN", "U-Net", "ACNN"]),
            ],
            learningCurves: ["DC-CNN", "CRNN"].map(curve), worstCases: [try worst()])
    }

    private static let provenance = Provenance(
        program: "cineforge 0.4.0", device: "Example CPU @ 2.5 GHz", threads: 8,
        datasets: [
            .init("train", String(repeating: "3fd2a81c", count: 8)),
            .init("test", String(repeating: "90be77d4", count: 8)),
        ],
        seeds: [.init("training", "11"), .init("test data", "29")],
        models: [
            .init(
                method: "DC-CNN", weightsSHA256: String(repeating: "a1b2c3d4", count: 8), trainingSeconds: 312,
                parameterCount: 565_770),
            .init(
                method: "CRNN", weightsSHA256: String(repeating: "0f1e2d3c", count: 8), trainingSeconds: 5061,
                parameterCount: 297_794),
        ])

    private static let reconstruction = BenchmarkTask(
        "reconstruction",
        note: "Eight coils, Cartesian lines in a lattice over time; truth is the fully sampled still heart.",
        conditions: [.init("R = 4", severity: 4), .init("R = 6", severity: 6), .init("R = 8", severity: 8)],
        severityTitle: "Acceleration", methods: ["zero-filled", "CG-SENSE", awkward, "DC-CNN", "CRNN"],
        metrics: [
            .init("PSNR", unit: "dB", best: .highest, decimals: 1), .init("SSIM", best: .highest, decimals: 3),
            .init("Time", unit: "s", best: .lowest, decimals: 2),
        ])

    private static let superResolution = BenchmarkTask(
        "super-resolution", conditions: [.init("10 mm slices")],
        methods: ["linear", "cubic", "SR network", "SR network + LAX"],
        metrics: [.init("PSNR", unit: "dB", best: .highest, decimals: 1), .init("HFEN", best: .lowest, decimals: 3)])

    private static let segmentation = BenchmarkTask(
        "segmentation", note: "Left ventricle on short-axis stacks whose slices lie where breath-holds left them.",
        conditions: [
            .init("no motion", severity: 0), .init("breath-hold 4 mm", severity: 4),
            .init("breath-hold 8 mm", severity: 8),
        ],
        severityTitle: "Breath-hold offset (mm)", methods: ["FCN", "U-Net", "ACNN"],
        metrics: [
            .init("Dice", best: .highest, decimals: 3), .init("HD95", unit: "mm", best: .lowest, decimals: 1),
            .init("LVEDV error", unit: "mL", best: .nearestToZero, decimals: 1),
        ])

    private static func scores(of task: BenchmarkTask, patients: Int) -> [BenchmarkScore] {
        var random = Philox(seed: 5, patient: task.methods.count, stage: .recipe)
        var found: [BenchmarkScore] = []
        for (level, condition) in task.conditions.enumerated() {
            for (rank, method) in task.methods.enumerated() {
                for patient in 0..<patients {
                    for metric in task.metrics {
                        let noise = random.normal()
                        let hasFailed = rank == 0 && level == 2 && patient == 3 && metric.name != "Time"
                        found.append(
                            score(
                                metric.name, task: task.name, condition.name, method, patient, rank: Double(rank),
                                level: Double(level), noise: noise, hasFailed: hasFailed))
                    }
                }
            }
        }
        return found
    }

    private static func score(
        _ metric: String, task: String, _ condition: String, _ method: String, _ patient: Int, rank: Double,
        level: Double, noise: Double, hasFailed: Bool
    ) -> BenchmarkScore {
        var entry = BenchmarkScore(
            task: task, condition: condition, method: method, patient: "p00000\(patient)",
            group: patient % 2 == 0 ? "NOR" : "DCM", part: "sax", metric: metric, value: nil)
        let anatomy = Double(patient % 5)
        switch metric {
        case "PSNR": entry.value = 28 + 2 * rank - 1.5 * level + 0.3 * anatomy + 0.5 * noise
        case "SSIM": entry.value = 0.8 + 0.03 * rank - 0.02 * level + 0.004 * anatomy + 0.01 * noise
        case "Time": entry.value = 0.1 * exp(rank) + 0.01 * abs(noise)
        case "HFEN": entry.value = 0.4 - 0.05 * rank + 0.01 * anatomy + 0.01 * noise
        case "Dice": entry.value = 0.93 + 0.008 * rank - (0.03 - 0.01 * rank) * level + 0.005 * noise
        case "HD95": entry.value = 5 - 0.4 * rank + (2.5 - 0.9 * rank) * level + 0.2 * anatomy + 0.4 * noise
        default:
            let truth = 120 + 14 * anatomy
            entry.truth = truth
            entry.predicted = truth * (0.95 + 0.02 * rank) - 3 * level + 4 * noise
            entry.value = entry.predicted.map { $0 - truth }
        }
        if hasFailed { (entry.value, entry.predicted) = (nil, nil) }
        return entry
    }

    private static func curve(_ method: String) -> LearningCurve {
        let scale = Double(method.count)
        return LearningCurve(
            task: "reconstruction", method: method,
            points: (1...60).map { index in
                let step = Double(index * 25)
                let ripple = 1 + 0.08 * sin(7 * step)
                return .init(
                    step: index * 25, training: 0.02 * scale * pow(step, -0.5) * ripple,
                    validation: index % 5 == 0 ? 0.024 * scale * pow(step, -0.45) : nil)
            })
    }

    private static func worst() throws -> WorstCase {
        let panel = Panel(
            title: "truth", width: 48, height: 48, spacingMM: [2, 2],
            frames: [(0..<2304).map { Float(($0 % 48) * ($0 / 48)) }])
        let tiles = ["truth", "zero-filled", "CRNN"].map {
            Montage.Tile(panel.picture(frame: 0, pixelsPerMM: 2.5), caption: $0)
        }
        let bytes = try PNG.encode(Montage(title: "p000003", columns: 3, tiles: tiles).picture.raster)
        return WorstCase(
            task: "reconstruction", caption: "Patient p000003 at R = 8, where zero-filled failed & CRNN was < 30 dB.",
            description: "The true frame beside two reconstructions of it", png: Data(bytes))
    }
}
