import Core
import Datasets

/// A method by its kind, with the numbers that the kind has; those that are left out are as published.
public struct NetworkSettings: Sendable, Hashable, Codable {
    /// What it is, as `dc_cnn`.
    public var kind: String
    /// Channels of the first or of all layers.
    public var width: Int?
    /// Layers of a cascade, or levels of a U-Net.
    public var depth: Int?
    /// Cascades or iterations.
    public var cascades: Int?
    /// Size of the code of an autoencoder.
    public var code: Int?
    /// How much a prior counts.
    public var priorWeight: Double?
    /// Where the prior's weights are: a run's folder, or in a protocol the name of a method before.
    public var prior: String?

    /// A method of a kind as published.
    public init(_ kind: String) { self.kind = kind }

    private enum CodingKeys: String, CodingKey {
        case kind, width, depth, cascades, code, prior
        case priorWeight = "prior_weight"
    }

    /// The entries of a method in YAML.
    static func properties(kinds: [String]) -> [Schema.Property] {
        [
            Schema.Property("kind", .choice(kinds), required: true, "What it is"),
            Schema.Property("width", .integer(1...1024), "Channels of its layers (default as published)"),
            Schema.Property("depth", .integer(1...20), "Layers of a cascade, or levels (default as published)"),
            Schema.Property("cascades", .integer(1...50), "Cascades or iterations (default as published)"),
            Schema.Property("code", .integer(1...4096), "Size of an autoencoder's code (default 64)"),
            Schema.Property("prior", .text, "Run of an autoencoder that says what anatomy looks like"),
            Schema.Property("prior_weight", .number(0...1000), "How much the prior counts (default as published)"),
        ]
    }

    /// The network as it is used once it is trained: a prior has said all that it has to say, and its files may be gone.
    var inUse: NetworkSettings {
        var network = self
        (network.prior, network.priorWeight) = (nil, nil)
        switch kind {
        case "acnn": network.kind = "3d-seg"
        case "acnn-sr": network.kind = "de-cnn"
        default: break
        }
        return network
    }

    /// Refuses numbers that the kind does not have, since they would be without effect.
    ///
    /// - Throws: `CineError(.badData)` that names the first.
    func requireOnly(_ allowed: Set<String>) throws {
        guard case .object(let members) = try JSONValue(encoding: self) else { return }
        for key in members.keys.sorted() where key != "kind" && !allowed.contains(key) {
            throw CineError(
                .badData,
                "`\(key)` has no effect on a method of kind `\(kind)`; expected "
                    + (allowed.isEmpty ? "nothing but its kind" : allowed.sorted().joined(separator: ", "))
                    + ". Leave it out.")
        }
    }
}
