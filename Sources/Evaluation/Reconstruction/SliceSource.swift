import ComplexModule
import Core
import Datasets
import Fourier
import Learning
import Scanner

/// Batches of strips of slices, each with lines of its own that are drawn anew at every step.
///
/// A strip is all of the phase encoding and some columns: aliasing is along y alone. It begins at a drawn frame and goes
/// round the heartbeat, is mirrored or not along x and y, and turned by a drawn phase.
struct SliceSource: BatchSource {
    /// Where a slice is.
    private struct Place: Sendable {
        let patient: Int
        let slice: Int
    }

    private let views: [KSpaceView]
    private let names: [String]
    private let places: [Place]
    private let order: SampleOrder
    private let settings: ReconstructionSettings
    private let seed: UInt64

    /// Finds the slices of patients.
    ///
    /// - Throws: `CineError(.badData)` when they hold no k-space, or too few slices for a batch.
    init(_ patients: [PatientFile], _ settings: ReconstructionSettings, seed: UInt64, batchSize: Int) throws {
        views = try patients.map { try $0.kspaceToLearn(settings.view) }
        names = try patients.map { try $0.id }
        places = views.enumerated().flatMap { patient, view in
            (0..<view.slices).map { Place(patient: patient, slice: $0) }
        }
        order = try SampleOrder(count: places.count, batchSize: batchSize, seed: seed)
        self.settings = settings
        self.seed = seed
        guard let frames = settings.frames, let shortest = views.map({ $0.shape[1] }).min(), frames > shortest else {
            return
        }
        throw CineError(.badData, "`frames`: expected at most \(shortest), which the dataset has, found \(frames).")
    }

    func description(at step: Int) -> String {
        order.samples(at: step).map { "slice \(places[$0].slice) of \(names[places[$0].patient])" }
            .joined(separator: ", ")
    }

    func batch(at step: Int) throws -> [MeasuredSeries] {
        try order.samples(at: step).enumerated().map { index, sample in
            try series(places[sample], step: step, index: index)
        }
    }

    private func series(_ place: Place, step: Int, index: Int) throws -> MeasuredSeries {
        var random = Philox.batch(seed: seed, step: step, use: UInt32(index))
        let view = views[place.patient]
        let size = [settings.frames ?? view.shape[1], view.matrix, min(settings.patchColumns, view.matrix)]
        let strip = Strip(view, size: size, using: &random)
        let acceleration = settings.accelerations[
            min(Int(random.uniform() * Double(settings.accelerations.count)), settings.accelerations.count - 1)]
        let pattern = try SamplingPattern(
            settings.pattern(acceleration), matrix: view.matrix, frames: size[0], seed: seed, patient: step,
            view: settings.view, slice: index)
        var truth = strip.turned(strip.cut(try view.reference(place.slice), images: strip.frames))
        var maps = CoilMaps.uniform(height: size[1], width: size[2])
        if settings.multiCoil {
            let values = strip.cut(try view.coilMaps(place.slice), images: Array(0..<view.shape[2]))
            (maps, truth) = CoilMaps(coils: view.shape[2], height: size[1], width: size[2], values: values)
                .normalised(with: truth)
        }
        return try MeasuredSeries(
            of: truth, maps: maps, lines: pattern.lines ?? [], snr: settings.snr, using: &random)
    }
}

/// A part of a slice, and how it is turned.
private struct Strip {
    let frames: [Int]
    private let matrix: Int
    private let columns: [Int]
    private let rows: [Int]
    private let phase: ComplexFloat

    /// Draws a part; always the same number of draws.
    init(_ view: KSpaceView, size: [Int], using random: inout Philox) {
        matrix = view.matrix
        let total = view.shape[1]
        let firstFrame = Int(random.uniform() * Double(total))
        frames = (0..<size[0]).map { (firstFrame + $0) % total }
        let firstColumn = Int(random.uniform() * Double(view.matrix - size[2] + 1))
        let columns = Array(firstColumn..<firstColumn + size[2])
        self.columns = random.uniform() < 0.5 ? columns : columns.reversed()
        let rows = Array(0..<size[1])
        self.rows = random.uniform() < 0.5 ? rows : rows.reversed()
        phase = ComplexFloat(length: 1, phase: Float(2 * Double.pi * random.uniform()))
    }

    /// The part of images [I, Y, X].
    func cut(_ values: [ComplexFloat], images: [Int]) -> [ComplexFloat] {
        var result: [ComplexFloat] = []
        result.reserveCapacity(images.count * rows.count * columns.count)
        for image in images {
            for row in rows {
                let start = (image * matrix + row) * matrix
                for column in columns { result.append(values[start + column]) }
            }
        }
        return result
    }

    /// Values times the drawn phase.
    func turned(_ values: [ComplexFloat]) -> [ComplexFloat] { values.map { $0 * phase } }
}

extension PatientFile {
    /// The k-space of a view, which learning needs.
    ///
    /// - Throws: `CineError(.badData)` that says what to put into the recipe.
    func kspaceToLearn(_ view: View) throws -> KSpaceView {
        if let found = try kspace(view) { return found }
        throw CineError(
            .badData,
            """
            \(path): expected k-space of \(view.rawValue), found none. Add `kspace: {views: [\(view.rawValue)]}` to \
            the recipe and generate the dataset again, or choose another `view`.
            """)
    }
}
