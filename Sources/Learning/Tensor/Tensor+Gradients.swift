import CTorchInterface
import Core

extension Tensor {
    /// Whether what is computed from it is recorded for gradients.
    public var requiresGradient: Bool { library.functions.requires_gradient(handle) != 0 }

    /// Records what is computed from this tensor, which nothing recorded has led to.
    ///
    /// - Throws: `CineError(.badData)` for a tensor of integers or one that was computed from others.
    @discardableResult
    public func requiringGradient(_ isOn: Bool = true) throws -> Self {
        try library.check(
            library.functions.set_requires_gradient(handle, isOn ? 1 : 0), "Cannot record gradients of \(self)")
        return self
    }

    /// The same memory outside the graph of gradients.
    public func detached() throws -> Tensor { try Torch.call("detach", self) }

    /// Adds the gradients of this scalar to those of all that requires them.
    ///
    /// - Convention: the gradient with respect to a complex z is ∂L/∂Re z + i ∂L/∂Im z.
    /// - Throws: `CineError(.badData)` when it is no scalar or nothing was recorded.
    public func backward() throws {
        try library.check(library.functions.backward(handle, nil), "Cannot find gradients of \(self)")
    }

    /// The gradient that `backward` has summed up; nil when there is none.
    public var gradient: Tensor? {
        get throws {
            var result: CTorchTensor?
            try library.check(library.functions.gradient(handle, &result), "Cannot read a gradient of \(self)")
            return result.map { Tensor(owning: $0, library) }
        }
    }

    /// Forgets the gradient.
    public func clearGradient() throws {
        try library.check(library.functions.set_gradient(handle, nil), "Cannot clear a gradient of \(self)")
    }

    /// Gradients of Σ weights · self with respect to tensors, which are left as they are.
    ///
    /// - Parameter weights: of this tensor's shape; nil for a scalar.
    /// - Parameter isDifferentiable: whether the gradients are recorded for gradients in turn.
    /// - Returns: a gradient for each input, zeros for one without influence.
    public func gradients(
        of inputs: [Tensor], weights: Tensor? = nil, isDifferentiable: Bool = false
    ) throws -> [Tensor] {
        var results = [CTorchTensor?](repeating: nil, count: inputs.count)
        let status = withExtendedLifetime((self, inputs, weights)) {
            library.functions.gradients(
                [handle], [weights?.handle], 1, inputs.map(\.handle), Int32(inputs.count), isDifferentiable ? 1 : 0,
                &results)
        }
        try library.check(status, "Cannot find gradients of \(self)")
        // Every handle has its owner before anything can throw.
        let found = results.map { $0.map { Tensor(owning: $0, library) } }
        return try zip(found, inputs).map { found, input in try found ?? input.zerosLike() }
    }
}
