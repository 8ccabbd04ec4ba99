import Core
import Datasets
import Foundation
import Learning

/// An experiment in its folder: trains the network and finds its weights again.
public struct ExperimentRun {
    /// What happens while a network is trained, whatever its batches are.
    public enum Event: Sendable {
        /// Training begins, or goes on, after so many steps.
        case began(step: Int)
        /// A step was taken; `stall` is how much of the time it waited for batches, 0 to 1.
        case step(TrainingLog.Line, stall: Double)
        /// The network was measured.
        case validated(TrainingLog.Line, isBest: Bool)
    }

    /// How training ended.
    public struct Outcome: Sendable {
        /// Number of steps taken.
        public let steps: Int
        /// Time of them all.
        public let seconds: Double
        /// The best validation, and after how many steps; nil without validation patients.
        public let best: (score: Double, step: Int)?
        /// Whether it stopped since nothing got better.
        public let isStoppedEarly: Bool
        /// How much of the time it waited for batches, 0 to 1.
        public let stall: Double
        /// Number of weights.
        public let parameters: Int
    }

    /// What is trained.
    public let experiment: Experiment
    /// Where.
    public let folder: RunFolder

    /// Names an experiment and its folder.
    public init(_ experiment: Experiment, in folder: RunFolder) {
        self.experiment = experiment
        self.folder = folder
    }

    /// Finds the experiment of a folder in which one was trained.
    ///
    /// - Throws: `CineError(.noInput)` when there is none.
    public init(_ url: URL) throws {
        let folder = RunFolder(url)
        guard let data = FileManager.default.contents(atPath: folder.experiment) else {
            throw CineError(
                .noInput,
                "Expected a training in \(url.relativePath), found no experiment.json. Train one: cineforge train.")
        }
        let document = try ConfigDocument(text: String(decoding: data, as: UTF8.self), name: folder.experiment)
        self.init(try Experiment(document), in: folder)
    }

    /// Trains the network.
    ///
    /// - Parameter resume: whether to go on from the last checkpoint.
    /// - Throws: as `Trainer.run`, and what the data lack.
    public func train(
        resume: Bool, isStopped: () -> Bool = { false }, onEvent: @escaping (Event) -> Void = { _ in }
    ) throws -> Outcome {
        let data = try TrainingData(URL(fileURLWithPath: experiment.data))
        return try train(experiment.task.task, data, resume: resume, isStopped: isStopped, onEvent: onEvent)
    }

    private func train<Task: LearningTask>(
        _ task: Task, _ data: TrainingData, resume: Bool, isStopped: () -> Bool,
        onEvent: @escaping (Event) -> Void
    ) throws -> Outcome {
        let settings = experiment.training
        guard let network = try task.network(experiment.network, seed: experiment.seed) else {
            throw CineError(
                .badData, "`network.kind`: \(experiment.network.kind) has no weights to train; choose a network.")
        }
        try Torch.setDeterministic(true)
        let optimiser = Adam(
            network.module.parameters, rate: settings.learningRate, decay: settings.weightDecay)
        let source = try task.batches(of: data.training, seed: experiment.seed, batchSize: settings.batchSize)
        var identity = try experiment.identity
        identity["dataset"] = data.recipeSHA256
        let trainer = try Trainer(
            network.module, optimiser: optimiser, source: source, plan: settings.plan(seed: experiment.seed),
            settings: identity,
            validation: data.validation.isEmpty ? nil : try task.validation(network, on: data.validation)
        ) { batch in
            settings.bfloat16 ? try Torch.autocast { try task.loss(network, batch) } : try task.loss(network, batch)
        }
        let outcome = try trainer.run(
            in: folder, experiment: experiment.json.text(pretty: true) + "\n", resume: resume, isStopped: isStopped
        ) { event in
            switch event {
            case .began(let state): onEvent(.began(step: state.step))
            case .step(let line, let stall): onEvent(.step(line, stall: stall))
            case .validated(let line, let isBest): onEvent(.validated(line, isBest: isBest))
            case .saved: break
            }
        }
        return Outcome(
            steps: outcome.state.step, seconds: outcome.state.seconds,
            best: outcome.state.best.map { ($0.score, $0.step) }, isStoppedEarly: outcome.isStoppedEarly,
            stall: outcome.stall, parameters: network.module.parameterCount)
    }

    /// The best weights by validation, or the last where nothing was validated.
    ///
    /// - Throws: `CineError(.noInput)` when there are none.
    public func weights() throws -> [String: Tensor] {
        let best = FileManager.default.fileExists(atPath: folder.best)
        return try Checkpoint(contentsOf: best ? folder.best : folder.last).weights
    }
}
