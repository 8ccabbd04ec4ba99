import Core

/// A part of a network: weights and what is computed with them.
///
/// A module's state is what its stored properties hold: each `Parameter`, `Buffer` and `Module`, optional or in arrays,
/// but nothing within other structs or tuples. They are found by reflection and named as in a PyTorch state dictionary: `let blocks: [ResidualBlock]` with
/// `let firstConvolution: Convolution` gives `blocks.0.first_convolution.weight`. So a network is its layers and a
/// function:
///
/// ```swift
/// final class Denoiser: Layer {
///     let first: Convolution, last: Convolution
///
///     func callAsFunction(_ x: Tensor) throws -> Tensor { try x + last(relu(first(x))) }
/// }
/// ```
public protocol Module: AnyObject {
    /// What the state consists of; the stored properties unless a module says otherwise.
    var members: [(name: String, value: Any)] { get }
}

/// A module that makes one tensor of one.
public protocol Layer: Module {
    /// The layer's output.
    func callAsFunction(_ input: Tensor) throws -> Tensor
}

/// A module that computes otherwise in training than in use.
public protocol ModeDependent: Module {
    /// Whether it is being trained.
    var isTraining: Bool { get set }
}

extension Module {
    /// The stored properties.
    public var members: [(name: String, value: Any)] {
        var result: [(name: String, value: Any)] = []
        var mirror: Mirror? = Mirror(reflecting: self)
        while let current = mirror {
            result = current.children.compactMap { child in child.label.map { ($0, child.value) } } + result
            mirror = current.superclassMirror
        }
        return result
    }

    /// Weights by name, in the order of the properties; a shared one once, by its first name.
    public var parameters: [(name: String, tensor: Parameter)] {
        state.compactMap { entry in (entry.tensor as? Parameter).map { (entry.name, $0) } }
    }

    /// Weights and buffers by name, in the order of the properties; a shared one once, by its first name.
    public var state: [(name: String, tensor: Tensor)] {
        var result: [(name: String, tensor: Tensor)] = []
        var seen: Set<ObjectIdentifier> = []
        visit("") { name, value in
            guard let tensor = value as? Tensor, seen.insert(ObjectIdentifier(tensor)).inserted else { return }
            result.append((name, tensor))
        }
        return result
    }

    /// Number of numbers that training changes.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

    /// Sets this and all modules within to training or to use.
    public func setTraining(_ isTraining: Bool) {
        visit("") { _, value in (value as? any ModeDependent)?.isTraining = isTraining }
    }

    /// Keeps the weights as they are, or lets them be trained; gradients flow through either way.
    public func setTrainable(_ isTrainable: Bool) throws {
        for (_, tensor) in parameters { try tensor.requiringGradient(isTrainable) }
    }

    /// Forgets the gradients of all weights.
    public func clearGradients() throws {
        for (_, tensor) in parameters { try tensor.clearGradient() }
    }

    /// Calls a function for the module and all within, and for their tensors, with names.
    private func visit(_ name: String, _ body: (String, AnyObject) -> Void) {
        body(name, self)
        for member in members { Self.visit(member.value, name.isEmpty ? member.name : "\(name).\(member.name)", body) }
    }

    private static func visit(_ value: Any, _ path: String, _ body: (String, AnyObject) -> Void) {
        switch value {
        case let parameter as Parameter: body(snakeCase(path), parameter)
        case let buffer as Buffer: body(snakeCase(path), buffer)
        case let module as any Module: module.visit(path, body)
        default:
            let mirror = Mirror(reflecting: value)
            switch mirror.displayStyle {
            case .optional:
                for child in mirror.children { visit(child.value, path, body) }
            case .collection:
                for (index, child) in mirror.children.enumerated() { visit(child.value, "\(path).\(index)", body) }
            default: break
            }
        }
    }

    /// "runningMean" as "running_mean".
    private static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase, !text.isEmpty, text.last != "." { text += "_" }
            text += letter.lowercased()
        }
    }
}

// MARK: - Place and form

extension Module {
    /// Moves the state to a device and lays it out as convolutions are fastest there; gradients are forgotten.
    public func move(to device: Device) throws {
        try replaceState { try $0.converted(to: device) }
        try setChannelsLast(Torch.prefersChannelsLast(on: device))
    }

    /// Gives weights and statistics another type; gradients are forgotten.
    public func convert(to type: DType) throws {
        try replaceState { $0.dtype.isInteger ? $0 : try $0.converted(to: type) }
    }

    /// Lays the kernels of convolutions out with channels last or in C order; they are made as is faster.
    ///
    /// Convolutions work in, and give, images in the order of their kernels.
    public func setChannelsLast(_ isLast: Bool) throws {
        try replaceState { tensor in
            switch tensor.rank {
            case 4: try tensor.contiguous(isLast ? .channelsLast : .contiguous)
            case 5: try tensor.contiguous(isLast ? .channelsLast3D : .contiguous)
            default: tensor
            }
        }
    }

    private func replaceState(_ transform: (Tensor) throws -> Tensor) throws {
        for (_, tensor) in state { try tensor.replace(by: transform(tensor)) }
    }
}

extension Tensor {
    /// Refers to another tensor's memory from now on, as the same weight.
    fileprivate func replace(by other: Tensor) throws {
        guard other !== self else { return }
        let detached = try other.detached()
        try clearGradient()
        try library.check(library.functions.replace(handle, detached.handle), "Cannot replace \(self) by \(other)")
    }
}
