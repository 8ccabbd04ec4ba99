import Core
import Datasets
import Learning
import Metrics
import Models
import Scanner

/// Can we see between thick slices? The short-axis stack on slices several times finer.
///
/// The truth shows the heart at rest, so that networks have to put displaced slices back in place as far as they can.
struct SuperResolutionTask: LearningTask {
    static let kinds = ["linear", "spline", "srcnn", "de-cnn", "multi-1", "multi-2", "siamese", "acnn-sr"]

    let settings: SuperResolutionSettings

    init(_ settings: SuperResolutionSettings) { self.settings = settings }

    /// The long-axis views that methods are shown, the first of them first.
    private static let views = [View.lax4ch, .lax2ch]

    // MARK: - Networks

    func network(_ network: NetworkSettings, seed: UInt64) throws -> TaskNetwork<StackInput>? {
        // Weights of a network depend on nothing but its seed.
        var random = Philox(seed: seed, patient: 0, stage: .engine)
        switch network.kind {
        case "linear", "spline":
            try network.requireOnly([])
            return nil
        case "srcnn":
            return try plain(network, widths: SuperResolutionNetwork.shallow, upLayer: nil, using: &random)
        case "de-cnn":
            return try plain(network, widths: SuperResolutionNetwork.published, upLayer: 1, using: &random)
        case "multi-1":
            return try plain(network, widths: SuperResolutionNetwork.published, upLayer: 1, views: 1, using: &random)
        case "multi-2":
            return try plain(network, widths: SuperResolutionNetwork.published, upLayer: 1, views: 2, using: &random)
        case "acnn-sr":
            try network.requireOnly(["width", "prior", "prior_weight"])
            var unconstrained = NetworkSettings("de-cnn")
            unconstrained.width = network.width
            let plain = try plain(
                unconstrained, widths: SuperResolutionNetwork.published, upLayer: 1, using: &random)
            let constrained = ConstrainedNetwork(
                plain.module, prior: try .ofImages(network, settings.stack), weight: network.priorWeight ?? 0.001)
            return TaskNetwork(constrained, apply: plain.apply)
        case "siamese":
            try network.requireOnly(["width"])
            let (factor, views) = (settings.factor, Self.views.count)
            let siamese = try SiameseSuperResolution(
                views: 1 + views, widths: Self.narrowed(SuperResolutionNetwork.published, to: network.width),
                using: &random)
            try siamese.joint.last?.beginWithNothing()
            return TaskNetwork(siamese) { input in
                try siamese([SiameseSuperResolution.view(ofStack: input.image, factor: factor)] + input.views)
            }
        default:
            throw CineError(
                .badData,
                "Expected a method of kind \(Self.kinds.joined(separator: ", ")), found `\(network.kind)`.")
        }
    }

    /// A network of the stack, with long-axis views as further channels.
    private func plain(
        _ network: NetworkSettings, widths: [Int], upLayer: Int?, views: Int = 0, using random: inout Philox
    ) throws -> TaskNetwork<StackInput> {
        try network.requireOnly(["width"])
        let module = try SuperResolutionNetwork(
            factor: settings.factor, widths: Self.narrowed(widths, to: network.width), upLayer: upLayer,
            viewChannels: 2 * views, using: &random)
        try module.fine.last?.beginWithNothing()
        return TaskNetwork(module) { input in
            try module(
                input.image, views: views > 0 ? .concatenated(Array(input.views.prefix(views)), axis: 1) : nil)
        }
    }

    /// Widths in the proportion of the published ones, but none so narrow that rectifiers may shut it.
    private static func narrowed(_ widths: [Int], to first: Int?) -> [Int] {
        guard let first else { return widths }
        return widths.dropLast().map { max(4, $0 * first / widths[0]) } + widths.suffix(1)
    }

    // MARK: - Training

    /// All are shown the same batches, with views or without.
    func batches(of patients: [PatientFile], seed: UInt64, batchSize: Int) throws -> StackSource {
        try StackSource(
            patients, views: Self.views, crop: settings.crop, augmentation: settings.augmentation, seed: seed,
            batchSize: batchSize)
    }

    /// Smooth L1, whose squares end at `knee`; with a prior, the published sum.
    func loss(_ network: TaskNetwork<StackInput>, _ batch: StackBatch) throws -> Tensor {
        let input = try StackInput(batch.stacks)
        let found = try network.apply(input)
        if let constrained = network.module as? ConstrainedNetwork {
            return try constrained.prior.superResolutionLoss(
                found, input.fineImage, weight: constrained.weight, knee: settings.knee)
        }
        return try Loss.smoothL1(found, input.fineImage, knee: settings.knee)
    }

    /// PSNR about the heart at end-diastole and end-systole.
    func validation(_ network: TaskNetwork<StackInput>, on patients: [PatientFile]) throws -> Validation {
        let files = try patients.map { try StackFile($0, views: Self.views) }
        return Validation(goal: "psnr", isGreaterBetter: true) {
            var error = SquaredError.zero
            for file in files {
                for (_, frame) in file.moments {
                    let stack = try file.frame(frame)
                    let box = HeartBox(of: stack, on: file.fine)
                    error =
                        error
                        + SquaredError(
                            box.cut(try Self.image(network, of: stack)), reference: box.cut(stack.fineImage))
                }
            }
            return ["psnr": error.psnr(range: 1)]
        }
    }

    // MARK: - Use

    /// Opens a patient with the views that methods are shown.
    func open(_ patient: PatientFile) throws -> StackFile { try StackFile(patient, views: Self.views) }

    /// Opens a patient of whom nothing else need be known, all pixels of the slices.
    func open(toPredict patient: PatientFile) throws -> StackFile {
        let whole = StackCrop(slices: settings.slices, size: [.max, .max], factor: settings.factor)
        return try StackFile(toPredict: patient, views: Self.views, crop: whole)
    }

    /// The fine slices that a method makes of a stack.
    func image(
        _ settings: NetworkSettings, _ network: TaskNetwork<StackInput>?, of stack: ThickStack
    ) throws -> [Float] {
        if let network { return try Self.image(network, of: stack) }
        let interpolation: SliceInterpolation = settings.kind == "spline" ? .spline : .linear
        return interpolation(stack.image, slices: stack.slices, factor: stack.factor)
    }

    private static func image(_ network: TaskNetwork<StackInput>, of stack: ThickStack) throws -> [Float] {
        try Torch.withoutGradients { try network.apply(StackInput([stack])).values() }
    }
}

extension Convolution {
    /// Sets its weights to 0, so that a network that adds to an interpolated stack begins as that.
    ///
    /// What random weights add is so wrong that the first steps shut the few rectifiers before it for good: PSNR then stays
    /// where it is.
    fileprivate func beginWithNothing() throws { try weight.copy(from: weight.zerosLike()) }
}
