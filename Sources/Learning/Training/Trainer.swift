import Core
import Foundation
import Storage

/// Trains a network: steps, validation, checkpoints, a log.
///
/// ```swift
/// let trainer = try Trainer(network, optimiser: Adam(network.parameters), source: slices, plan: plan) { batch in
///     try Loss.l2(network(Tensor(batch.input, shape: batch.shape)), Tensor(batch.truth, shape: batch.shape))
/// }
/// try trainer.run(in: RunFolder(url), experiment: text, resume: false)
/// ```
///
/// On one machine, device and number of threads, and with `Torch.setDeterministic(true)`, losses are the same bit for bit
/// however often training is stopped and resumed.
public final class Trainer<Source: BatchSource> {
    /// What happened.
    public enum Event: Sendable {
        /// Training begins, or goes on.
        case began(TrainingState)
        /// A step was taken; `stall` is how much of the time it waited for batches, 0 to 1.
        case step(TrainingLog.Line, stall: Double)
        /// The network was measured.
        case validated(TrainingLog.Line, isBest: Bool)
        /// A checkpoint was written.
        case saved(TrainingState)
    }

    /// How training ended.
    public struct Outcome: Sendable {
        /// How far it has come.
        public let state: TrainingState
        /// Whether it stopped since validations brought nothing better.
        public let isStoppedEarly: Bool
        /// How much of the time it waited for batches, 0 to 1.
        public let stall: Double
    }

    let model: any Module
    let optimiser: any Optimiser
    let average: MovingAverage?
    let source: Source
    let plan: TrainingPlan
    let validation: Validation?
    let loss: (Source.Batch) throws -> Tensor
    private let identity: Checkpoint.Identity

    /// Prepares training.
    ///
    /// - Parameters:
    ///   - settings: what has to stay the same when training is resumed, by name: of the network, the optimiser and the
    ///     data.
    ///   - loss: a scalar to be made small, for a batch.
    /// - Throws: `CineError(.badData)` for a plan that cannot be carried out.
    public init(
        _ model: any Module, optimiser: any Optimiser, source: Source, plan: TrainingPlan,
        settings: [String: String] = [:], validation: Validation? = nil,
        loss: @escaping (Source.Batch) throws -> Tensor
    ) throws {
        try plan.check()
        self.model = model
        self.optimiser = optimiser
        average = try plan.averageDecay.map { try MovingAverage(of: model, decay: $0) }
        self.source = source
        self.plan = plan
        self.validation = validation
        self.loss = loss
        identity = Checkpoint.Identity(
            model: "\(type(of: model))", optimiser: "\(type(of: optimiser))", seed: plan.seed,
            hasAverages: plan.averageDecay != nil, settings: settings)
    }

    /// Trains until all steps are taken or nothing gets better.
    ///
    /// A checkpoint is written before the first step, so that there is always one.
    /// - Parameters:
    ///   - experiment: JSON that goes into `experiment.json` when training begins.
    ///   - resume: whether to go on from the last checkpoint.
    ///   - isStopped: whether the user wants to stop; asked after each step.
    /// - Throws: `CineError`: `interrupted` when `isStopped` says so, after a last checkpoint; `badData` when a loss, a
    ///   gradient or a score is not finite, or the checkpoint is of another training; `noInput`, `cannotCreate` and
    ///   `inputOutput` for the folder; and what batches, the loss and validation throw.
    @discardableResult
    public func run(
        in folder: RunFolder, experiment: String, resume: Bool, isStopped: () -> Bool = { false },
        onEvent: @escaping (Event) -> Void = { _ in }
    ) throws -> Outcome {
        let lock = try folder.open(experiment: experiment, resume: resume)
        defer { withExtendedLifetime(lock) {} }
        let start = resume ? try load(folder.last) : TrainingState()
        let log = try TrainingLog(folder.log, continuingAt: start.logSize)
        return try Session(self, folder, log, start, isSaved: resume, onEvent: onEvent).run(isStopped: isStopped)
    }

    // MARK: - Checkpoints

    func checkpoint(_ state: TrainingState) throws -> Checkpoint {
        Checkpoint(
            identity: identity, state: state, model: model.stateDictionary, optimiser: try optimiser.state,
            average: Dictionary(
                average?.state.map { ($0.name, $0.tensor) } ?? [], uniquingKeysWith: { first, _ in first }))
    }

    private func load(_ path: String) throws -> TrainingState {
        let checkpoint = try Checkpoint(contentsOf: path)
        try checkpoint.requireFit(identity, model.state, path: path)
        try optimiser.load(checkpoint.optimiser)
        try model.load(checkpoint.model)
        for (name, tensor) in average?.state ?? [] {
            if let saved = checkpoint.average[name] { try tensor.copy(from: saved) }
        }
        return checkpoint.state
    }
}
