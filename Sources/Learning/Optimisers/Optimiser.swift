import Core

/// Changes weights by their gradients.
///
/// ```swift
/// optimiser.rate = schedule.rate(at: step)
/// try optimiser.clearGradients()
/// try Loss.l2(network(input), truth).backward()
/// try optimiser.step()
/// ```
public protocol Optimiser: AnyObject {
    /// The learning rate of the next step.
    var rate: Double { get set }
    /// The weights, with their moments.
    var slots: Slots { get }
    /// Takes a step for every weight that has a gradient.
    func step() throws
}

extension Optimiser {
    /// Forgets the gradients.
    public func clearGradients() throws {
        for (_, parameter) in slots.parameters { try parameter.clearGradient() }
    }

    /// Scales all gradients down to a common Euclidean norm when theirs is greater.
    ///
    /// - Returns: the norm that they had; not finite when a gradient is not, and then nothing is scaled.
    @discardableResult
    public func clipGradients(to limit: Double) throws -> Double {
        try Torch.withoutGradients {
            let gradients = try slots.parameters.compactMap { try $0.tensor.gradient }
            guard !gradients.isEmpty else { return 0 }
            let list = OperatorArgument.tensors(gradients)
            let norms = try Torch.callAll("_foreach_norm.Scalar", list, limit: gradients.count)
            let norm = try Tensor.stacked(norms.map { try $0.converted(to: .cpu) }).norm().item()
            if norm > limit, norm.isFinite { try Torch.callAll("_foreach_mul_.Scalar", list, limit / norm) }
            return norm
        }
    }

    /// What has to be kept to go on as if nothing had happened: moments by name, and the number of steps.
    public var state: [String: Tensor] { get throws { try slots.state } }

    /// Goes on from what was kept; the rate is not part of it.
    ///
    /// - Throws: `CineError(.badData)` when it is of other weights.
    public func load(_ state: [String: Tensor]) throws { try slots.load(state) }
}

/// Weights and what an optimiser remembers of each of them.
public final class Slots {
    /// The weights by name.
    public let parameters: [(name: String, tensor: Parameter)]
    /// Number of steps taken.
    public private(set) var steps = 0
    private let kinds: [String]
    private var moments: [String: [Tensor?]]

    init(_ parameters: [(name: String, tensor: Parameter)], kinds: [String]) {
        self.parameters = parameters
        self.kinds = kinds
        moments = Dictionary(
            uniqueKeysWithValues: kinds.map { ($0, [Tensor?](repeating: nil, count: parameters.count)) })
    }

    /// The weights that have a gradient, and, by kind, what is remembered of them; zeros at first.
    struct Active {
        let weights: OperatorArgument
        let gradients: OperatorArgument
        let count: Int
        fileprivate let moments: [String: OperatorArgument]

        subscript(kind: String) -> OperatorArgument { moments[kind] ?? .tensors([]) }
    }

    /// Counts a step and gathers what it needs; nil when no weight has a gradient.
    func nextStep() throws -> Active? {
        let gradients = try parameters.map { try $0.tensor.gradient }
        let active = gradients.indices.filter { gradients[$0] != nil }
        guard !active.isEmpty else { return nil }
        steps += 1
        var lists: [String: OperatorArgument] = [:]
        for kind in kinds {
            for index in active where moments[kind]?[index] == nil {
                moments[kind]?[index] = try parameters[index].tensor.detached().zerosLike()
            }
            lists[kind] = .tensors(active.map { moments[kind]?[$0] })
        }
        return Active(
            weights: .tensors(active.map { parameters[$0].tensor }), gradients: .tensors(active.map { gradients[$0] }),
            count: active.count, moments: lists)
    }

    var state: [String: Tensor] {
        get throws {
            var result = ["step": try Tensor(Int64(steps))]
            for kind in kinds {
                for (index, (name, _)) in parameters.enumerated() {
                    result["\(name).\(kind)"] = moments[kind]?[index]
                }
            }
            return result
        }
    }

    func load(_ state: [String: Tensor]) throws {
        guard let step = state["step"] else {
            throw CineError(.badData, "The state of an optimiser was expected to hold \"step\", found none.")
        }
        let names = kinds.flatMap { kind in parameters.map { "\($0.name).\(kind)" } }
        if let unknown = state.keys.filter({ $0 != "step" }).sorted().first(where: { !names.contains($0) }) {
            throw CineError(
                .badData,
                "The state of an optimiser holds \"\(unknown)\", which this one has not. Is it of another network?")
        }
        var loaded = moments
        for kind in kinds {
            for (index, (name, parameter)) in parameters.enumerated() {
                guard let saved = state["\(name).\(kind)"] else {
                    loaded[kind]?[index] = nil
                    continue
                }
                guard saved.shape == parameter.shape else {
                    throw CineError(
                        .badData,
                        "\"\(name).\(kind)\" was expected to be of shape \(parameter.shape), found \(saved.shape).")
                }
                let moment = try parameter.detached().zerosLike()
                try moment.copy(from: saved)
                loaded[kind]?[index] = moment
            }
        }
        steps = Int(try step.item())
        moments = loaded
    }
}
