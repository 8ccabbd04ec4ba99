import Core
import Learning

/// The code of a volume: convolutions that halve its size, and a map of what is left.
///
/// - Shape: [N, inputs, Z, Y, X] → [N, code], within ±1.
/// - State: `features.i.…` (convolution, normalisation and rectifier of each level in turn), `code.…`.
public final class ShapeEncoder: Layer {
    /// The levels: convolution 4 with stride 2, batch normalisation, leaky ReLU 0.2.
    public let features: Sequential
    /// The map of the last level's features to the code.
    public let code: Linear

    /// Makes an encoder with weights of a stream.
    ///
    /// - Parameters:
    ///   - size: [Z, Y, X], each a multiple of 2 to the power of the number of levels.
    ///   - widths: channels of the levels.
    ///   - code: length of the code.
    /// - Throws: `CineError(.badData)` for another size.
    public init(
        inputs: Int, size: [Int], widths: [Int] = [4, 8, 16, 32], code: Int = 64, using random: inout Philox
    ) throws {
        let coarse = try Self.coarseSize(size, levels: widths.count)
        var layers: [any Layer] = []
        for (inputs, outputs) in zip([inputs] + widths, widths) {
            layers.append(
                try Convolution(
                    inputs, outputs, kernel: [4, 4, 4], stride: [2, 2, 2], padding: .samples([1, 1, 1]),
                    hasBias: false, using: &random))
            layers += [try BatchNorm(outputs), Lambda.leakyReLU(0.2)]
        }
        features = Sequential(layers)
        self.code = try Linear((widths.last ?? inputs) * coarse.reduce(1, *), code, using: &random)
    }

    /// The codes.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try tanh(code(features(input).flattened(from: 1))) }

    /// What size is left after so many halvings.
    static func coarseSize(_ size: [Int], levels: Int) throws -> [Int] {
        let unit = 1 << levels
        guard size.count == 3, levels > 0, size.allSatisfy({ $0 > 0 && $0.isMultiple(of: unit) }) else {
            throw CineError(.badData, "A size [Z, Y, X] of multiples of \(unit) was expected, found \(size).")
        }
        return size.map { $0 / unit }
    }
}

/// An autoencoder of label maps, which learns what hearts look like: label maps → code → label maps.
///
/// - Shape: probabilities or one-hot labels [N, classes, Z, Y, X] → logits of the same shape.
/// - State: `encoder.…`; `decoder_input.…`, `decoder.i.…`.
/// - Reference: Oktay et al. 2018, doi:10.1109/TMI.2017.2743464, with the levels of a published open autoencoder.
public final class LabelAutoencoder: Layer {
    /// Labels to code.
    public let encoder: ShapeEncoder
    /// Code to the features of the coarsest level.
    public let decoderInput: Linear
    /// Those features to logits.
    public let decoder: Sequential
    /// Number of classes, the background's included.
    public let classes: Int
    private let coarseShape: [Int]

    /// Makes an autoencoder with weights of a stream.
    ///
    /// - Parameters:
    ///   - size: [Z, Y, X], each a multiple of 2 to the power of the number of levels.
    ///   - code: length of the code, 64 as published.
    /// - Throws: `CineError(.badData)` for another size.
    public init(
        classes: Int = 4, size: [Int], widths: [Int] = [4, 8, 16, 32], code: Int = 64, using random: inout Philox
    ) throws {
        self.classes = classes
        encoder = try ShapeEncoder(inputs: classes, size: size, widths: widths, code: code, using: &random)
        let coarse = try ShapeEncoder.coarseSize(size, levels: widths.count)
        coarseShape = [-1, widths[widths.count - 1]] + coarse
        decoderInput = try Linear(code, coarseShape.dropFirst().reduce(1, *), using: &random)
        var layers: [any Layer] = []
        let channels = [classes] + widths
        for level in widths.indices.reversed() {
            layers.append(
                try TransposedConvolution(
                    channels[level + 1], channels[level], kernel: [4, 4, 4], stride: [2, 2, 2], padding: [1, 1, 1],
                    hasBias: level == 0, using: &random))
            if level > 0 { layers += [try BatchNorm(channels[level]), Lambda.leakyReLU(0.2)] }
        }
        decoder = Sequential(layers)
    }

    /// Logits of the labels that codes [N, code] stand for.
    public func decoded(_ codes: Tensor) throws -> Tensor { try decoder(decoderInput(codes).reshaped(coarseShape)) }

    /// Logits of the labels after a passage through the code.
    public func callAsFunction(_ labels: Tensor) throws -> Tensor { try decoded(encoder(labels)) }
}
