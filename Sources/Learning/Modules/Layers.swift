import Core

/// A linear map of rows: [.., inputs] → [.., outputs].
///
/// - State: `weight` [outputs, inputs], `bias` [outputs].
public final class Linear: Layer {
    /// The matrix.
    public let weight: Parameter
    /// What is added.
    public let bias: Parameter?

    /// Makes a map with weights of a stream.
    public init(
        _ inputs: Int, _ outputs: Int, hasBias: Bool = true, initialisation: Initialisation = .standard,
        using random: inout Philox
    ) throws {
        weight = try initialisation.weight([outputs, inputs], using: &random)
        bias = hasBias ? try initialisation.bias(outputs, weights: [outputs, inputs], using: &random) : nil
    }

    /// The mapped rows.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.linear(weight, bias: bias) }
}

/// A rectifier whose slope below zero is learned: one for all channels, or one for each.
///
/// - State: `weight` [1] or [channels].
public final class PReLU: Layer {
    /// The slopes.
    public let weight: Parameter

    /// Makes a rectifier with slope 0.25.
    public init(_ channels: Int = 1) throws { weight = try Parameter(.full([channels], 0.25)) }

    /// The rectified images.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try Torch.call("prelu", input, weight) }
}

/// In training, sets elements to zero at random; otherwise gives its input.
public final class Dropout: Layer, ModeDependent {
    /// Whether it drops anything.
    public var isTraining = true
    /// The probability of an element to be dropped.
    public let probability: Double

    /// Makes a layer that drops elements with a probability.
    public init(_ probability: Double = 0.5) { self.probability = probability }

    /// What is left.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        try input.droppedOut(probability, isTraining: isTraining)
    }
}

/// A layer without weights, from a function.
public final class Lambda: Layer {
    private let function: (Tensor) throws -> Tensor

    /// Makes a layer of a function, as in `Lambda(relu)`.
    public init(_ function: @escaping (Tensor) throws -> Tensor) { self.function = function }

    /// What the function gives.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try function(input) }

    /// max(x, 0).
    public static func relu() -> Lambda { Lambda { try Learning.relu($0) } }

    /// x where it is positive, `slope` · x elsewhere.
    public static func leakyReLU(_ slope: Double = 0.01) -> Lambda {
        Lambda { try Learning.leakyReLU($0, slope: slope) }
    }

    /// The greatest sample of each window, side by side.
    public static func maxPool(_ size: [Int]) -> Lambda { Lambda { try $0.maxPooled(size) } }

    /// The mean of each window, side by side.
    public static func averagePool(_ size: [Int]) -> Lambda { Lambda { try $0.averagePooled(size) } }

    /// Images larger by whole factors along each axis.
    public static func upsample(_ factors: [Int], _ interpolation: Tensor.Interpolation = .linear) -> Lambda {
        Lambda { try $0.resized(to: zip($0.shape.dropFirst(2), factors).map { $0 * $1 }, interpolation) }
    }
}

/// Layers one after another.
///
/// - State: that of the layers, named by their number: `0.weight`.
public final class Sequential: Layer {
    /// The layers.
    public let layers: [any Layer]

    /// Chains layers.
    public init(_ layers: [any Layer]) { self.layers = layers }

    /// The layers by number.
    public var members: [(name: String, value: Any)] { layers.enumerated().map { ("\($0.offset)", $0.element) } }

    /// What the last layer gives.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try layers.reduce(input) { try $1($0) } }
}
