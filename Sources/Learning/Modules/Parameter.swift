import Core

/// A tensor that training changes: a weight of a module.
public final class Parameter: Tensor {
    /// Takes over a tensor's memory as a weight that requires gradients.
    public init(_ tensor: Tensor) throws {
        try super.init(sharing: tensor.detached())
        if !dtype.isInteger { try requiringGradient() }
    }
}

/// A tensor that belongs to a module's state and is not trained: a running statistic.
public final class Buffer: Tensor {
    /// Takes over a tensor's memory.
    public init(_ tensor: Tensor) throws { try super.init(sharing: tensor.detached()) }
}

/// How weights begin.
public enum Initialisation: Sendable {
    /// Uniform in ±1 / √fan-in, biases too: PyTorch's (He et al. 2015 with a = √5).
    case standard
    /// Normal with variance 2 / fan-in, biases zero: for what ends in a ReLU (He et al. 2015).
    case he
    /// Zero, so that a residual block begins as the identity.
    case zero

    /// Weights [outputs, inputs, …], whose fan-in is the size of all axes but the first, as PyTorch counts it for
    /// transposed convolutions, too.
    func weight(_ shape: [Int], using random: inout Philox) throws -> Parameter {
        let fanIn = Double(shape.dropFirst().reduce(1, *))
        return switch self {
        case .standard: try Parameter(.uniform(shape, bound: 1 / fanIn.squareRoot(), using: &random))
        case .he: try Parameter(Tensor.normal(shape, using: &random) * (2 / fanIn).squareRoot())
        case .zero: try Parameter(.zeros(shape))
        }
    }

    /// The biases that go with weights of a shape.
    func bias(_ count: Int, weights shape: [Int], using random: inout Philox) throws -> Parameter {
        let fanIn = Double(shape.dropFirst().reduce(1, *))
        return if case .standard = self {
            try Parameter(.uniform([count], bound: 1 / fanIn.squareRoot(), using: &random))
        } else {
            try Parameter(.zeros([count]))
        }
    }
}
