import Core
import Foundation
import Reconstruction

@testable import Datasets

/// The same slice of drawn patients, with texture that moves with the tissue, read under several patterns.
///
/// Methods are tuned on some and judged on others: of other cohorts and seeds.
struct PatientScans: Sendable {
    /// A way of reading, as recipes say it.
    enum Pattern: String, Sendable, CaseIterable {
        case lattice4 = "{kind: lattice, acceleration: 4}"
        case lattice8 = "{kind: lattice, acceleration: 8}"
        case lattice12 = "{kind: lattice, acceleration: 12}"
        case gaussian4 = "{kind: gaussian, acceleration: 4}"
        case gaussian8 = "{kind: gaussian, acceleration: 8}"
        case radial34 = "{kind: radial_golden, spokes_per_frame: 34}"
        case radial21 = "{kind: radial_golden, spokes_per_frame: 21}"
        case radial13 = "{kind: radial_golden, spokes_per_frame: 13}"
        case spiral4 = "{kind: spiral, acceleration: 4}"
    }

    var cohorts: [String]
    let seed: Int
    var frames = 16
    var pixelMM = 2.5
    var fieldOfViewMM = 320.0
    /// Distance of the sheets that make a slice, in mm.
    var layerSpacingMM = 1.0
    var patterns = Pattern.allCases

    /// Eight coils, SNR 20 and a breath-hold that drifts.
    private var recipe: String {
        let patients = cohorts.flatMap { cohort in
            patterns.map { "  - {cohort: \(cohort), first_subject: 0, kspace: {sampling: \($0.rawValue)}}\n" }
        }
        return """
            version: 1
            name: scans
            seed: \(seed)
            frames: \(frames)
            patients:
            \(patients.joined())cine: {images: false, pixel_mm: \(pixelMM), field_of_view_mm: \(fieldOfViewMM), layer_spacing_mm: \(layerSpacingMM), snr: 20}
            kspace: {views: [sax], slices: 1, coils: {channels: 8}, gating: {breathing: breath_hold}}
            previews: false
            """
    }

    /// Reads what is in the folder, and makes first what is not.
    ///
    /// - Returns: the slices of all patients under each pattern.
    func make(in folder: URL) throws -> [Pattern: [RawSlice]] {
        var options = Generator.Options()
        (options.jobs, options.threads, options.resume) = (2, 2, true)
        let dataset = DatasetFolder(folder)
        let manifest = try Generator(resolve(recipe), in: dataset, options: options).run()
        let slices = try manifest.patients.map { try RawSource(folder.appendingPathComponent($0.file).path).slice(0) }
        return Dictionary(
            uniqueKeysWithValues: patterns.enumerated().map { index, pattern in
                (pattern, cohorts.indices.map { slices[$0 * patterns.count + index] })
            })
    }
}

/// What a method is worth on some slices: mean error in dB below the signal, so that more is better.
struct Worth: Sendable {
    /// Where the heart moves.
    let heartDB: Double
    /// On x-t profiles through the heart.
    let profileDB: Double
    /// The largest rise of an objective from one iteration to the next, as a part of its first value.
    let rise: Double

    init(_ method: Method, on slices: [RawSlice]) throws {
        let work = SliceReconstruction(method, threads: 2)
        var rise = 0.0
        let scores = try slices.compactMap { slice in
            var objectives: [Double] = []
            defer {
                for (before, after) in zip(objectives, objectives.dropFirst()) {
                    rise = max(rise, (after - before) / objectives[0])
                }
            }
            return try work.run(slice) { objectives.append($0.objective) }.score
        }
        self.rise = rise
        func mean(_ errors: [Double]) -> Double { -10 * errors.reduce(0) { $0 + log10($1) } / Double(errors.count) }
        heartDB = mean(scores.map(\.heartNMSE))
        profileDB = mean(scores.map(\.profileNMSE))
    }
}
