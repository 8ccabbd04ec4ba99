import Core
import Datasets
import Learning
import Metrics
import Models

/// Can we measure the heart when slices are thick and displaced? The ventricles in short-axis stacks.
///
/// Networks of slices learn the labels of the slices as they were scanned. Networks of stacks learn those of the fine
/// slices, of the heart at rest: they segment, sharpen and realign at once. All are scored on the fine slices.
struct SegmentationTask: LearningTask {
    static let kinds = ["fcn", "u-net-2d", "u-net-3d", "3d-seg", "acnn", "autoencoder", "tl"]

    let settings: StackSettings

    init(_ settings: StackSettings) { self.settings = settings }

    private static let classes = HeartClass.allCases.count

    // MARK: - Networks

    func network(_ network: NetworkSettings, seed: UInt64) throws -> TaskNetwork<StackInput>? {
        // Weights of a network depend on nothing but its seed.
        var random = Philox(seed: seed, patient: 0, stage: .engine)
        switch network.kind {
        case "fcn":
            try network.requireOnly(["width"])
            return .ofSlices(try FCN(classes: Self.classes, width: network.width ?? 16, momentum: 0.1, using: &random))
        case "u-net-2d":
            try network.requireOnly(["width", "depth"])
            let pools = [[Int]](repeating: [2, 2], count: network.depth ?? 4)
            return .ofSlices(
                try UNet(outputs: Self.classes, width: network.width ?? 32, pools: pools, using: &random))
        case "u-net-3d":
            try network.requireOnly(["width", "depth"])
            // Interpolated slices hold nothing new: their number is halved later than that of the pixels.
            let pools = (0..<(network.depth ?? 3)).map { [$0 == 0 ? 1 : 2, 2, 2] }
            let unet = try UNet(outputs: Self.classes, width: network.width ?? 16, pools: pools, using: &random)
            return TaskNetwork(unet) { try unet($0.interpolated()) }
        case "3d-seg":
            try network.requireOnly(["width"])
            let segmenter = try segmenter(width: network.width, using: &random)
            return TaskNetwork(segmenter) { try segmenter($0.image) }
        case "acnn":
            try network.requireOnly(["width", "prior", "prior_weight"])
            let segmenter = try segmenter(width: network.width, using: &random)
            let constrained = ConstrainedNetwork(
                segmenter, prior: try .ofLabels(network, settings), weight: network.priorWeight ?? 0.01)
            return TaskNetwork(constrained) { try segmenter($0.image) }
        case "autoencoder":
            try network.requireOnly(["width", "depth", "code"])
            let autoencoder = try LabelAutoencoder(
                classes: Self.classes, size: settings.fineShape, widths: Self.codeWidths(network),
                code: network.code ?? 64, using: &random)
            return TaskNetwork(autoencoder) { try autoencoder($0.truth.oneHotChannels(Self.classes)) }
        case "tl":
            try network.requireOnly(["width", "depth", "code"])
            let tl = try TLNetwork(
                classes: Self.classes, size: settings.fineShape, widths: Self.codeWidths(network),
                code: network.code ?? 64, using: &random)
            return TaskNetwork(tl) { try tl.autoencoder.decoded(tl.predictor($0.fineImage)) }
        default:
            throw CineError(
                .badData,
                "Expected a method of kind \(Self.kinds.joined(separator: ", ")), found `\(network.kind)`.")
        }
    }

    private func segmenter(width: Int?, using random: inout Philox) throws -> StackSegmenter {
        try StackSegmenter(
            classes: Self.classes, factor: settings.factor, widths: (0..<4).map { (width ?? 16) << $0 }, using: &random)
    }

    private static func codeWidths(_ network: NetworkSettings) -> [Int] {
        (0..<(network.depth ?? 4)).map { (network.width ?? 4) << $0 }
    }

    // MARK: - Training

    func batches(of patients: [PatientFile], seed: UInt64, batchSize: Int) throws -> StackSource {
        try StackSource(
            patients, views: [], crop: settings.crop, augmentation: settings.augmentation, seed: seed,
            batchSize: batchSize)
    }

    /// Cross-entropy as a mean over pixels, unweighted as published, and soft Dice where it has a weight; with a prior, the
    /// published sum; of a T-L network, its joint loss.
    func loss(_ network: TaskNetwork<StackInput>, _ batch: StackBatch) throws -> Tensor {
        let input = try StackInput(batch.stacks)
        if let tl = network.module as? TLNetwork { return try tl.jointLoss(input.fineImage, input.truth) }
        let logits = try network.apply(input)
        if let constrained = network.module as? ConstrainedNetwork {
            return try constrained.prior.segmentationLoss(logits, input.truth, weight: constrained.weight)
                + dice(logits, input.truth)
        }
        let truth =
            logits.shape[2] == input.fineSlices
            ? input.truth : try StackTensors(batch.stacks).classes(\.label, fine: false)
        return try Loss.crossEntropy(logits, truth) + dice(logits, truth)
    }

    /// Soft Dice at its weight.
    private func dice(_ logits: Tensor, _ truth: Tensor) throws -> Tensor {
        settings.diceWeight > 0
            ? try settings.diceWeight * Loss.softDice(logits, truth) : try Tensor(Float(0), device: logits.device)
    }

    /// The mean Dice of the classes at end-diastole and end-systole, on fine slices.
    func validation(_ network: TaskNetwork<StackInput>, on patients: [PatientFile]) throws -> Validation {
        let files = try patients.map { try StackFile($0) }
        return Validation(goal: "dice", isGreaterBetter: true) {
            var overlaps = [Overlap](
                repeating: Overlap(shared: 0, predicted: 0, reference: 0), count: HeartClass.scored.count)
            for file in files {
                for (_, frame) in file.moments {
                    let stack = try file.frame(frame)
                    let found = try prediction(network, of: stack).volume(on: file.fine)
                    let truth = Volume(grid: file.fine, values: stack.fineLabel)
                    for (index, part) in HeartClass.scored.enumerated() {
                        overlaps[index] =
                            try overlaps[index]
                            + Overlap(found.mask(part.label), reference: truth.mask(part.label))
                    }
                }
            }
            return ["dice": overlaps.reduce(0) { $0 + ($1.dice.value ?? 0) } / Double(overlaps.count)]
        }
    }

    // MARK: - Use

    /// Writes the classes of all frames on fine slices, with the labels' numbers.
    func predict(
        _ method: NetworkSettings, _ network: TaskNetwork<StackInput>?, from input: String, to output: String
    ) throws {
        let file = try StackFile(toPredict: DatasetFolder.patient(at: input), crop: settings.crop)
        guard let network else { return }
        try PredictionFile.write("label", of: file, by: method.kind, source: input, to: output) { frame in
            try prediction(network, of: file.frame(frame)).volume(on: file.fine).values
        }
    }

    /// The classes that a network finds in a stack.
    func prediction(_ network: TaskNetwork<StackInput>, of stack: ThickStack) throws -> SegmentedStack {
        try Torch.withoutGradients {
            let classes = try network.apply(StackInput([stack])).indexOfMax(1)
            return SegmentedStack(
                classes: try classes.converted(to: .uint8).values(), slices: classes.shape[1], of: stack)
        }
    }
}

extension TaskNetwork where Input == StackInput {
    /// A network of single slices, which sees those of all stacks at once.
    ///
    /// - Shape: [N, 1, S, Y, X] → [N, classes, S, Y, X].
    fileprivate static func ofSlices(_ network: some Layer) -> TaskNetwork {
        TaskNetwork(network) { input in
            let image = try input.image.movedAxis(2, to: 1)
            let logits = try network(image.flattened(from: 0, through: 1))
            return try logits.reshaped(Array(image.shape.prefix(2)) + logits.shape.dropFirst()).movedAxis(1, to: 2)
        }
    }
}

/// The classes found in a stack: of its slices, or of fine ones.
struct SegmentedStack {
    /// Classes [S or Z, Y, X].
    let classes: [UInt8]
    /// Whether they are those of the thick slices.
    let isThick: Bool
    private let factor: Int
    private let pixels: Int

    init(classes: [UInt8], slices: Int, of stack: ThickStack) {
        self.classes = classes
        isThick = slices == stack.slices
        (factor, pixels) = (stack.factor, stack.pixels)
    }

    /// On fine slices; those of a thick slice are like it.
    func volume(on grid: Grid) -> Volume<UInt8> {
        guard isThick else { return Volume(grid: grid, values: classes) }
        return Volume(grid: grid, values: classes.repeatingPlanes(of: pixels, factor))
    }
}

extension Array {
    /// Each plane so many times, one after another.
    func repeatingPlanes(of size: Int, _ times: Int) -> [Element] {
        stride(from: 0, to: count, by: size).flatMap { start in
            (0..<times).flatMap { _ in self[start..<start + size] }
        }
    }
}
