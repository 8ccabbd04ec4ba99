import Core
import Datasets
import Foundation

/// A network to be trained: on which data, for which task, and how.
public struct Experiment: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Seed of the first weights, of batches, and of the engine's own draws.
    public var seed: UInt64
    /// Folder of the dataset.
    public var data: String
    /// What it is for.
    public var task: TaskSettings
    /// The network.
    public var network: NetworkSettings
    /// How it is trained.
    public var training: TrainingSettings

    /// The form of an experiment.
    public static let schema = Schema.object(
        [
            Schema.Property("version", .integer(1...1), required: true, "Version of the form: 1"),
            Schema.Property("name", .text, required: true, "Name of the experiment"),
            Schema.Property("seed", .integer(0...Int.max), "Seed of everything that is drawn (default 1)"),
            Schema.Property("data", .text, required: true, "Folder of the dataset"),
            Schema.Property("training", .object(TrainingSettings.properties), "How it is trained"),
        ]
            + TaskSettings.names.map { name in
                Schema.Property(
                    name,
                    .object(
                        TaskSettings.properties(of: name) + [
                            Schema.Property(
                                "network", .object(NetworkSettings.properties(kinds: TaskSettings.kinds(of: name))),
                                required: true, "The network")
                        ]), "The task, one of \(TaskSettings.names.joined(separator: ", "))")
            })

    /// Reads an experiment.
    ///
    /// - Parameter overrides: options `key.path=value`.
    /// - Throws: `CineError`: `noInput` when the file is missing, `badData` with lines and hints when it is wrong, `usage`
    ///   when an override is.
    public init(contentsOf url: URL, overrides: [String] = []) throws {
        try self.init(ConfigDocument(contentsOf: url), overrides: overrides)
    }

    /// Reads an experiment that is written down.
    ///
    /// - Throws: as above.
    public init(_ document: ConfigDocument, overrides: [String] = []) throws {
        var document = document
        for override in overrides { try document.tree.apply(override: override) }
        let json = try document.json(schema: Self.schema)
        let tasks = TaskSettings.names.filter { json[$0] != nil }
        guard tasks.count == 1, let task = tasks.first, let body = json[task], let network = body["network"] else {
            throw CineError(
                .badData,
                """
                \(document.name): expected one of \(TaskSettings.names.joined(separator: ", ")), found \
                \(tasks.isEmpty ? "none" : tasks.joined(separator: " and ")).
                """)
        }
        func text(_ key: String) -> String { if case .string(let text) = json[key] { text } else { "" } }
        name = text("name")
        data = text("data")
        seed = if case .integer(let seed) = json["seed"] { UInt64(seed) } else { 1 }
        self.task = try TaskSettings.filled(task, body.without("network"))
        self.network = try network.decode()
        training = try (json["training"] ?? .object([:])).laid(over: TrainingSettings())
    }

    /// An experiment of given parts.
    public init(
        name: String, seed: UInt64, data: String, task: TaskSettings, network: NetworkSettings,
        training: TrainingSettings
    ) {
        (self.name, self.seed, self.data, self.task) = (name, seed, data, task)
        (self.network, self.training) = (network, training)
    }

    /// As JSON, every default included: what a run's folder holds, and what reads back as the same experiment.
    public var json: JSONValue {
        get throws {
            var body = try task.json
            body["network"] = try JSONValue(encoding: network)
            return .object([
                "version": .integer(1), "name": .string(name), "seed": .integer(Int(seed)), "data": .string(data),
                "training": try JSONValue(encoding: training), task.name: body,
            ])
        }
    }

    /// What has to stay the same when training is resumed: all that changes the curve.
    var identity: [String: String] {
        get throws {
            var training = training
            // How often it is looked at, and how far it goes, may change; the steps set the schedule and may not.
            (training.checkpointSteps, training.loaderThreads, training.patience) = (1, 1, nil)
            return [
                "task": try task.json.text(), "network": try JSONValue(encoding: network).text(),
                "training": try JSONValue(encoding: training).text(),
            ]
        }
    }
}
