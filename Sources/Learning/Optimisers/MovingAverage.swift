import Core

/// The exponential moving average of a module's weights, which often predicts better than the last ones.
public final class MovingAverage {
    /// The averages by name: those of weights, and copies of buffers.
    public let state: [(name: String, tensor: Tensor)]
    private let source: [Tensor]
    private let decay: Double

    /// Begins with the weights as they are.
    ///
    /// - Parameter decay: the part of the average that stays at each update.
    public init(of module: some Module, decay: Double = 0.999) throws {
        let entries = module.state
        source = entries.map(\.tensor)
        state = try entries.map { ($0.name, try $0.tensor.detached().copied()) }
        self.decay = decay
    }

    /// Moves the averages towards the weights.
    public func update() throws {
        try Torch.withoutGradients {
            for ((_, average), current) in zip(state, source) {
                if current is Parameter {
                    try average.copy(from: decay * average + (1 - decay) * current)
                } else {
                    try average.copy(from: current)
                }
            }
        }
    }

    /// Computes with the averages in place of the weights, which come back after.
    public func withAverages<Result>(_ body: () throws -> Result) throws -> Result {
        try exchange()
        do {
            let result = try body()
            try exchange()
            return result
        } catch {
            try exchange()
            throw error
        }
    }

    private func exchange() throws {
        for ((_, average), current) in zip(state, source) {
            let kept = try current.detached().copied()
            try current.copy(from: average)
            try average.copy(from: kept)
        }
    }
}
