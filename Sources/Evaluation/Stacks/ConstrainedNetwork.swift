import Core
import Foundation
import Learning
import Models

/// A network whose loss knows anatomy: its state is its own alone, so that its weights are those of the network.
final class ConstrainedNetwork: Module {
    /// What anatomy says of an output.
    let prior: AnatomicalPrior
    /// How much that counts.
    let weight: Double
    private let network: any Module

    init(_ network: any Module, prior: AnatomicalPrior, weight: Double) {
        (self.network, self.prior, self.weight) = (network, prior, weight)
    }

    var members: [(name: String, value: Any)] { network.members }
}

extension AnatomicalPrior {
    /// The encoder of labels of a trained autoencoder or T-L network.
    ///
    /// - Throws: `CineError(.badData)` when there is no prior, or it is of something else or of stacks of another size.
    static func ofLabels(_ network: NetworkSettings, _ stacks: StackSettings) throws -> AnatomicalPrior {
        switch try module(network, stacks) {
        case let autoencoder as LabelAutoencoder: try AnatomicalPrior(autoencoder.encoder)
        case let tl as TLNetwork: try AnatomicalPrior(tl.autoencoder.encoder)
        default: throw refusal(network, "autoencoder or tl")
        }
    }

    /// The predictor of codes in images of a trained T-L network.
    ///
    /// - Throws: as `ofLabels`.
    static func ofImages(_ network: NetworkSettings, _ stacks: StackSettings) throws -> AnatomicalPrior {
        guard let tl = try module(network, stacks) as? TLNetwork else { throw refusal(network, "tl") }
        return try AnatomicalPrior(tl.predictor)
    }

    private static func module(_ network: NetworkSettings, _ stacks: StackSettings) throws -> (any Module)? {
        guard let path = network.prior else { return nil }
        return try TrainedNetwork(URL(fileURLWithPath: path)).network(of: SegmentationTask(stacks))?.module
    }

    private static func refusal(_ network: NetworkSettings, _ kinds: String) -> CineError {
        CineError(
            .badData,
            """
            A method of kind `\(network.kind)` was expected to have a `prior`, a trained network of kind \(kinds) for \
            segmentation; found \(network.prior ?? "none").
            """)
    }
}
