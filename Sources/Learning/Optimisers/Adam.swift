import Foundation

/// Adam: steps along running means of gradients over the square root of those of their squares.
///
/// - State: `<weight>.exp_avg`, `<weight>.exp_avg_sq`, `step`.
/// - Cost: a few passes over weights and moments, all weights of a pass in one call.
/// - Reference: Kingma and Ba 2015, arXiv:1412.6980; with decay, Loshchilov and Hutter 2019, arXiv:1711.05101 (AdamW).
public final class Adam: Optimiser {
    /// The learning rate of the next step.
    public var rate: Double
    /// The weights, with their moments.
    public let slots: Slots
    private let momentum: Double
    private let squareMomentum: Double
    private let epsilon: Double
    private let decay: Double

    /// Prepares steps for weights.
    ///
    /// - Parameters:
    ///   - momentum: β₁, the part of the running mean that stays.
    ///   - squareMomentum: β₂, the part of the running mean of squares that stays.
    ///   - decay: the part of each weight, times the rate, that is taken off at each step (AdamW).
    public init(
        _ parameters: [(name: String, tensor: Parameter)], rate: Double = 1e-3, momentum: Double = 0.9,
        squareMomentum: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0
    ) {
        self.rate = rate
        self.momentum = momentum
        self.squareMomentum = squareMomentum
        self.epsilon = epsilon
        self.decay = decay
        slots = Slots(parameters, kinds: ["exp_avg", "exp_avg_sq"])
    }

    /// Takes a step for every weight that has a gradient.
    public func step() throws {
        try Torch.withoutGradients {
            guard let active = try slots.nextStep() else { return }
            let (mean, square) = (active["exp_avg"], active["exp_avg_sq"])
            if decay != 0 { try Torch.callAll("_foreach_mul_.Scalar", active.weights, 1 - rate * decay) }
            try Torch.callAll("_foreach_mul_.Scalar", mean, momentum)
            try Torch.callAll("_foreach_add_.List", mean, active.gradients, named: ["alpha": 1 - momentum])
            try Torch.callAll("_foreach_mul_.Scalar", square, squareMomentum)
            try Torch.callAll(
                "_foreach_addcmul_.Scalar", square, active.gradients, active.gradients, 1 - squareMomentum)
            let root = OperatorArgument.tensors(try Torch.callAll("_foreach_sqrt", square, limit: active.count))
            let steps = Double(slots.steps)
            try Torch.callAll("_foreach_div_.Scalar", root, (1 - pow(squareMomentum, steps)).squareRoot())
            try Torch.callAll("_foreach_add_.Scalar", root, epsilon)
            try Torch.callAll(
                "_foreach_addcdiv_.Scalar", active.weights, mean, root, -rate / (1 - pow(momentum, steps)))
        }
    }
}
