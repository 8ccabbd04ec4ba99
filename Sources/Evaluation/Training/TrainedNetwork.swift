import Core
import Datasets
import Foundation
import Learning

/// A network with its weights: of a training's folder, or of a file that was made of one.
public struct TrainedNetwork {
    /// What it was trained for.
    public let experiment: Experiment
    private let weights: [String: Tensor]
    private static let key = "experiment"

    /// Finds a network.
    ///
    /// - Parameter url: a training's folder, of which the best weights by validation are taken, or a file of weights.
    /// - Throws: `CineError`: `noInput` when there is none, `badData` when it is something else.
    public init(_ url: URL) throws {
        if url.pathExtension == "safetensors" {
            let (tensors, words) = try Weights.read(url.path)
            guard let text = words[Self.key] else {
                throw CineError(
                    .badData,
                    """
                    \(url.relativePath): expected weights with their experiment, found none of it. Choose the folder of \
                    the training, or a file that a benchmark wrote.
                    """)
            }
            experiment = try Experiment(ConfigDocument(text: text, name: url.lastPathComponent))
            weights = tensors
        } else {
            let run = try ExperimentRun(url)
            experiment = run.experiment
            weights = try run.weights()
        }
    }

    /// Writes weights and experiment into one file.
    ///
    /// - Throws: `CineError` when it cannot be written.
    public func write(to path: String) throws {
        try Weights.write(weights, metadata: [Self.key: experiment.json.text()], to: path)
    }

    /// The network of a task, in use.
    func network<Task: LearningTask>(of task: Task) throws -> TaskNetwork<Task.Input>? {
        let network = try task.network(experiment.network.inUse, seed: experiment.seed)
        try network?.module.load(weights)
        network?.module.setTraining(false)
        return network
    }

    /// Lets it make something of a file.
    ///
    /// - Throws: what the task's `predict` throws.
    public func predict(from input: String, to output: String) throws {
        try predict(experiment.task.task, from: input, to: output)
    }

    private func predict<Task: LearningTask>(_ task: Task, from input: String, to output: String) throws {
        try task.predict(experiment.network, network(of: task), from: input, to: output)
    }
}
