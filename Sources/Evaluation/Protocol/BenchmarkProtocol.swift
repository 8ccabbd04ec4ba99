import Core
import Datasets
import Foundation

/// What a benchmark compares: for each task a dataset, and methods that are trained on it or need no training.
public struct BenchmarkProtocol: Sendable, Hashable {
    /// A method, with what it is trained by.
    public struct Method: Sendable, Hashable {
        /// What reports call it.
        public var name: String
        /// The experiment that trains it; the dataset's folder is filled in when it is known.
        public var experiment: Experiment
        /// Weights instead of training, a file or a training's folder.
        public var weights: String?
        /// Whether it is scored; a prior that others need may only be trained.
        public var isScored: Bool
    }

    /// A task with its methods.
    public struct Part: Sendable, Hashable {
        /// Name of the task.
        public var task: String
        /// A recipe, or the folder of a dataset.
        public var data: String
        /// The methods, in the order of the report.
        public var methods: [Method]
        /// Names of methods from the worst to the best, as it is expected before anything was measured.
        public var order: [String]
        /// The measure that the order is about; nil for the first.
        public var judgedBy: String?
    }

    /// Its name.
    public var name: String
    /// Seed of first weights and batches.
    public var seed: UInt64
    /// The tasks.
    public var parts: [Part]

    /// Reads a protocol.
    ///
    /// - Parameter overrides: options `key.path=value`.
    /// - Throws: `CineError`: `noInput` when the file is missing, `badData` with lines and hints when it is wrong, `usage`
    ///   when an override is.
    public init(contentsOf url: URL, overrides: [String] = []) throws {
        try self.init(ConfigDocument(contentsOf: url), overrides: overrides)
    }

    /// Reads a protocol that is written down.
    ///
    /// - Throws: as above.
    public init(_ document: ConfigDocument, overrides: [String] = []) throws {
        var document = document
        for override in overrides { try document.tree.apply(override: override) }
        let json = try document.json(schema: Self.schema)
        name = json["name"]?.text ?? ""
        let seed: UInt64 = if case .integer(let seed) = json["seed"] { UInt64(seed) } else { 1 }
        self.seed = seed
        parts = try TaskSettings.names.compactMap { task in
            try json[task].map { try Part(task, $0, seed: seed, document) }
        }
        guard parts.isEmpty else { return }
        throw CineError(
            .badData,
            "\(document.name): expected at least one of \(TaskSettings.names.joined(separator: ", ")), found none.")
    }
}

extension BenchmarkProtocol.Part {
    fileprivate init(_ task: String, _ json: JSONValue, seed: UInt64, _ document: ConfigDocument) throws {
        self.task = task
        data = json["data"]?.text ?? ""
        judgedBy = json["judged_by"]?.text
        order = json["order"]?.items.compactMap(\.text) ?? []
        let shared = json.without("data", "judged_by", "order", "methods", "training")
        methods = try (json["methods"]?.items ?? []).map { method in
            let network: NetworkSettings = try method.without("name", "training", "with", "weights", "scored").decode()
            let name = method["name"]?.text ?? network.kind
            let training = (json["training"] ?? .object([:])).overlaid(with: method["training"] ?? .object([:]))
            let experiment = Experiment(
                name: name, seed: seed, data: "",
                task: try .filled(task, shared.overlaid(with: method["with"] ?? .object([:]))), network: network,
                training: try training.laid(over: TrainingSettings()))
            return BenchmarkProtocol.Method(
                name: name, experiment: experiment, weights: method["weights"]?.text,
                isScored: method["scored"] != .bool(false))
        }
        try check(document)
    }

    /// Checks that names are told apart and refer to something.
    private func check(_ document: ConfigDocument) throws {
        func refuse(_ key: String, _ message: String) -> CineError {
            CineError(.badData, "\(document.name):\(document.line(of: [task, key])): `\(task).\(key)`: \(message)")
        }
        let names = methods.map(\.name)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw refuse("methods", "two methods are called `\(twice)`; give one another `name`")
        }
        let scored = methods.filter(\.isScored).map(\.name)
        if let unknown = order.first(where: { !scored.contains($0) }) {
            throw refuse("order", "no method `\(unknown)`" + Nearest.advice(for: unknown, among: scored))
        }
        for (index, method) in methods.enumerated() {
            guard let prior = method.experiment.network.prior, !prior.contains("/") else { continue }
            let before = Array(names.prefix(index))
            guard !before.contains(prior) else { continue }
            throw refuse(
                "methods",
                "the prior `\(prior)` of `\(method.name)` is no method before it"
                    + Nearest.advice(for: prior, among: before, other: "the path of a training's folder"))
        }
    }
}

extension BenchmarkProtocol {
    /// The form of a protocol.
    public static let schema = Schema.object(
        [
            Schema.Property("version", .integer(1...1), required: true, "Version of the form: 1"),
            Schema.Property("name", .text, required: true, "Name of the protocol"),
            Schema.Property("seed", .integer(0...Int.max), "Seed of first weights and batches (default 1)"),
        ] + TaskSettings.names.map { Schema.Property($0, part($0), "Methods for \($0.replacing("_", with: "-"))") })

    private static func part(_ task: String) -> Schema {
        let settings = TaskSettings.properties(of: task)
        let training = Schema.object(TrainingSettings.properties)
        let method = Schema.object(
            NetworkSettings.properties(kinds: TaskSettings.kinds(of: task)) + [
                Schema.Property("name", .text, "What reports call it (default its kind)"),
                Schema.Property("training", training, "How it is trained, laid over the task's"),
                Schema.Property("with", .object(settings), "Settings of the task that this method has of its own"),
                Schema.Property("weights", .text, "Weights instead of training: a file or a training's folder"),
                Schema.Property("scored", .flag, "false for what others need but no one asks for (default true)"),
            ])
        return .object(
            settings + [
                Schema.Property("data", .text, required: true, "A recipe, or the folder of a dataset"),
                Schema.Property("training", training, "How networks are trained"),
                Schema.Property("methods", .list(of: method, count: 1...40), required: true, "What is compared"),
                Schema.Property(
                    "order", .list(of: .text, count: 2...40), "Methods from the worst to the best, as expected"),
                Schema.Property("judged_by", .text, "The measure that the order is about (default the first)"),
            ])
    }
}

extension JSONValue {
    /// The words of text.
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The items of an array.
    fileprivate var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
