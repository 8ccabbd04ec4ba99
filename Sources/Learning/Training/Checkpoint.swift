import Core
import Foundation

/// All that training needs to go on as if it had not been stopped, in one file.
///
/// - Files: safetensors; weights and buffers as `model.<name>`, moments as `optimiser.<name>`, averages as
///   `average.<name>`; how far it has come and what it belongs to as JSON in the metadata.
public struct Checkpoint {
    /// What a checkpoint belongs to.
    public struct Identity: Codable, Sendable, Equatable {
        /// The network's type.
        public var model: String
        /// The optimiser's type.
        public var optimiser: String
        /// Seed of the engine's own draws.
        public var seed: UInt64
        /// Whether there is a moving average.
        public var hasAverages: Bool
        /// All else that has to stay the same for the same losses: settings of the network, the optimiser and the
        /// data, by name.
        public var settings: [String: String]
    }

    /// What it belongs to.
    public let identity: Identity
    /// How far training had come.
    public let state: TrainingState
    /// Weights and buffers.
    public let model: [String: Tensor]
    /// Moments of the optimiser.
    public let optimiser: [String: Tensor]
    /// Averages of the weights; empty when there are none.
    public let average: [String: Tensor]

    /// What to predict with: the averages, or the weights when there are none.
    public var weights: [String: Tensor] { average.isEmpty ? model : average }

    init(
        identity: Identity, state: TrainingState, model: [String: Tensor], optimiser: [String: Tensor],
        average: [String: Tensor]
    ) {
        self.identity = identity
        self.state = state
        self.model = model
        self.optimiser = optimiser
        self.average = average
    }

    // MARK: - Files

    private static let format = "cineforge.checkpoint"
    private static let version = "1"

    /// Reads a checkpoint.
    ///
    /// - Throws: `CineError(.noInput)` when there is no such file, `.badData` when it is damaged or no checkpoint.
    public init(contentsOf path: String) throws {
        let (tensors, words) = try Weights.read(path)
        guard words["format"] == Self.format, words["version"] == Self.version,
            let identity = words["identity"].flatMap({ try? JSONDecoder().decode(Identity.self, from: Data($0.utf8)) }),
            let state = words["state"].flatMap({ try? JSONDecoder().decode(TrainingState.self, from: Data($0.utf8)) })
        else {
            let found = words["format"].map { "\($0) \(words["version"] ?? "")" } ?? "a file of other tensors"
            throw CineError(
                .badData,
                """
                \(path): expected a checkpoint (\(Self.format) \(Self.version)), found \(found). Choose a file that \
                training wrote.
                """)
        }
        func part(_ prefix: String) -> [String: Tensor] {
            tensors.reduce(into: [:]) { part, entry in
                if entry.key.hasPrefix(prefix) { part[String(entry.key.dropFirst(prefix.count))] = entry.value }
            }
        }
        self.init(
            identity: identity, state: state, model: part("model."), optimiser: part("optimiser."),
            average: part("average."))
    }

    /// Publishes it in one step.
    ///
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`; what was there before is then still there.
    func write(to path: String) throws {
        var tensors: [String: Tensor] = [:]
        for (prefix, part) in [("model", model), ("optimiser", optimiser), ("average", average)] {
            for (name, tensor) in part { tensors["\(prefix).\(name)"] = tensor }
        }
        let words = [
            "format": Self.format, "version": Self.version, "identity": try Self.json(identity),
            "state": try Self.json(state),
        ]
        try Weights.write(tensors, metadata: words, to: path)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

// MARK: - What it fits

extension Checkpoint {
    /// Checks that it belongs to a training.
    ///
    /// - Throws: `CineError(.badData)` with the first difference.
    func requireFit(_ expected: Identity, _ state: [(name: String, tensor: Tensor)], path: String) throws {
        if let difference = difference(to: expected) ?? difference(of: model, to: state)
            ?? (identity.hasAverages ? difference(of: average, to: state) : nil)
        {
            throw CineError(
                .badData,
                """
                \(path) is of another training: expected \(difference.expected), found \(difference.found). Resume \
                with the experiment that it was begun with, or choose another folder.
                """)
        }
    }

    private typealias Difference = (expected: String, found: String)

    private func difference(to expected: Identity) -> Difference? {
        if identity.model != expected.model { return ("the network \(expected.model)", identity.model) }
        if identity.optimiser != expected.optimiser {
            return ("the optimiser \(expected.optimiser)", identity.optimiser)
        }
        if identity.seed != expected.seed { return ("the seed \(expected.seed)", "\(identity.seed)") }
        if identity.hasAverages != expected.hasAverages {
            func words(_ hasAverages: Bool) -> String { "\(hasAverages ? "a" : "no") moving average" }
            return (words(expected.hasAverages), words(identity.hasAverages))
        }
        let names = Set(expected.settings.keys).union(identity.settings.keys).sorted()
        return names.first { expected.settings[$0] != identity.settings[$0] }.map { name in
            ("\(name) to be \(expected.settings[name] ?? "absent")", identity.settings[name] ?? "none")
        }
    }

    private func difference(
        of tensors: [String: Tensor], to state: [(name: String, tensor: Tensor)]
    ) -> Difference? {
        for (name, tensor) in state {
            guard let found = tensors[name] else { return ("\"\(name)\" \(tensor)", "none of that name") }
            // A checkpoint lies on the processor, wherever it was made.
            if (found.shape, found.dtype) != (tensor.shape, tensor.dtype) {
                return ("\"\(name)\" \(tensor)", "\(found)")
            }
        }
        let unknown = Set(tensors.keys).subtracting(state.map(\.name)).sorted().first
        return unknown.map { ("no weights but those of the network", "\"\($0)\"") }
    }
}
