/// Gradient descent with momentum.
///
/// - State: `<weight>.momentum_buffer`, `step`.
/// - Convention: as PyTorch's: v ← momentum · v + g + decay · w; w ← w − rate · v, or rate · (g + momentum · v) with
///   Nesterov's.
public final class SGD: Optimiser {
    /// The learning rate of the next step.
    public var rate: Double
    /// The weights, with their moments.
    public let slots: Slots
    private let momentum: Double
    private let isNesterov: Bool
    private let decay: Double

    /// Prepares steps for weights.
    ///
    /// - Parameter decay: the part of each weight that is added to its gradient.
    public init(
        _ parameters: [(name: String, tensor: Parameter)], rate: Double, momentum: Double = 0,
        isNesterov: Bool = false, decay: Double = 0
    ) {
        self.rate = rate
        self.momentum = momentum
        self.isNesterov = isNesterov
        self.decay = decay
        slots = Slots(parameters, kinds: momentum == 0 ? [] : ["momentum_buffer"])
    }

    /// Takes a step for every weight that has a gradient.
    public func step() throws {
        try Torch.withoutGradients {
            guard let active = try slots.nextStep() else { return }
            var direction = active.gradients
            if decay != 0 {
                direction = .tensors(
                    try Torch.callAll(
                        "_foreach_add.List", direction, active.weights, named: ["alpha": decay], limit: active.count))
            }
            if momentum != 0 {
                let velocity = active["momentum_buffer"]
                try Torch.callAll("_foreach_mul_.Scalar", velocity, momentum)
                try Torch.callAll("_foreach_add_.List", velocity, direction)
                direction =
                    isNesterov
                    ? .tensors(
                        try Torch.callAll(
                            "_foreach_add.List", direction, velocity, named: ["alpha": momentum], limit: active.count))
                    : velocity
            }
            try Torch.callAll("_foreach_add_.List", active.weights, direction, named: ["alpha": -rate])
        }
    }
}
