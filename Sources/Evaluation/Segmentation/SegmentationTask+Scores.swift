import Core
import Datasets
import Foundation
import Learning
import Metrics
import Report

extension SegmentationTask {
    private static let dice = BenchmarkMetric("Dice", best: .highest)
    private static let hausdorff = BenchmarkMetric("Hausdorff", unit: "mm", best: .lowest)
    private static let hausdorff95 = BenchmarkMetric("HD95", unit: "mm", best: .lowest)
    private static let distance = BenchmarkMetric("surface distance", unit: "mm", best: .lowest)
    private static let sliceDice = BenchmarkMetric("Dice, slices", best: .highest)
    private static let sliceHausdorff = BenchmarkMetric("Hausdorff, slices", unit: "mm", best: .lowest)
    private static let sliceDistance = BenchmarkMetric("surface distance, slices", unit: "mm", best: .lowest)
    private static let sliceFailures = BenchmarkMetric("slices missed or made up", best: .lowest)
    private static let threads = ProcessInfo.processInfo.activeProcessorCount

    /// Compares what a method finds with fine slices of the heart at rest, and with the continuous patient.
    ///
    /// In 3D, for every method: Dice, Hausdorff distance, its 95th percentile, and mean surface distance; signed errors of
    /// volumes and mass. Networks of slices are compared with the slices as they were scanned, too, in 2D as in Bai 2018:
    /// means over slices in which both have the structure, beside the number of those in which only one has.
    func evaluate(
        _ settings: NetworkSettings, _ network: TaskNetwork<StackInput>?, on patient: PatientFile
    ) throws -> PatientResult {
        var result = PatientResult()
        guard let network else { return result }
        let file = try StackFile(patient)
        var volumes: [String: Volume<UInt8>] = [:]
        for (moment, frame) in file.moments {
            let stack = try file.frame(frame)
            let start = ContinuousClock.now
            let found = try prediction(network, of: stack)
            result.seconds += (ContinuousClock.now - start) / .seconds(1)
            let volume = found.volume(on: file.fine)
            let truth = Volume(grid: file.fine, values: stack.fineLabel)
            result.scores += try scores(volume, truth, at: moment)
            if found.isThick { result.scores += try sliceScores(found, stack, file, at: moment) }
            result.cases.append(
                try picture(volume, truth, stack, file, "\(patient.id), \(moment)", at: moment, of: settings.kind))
            volumes[moment] = volume
        }
        result.scores += try clinicalScores(volumes, patient)
        return result
    }

    private func scores(
        _ found: Volume<UInt8>, _ truth: Volume<UInt8>, at moment: String
    ) throws -> [PatientResult.Score] {
        try HeartClass.scored.flatMap { part in
            let (mask, reference) = (found.mask(part.label), truth.mask(part.label))
            let distance = try SurfaceDistance.of(mask, reference: reference, threads: Self.threads).value
            return [
                (Self.dice, try Overlap(mask, reference: reference).dice.value),
                (Self.hausdorff, distance?.hausdorffMM), (Self.hausdorff95, distance?.hausdorff95MM),
                (Self.distance, distance?.meanMM),
            ].map { PatientResult.Score(condition: moment, part: part.name, $0.0, $0.1) }
        }
    }

    private func sliceScores(
        _ found: SegmentedStack, _ stack: ThickStack, _ file: StackFile, at moment: String
    ) throws -> [PatientResult.Score] {
        let found = Volume(grid: file.thick, values: found.classes)
        let truth = Volume(grid: file.thick, values: stack.label)
        return try HeartClass.scored.flatMap { part in
            let (mask, reference) = (found.mask(part.label), truth.mask(part.label))
            let overlaps = try Overlap.ofSlices(mask, reference: reference).map(\.dice)
            let distances = try SurfaceDistance.ofSlices(mask, reference: reference, threads: Self.threads)
                .compactMap(\.value)
            return [
                (Self.sliceDice, Summary(overlaps.compactMap(\.value))?.mean),
                (Self.sliceHausdorff, Summary(distances.map(\.hausdorffMM))?.mean),
                (Self.sliceDistance, Summary(distances.map(\.meanMM))?.mean),
                (Self.sliceFailures, Double(overlaps.count(where: \.isFailure))),
            ].map { PatientResult.Score(condition: moment, part: part.name, $0.0, $0.1) }
        }
    }

    /// Signed errors of volumes and mass against the continuous patient.
    private func clinicalScores(
        _ volumes: [String: Volume<UInt8>], _ patient: PatientFile
    ) throws -> [PatientResult.Score] {
        let measures = try patient.measures
        func amount(_ moment: String, _ part: HeartClass) -> Double? {
            guard let volume = volumes[moment] else { return nil }
            let voxels = volume.values.count { $0 == part.rawValue }
            return voxels > 0 ? Double(voxels) * volume.grid.voxelVolumeMM3 / 1000 : nil
        }
        let found: [(name: String, unit: String, measure: String, value: Double?)] = [
            ("LVEDV", "mL", "lv_edv_ml", amount("ED", .leftCavity)),
            ("LVESV", "mL", "lv_esv_ml", amount("ES", .leftCavity)),
            ("LVM", "g", "lv_mass_g", amount("ED", .leftWall).map { $0 * VentricularMeasures.muscleDensity }),
            ("RVEDV", "mL", "rv_edv_ml", amount("ED", .rightCavity)),
            ("RVESV", "mL", "rv_esv_ml", amount("ES", .rightCavity)),
        ]
        return found.compactMap { name, unit, measure, value in
            measures[measure].map { truth in
                PatientResult.Score(
                    condition: "ED and ES",
                    BenchmarkMetric("\(name) error", unit: unit, best: .nearestToZero), value.map { $0 - truth },
                    truth: truth,
                    predicted: value)
            }
        }
    }

    private func picture(
        _ found: Volume<UInt8>, _ truth: Volume<UInt8>, _ stack: ThickStack, _ file: StackFile, _ caption: String,
        at moment: String, of kind: String
    ) throws -> PatientResult.Case {
        let image = stack.image.repeatingPlanes(of: stack.pixels, stack.factor)
        let columns = [
            StackPicture.Column(title: "stack", image: image),
            StackPicture.Column(title: kind, image: image, labels: found.values),
            StackPicture.Column(title: "truth", image: stack.fineImage, labels: truth.values),
        ]
        let dice = try HeartClass.scored.map {
            try Overlap(found.mask($0.label), reference: truth.mask($0.label)).dice.value ?? 0
        }
        return PatientResult.Case(
            condition: moment, caption: "\(caption): " + columns.map(\.title).joined(separator: ", "),
            badness: 1 - dice.reduce(0, +) / Double(dice.count),
            picture: StackPicture.of(columns, labels: truth))
    }
}
