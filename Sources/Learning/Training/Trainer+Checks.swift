import Core

extension Trainer {
    /// Measures the network as it will be used.
    func measured(by validation: Validation) throws -> [String: Double] {
        model.setTraining(false)
        defer { model.setTraining(true) }
        return try Torch.withoutGradients {
            try average?.withAverages(validation.scores) ?? validation.scores()
        }
    }

    /// The first weight or statistic that is not finite, as "the weight "0.bias"".
    func firstNonFinite() throws -> String? {
        try model.state.first { try !$0.tensor.isFinite() }.map { "the weight \"\($0.name)\"" }
    }

    /// Why a loss is not finite.
    func notFinite(loss: Double) throws -> CineError {
        // The statistics of this very batch would hide it.
        let weight = try model.parameters.first { try !$0.tensor.isFinite() }
        return notFinite(
            "the loss", loss,
            weight.map { "the weight \"\($0.name)\"" } ?? "the loss itself, while all weights were finite")
    }

    /// Why a gradient is not finite.
    func notFinite(gradientNorm: Double) throws -> CineError {
        let entry = try optimiser.slots.parameters.first { try $0.tensor.gradient.map { try !$0.isFinite() } ?? false }
        return notFinite(
            "the gradient's norm", gradientNorm,
            entry.map { "the gradient of \"\($0.name)\"" } ?? "the norm itself, while all gradients were finite")
    }

    private func notFinite(_ what: String, _ found: Double, _ cause: String) -> CineError {
        CineError(
            .badData,
            """
            expected \(what) to be finite, found \(found.isNaN ? "nan" : "\(found)"); the first that was not finite is \(cause). Look at this \
            batch, lower the learning rate or limit the gradients; the last checkpoint is of before.
            """)
    }
}
