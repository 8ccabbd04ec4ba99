import Core
import Datasets
import Learning
import Scanner

/// What is cut of stacks and of their pixels to learn from.
struct StackCrop: Sendable, Hashable {
    /// Number of slices.
    let slices: Int
    /// Rows and columns.
    let size: [Int]
    /// Fine slices for each.
    let factor: Int

    /// Refuses a patient that is too small, or divided otherwise.
    ///
    /// - Throws: `CineError(.badData)` that says what to put into the recipe.
    func requireFit(_ file: StackFile) throws {
        func refuse(_ expected: String, _ found: String, _ key: String) -> CineError {
            CineError(
                .badData,
                """
                \(file.id): expected \(expected), found \(found). Generate the dataset with `\(key)` in its recipe, or \
                change the experiment.
                """)
        }
        guard file.factor == factor else {
            throw refuse(
                "\(factor) fine slices for each of the stack", "\(file.factor)", "volume: {slices_per_thick: \(factor)}"
            )
        }
        guard file.slices >= slices else {
            throw refuse(
                "at least \(slices) short-axis slices", "\(file.slices)", "cine: {slice_count: \(slices)}")
        }
        guard size.count == 2, size.min() ?? 0 > 1, size[0] <= file.fine.size.y, size[1] <= file.fine.size.x else {
            throw refuse(
                "at least \(Words.size(size)) pixels, rows by columns",
                Words.size([file.fine.size.y, file.fine.size.x]), "volume: {size: [\(size.max() ?? 0), …]}")
        }
    }

    /// A part at a random place.
    func cut(_ stack: ThickStack, using random: inout Philox) -> ThickStack {
        func part(_ count: Int, of total: Int) -> Range<Int> {
            let start = Int(random.uniform() * Double(total - count + 1))
            return start..<start + count
        }
        return stack.cropped(
            slices: part(slices, of: stack.slices), rows: part(size[0], of: stack.height),
            columns: part(size[1], of: stack.width))
    }
}

/// The stacks of a step.
public struct StackBatch: Sendable {
    let stacks: [ThickStack]
}

/// Stacks of random frames of random patients, varied anew at each step.
public struct StackSource: BatchSource {
    private let files: [StackFile]
    private let frames: [(file: Int, frame: Int)]
    private let order: SampleOrder
    private let crop: StackCrop
    private let augmentation: StackAugmentation
    private let seed: UInt64

    /// Opens patients.
    ///
    /// - Throws: `CineError(.badData)` for a patient that lacks something, or too few frames for a batch.
    init(
        _ patients: [PatientFile], views: [View], crop: StackCrop, augmentation: StackAugmentation, seed: UInt64,
        batchSize: Int
    ) throws {
        let files = try patients.map { try StackFile($0, views: views) }
        for file in files { try crop.requireFit(file) }
        frames = files.enumerated().flatMap { index, file in (0..<file.frames).map { (index, $0) } }
        order = try SampleOrder(count: frames.count, batchSize: batchSize, seed: seed)
        (self.files, self.crop, self.augmentation, self.seed) = (files, crop, augmentation, seed)
    }

    /// The batch of a step.
    public func batch(at step: Int) throws -> StackBatch {
        StackBatch(
            stacks: try order.samples(at: step).enumerated().map { place, sample in
                var random = Philox.batch(seed: seed, step: step, use: UInt32(place))
                let file = files[frames[sample].file]
                let stack = try file.frame(frames[sample].frame)
                let varied = augmentation.varied(stack, pixelMM: file.fine.spacingMM.x, using: &random)
                return crop.cut(varied, using: &random)
            })
    }

    /// The frames of a step, as "frame 3 of p000007".
    public func description(at step: Int) -> String {
        order.samples(at: step).map { "frame \(frames[$0].frame) of \(files[frames[$0].file].id)" }
            .joined(separator: ", ")
    }
}
