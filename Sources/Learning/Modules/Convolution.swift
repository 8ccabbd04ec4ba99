import Core

/// How far convolutions reach beyond the edges.
public enum ConvolutionPadding: Sendable {
    /// As far as keeps the size at stride 1; kernels must be odd.
    case same
    /// Not at all.
    case valid
    /// So many samples on each side of each axis.
    case samples([Int])

    fileprivate func samples(kernel: [Int], dilation: [Int]) throws -> [Int] {
        switch self {
        case .same:
            guard kernel.allSatisfy({ !$0.isMultiple(of: 2) }) else {
                throw CineError(
                    .badData, "An odd kernel was expected for a convolution that keeps the size, found \(kernel).")
            }
            return zip(kernel, dilation).map { $1 * ($0 - 1) / 2 }
        case .valid: return kernel.map { _ in 0 }
        case .samples(let samples): return samples
        }
    }
}

/// A convolution with bias along one, two or three axes: as many as the kernel has.
///
/// - Shape: [N, inputs, …] → [N, outputs, …].
/// - State: `weight` [outputs, inputs / groups, …kernel], `bias` [outputs].
public final class Convolution: Layer {
    /// The kernels, with channels last in memory where that is faster.
    public let weight: Parameter
    /// What is added to each output channel.
    public let bias: Parameter?
    private let stride: [Int]
    private let padding: [Int]
    private let dilation: [Int]
    private let groups: Int

    /// Makes a convolution with weights of a stream.
    ///
    /// - Parameters:
    ///   - kernel: size along each axis, as [3, 3] or [1, 3, 3].
    ///   - stride: distance of the output's samples along each axis; 1 when nil.
    ///   - dilation: distance of the kernel's samples along each axis; 1 when nil.
    ///   - groups: parts that inputs and outputs are divided in, each for itself.
    /// - Throws: `CineError(.badData)` when lists differ in length or groups do not divide the channels.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], stride: [Int]? = nil, padding: ConvolutionPadding = .same,
        dilation: [Int]? = nil, groups: Int = 1, hasBias: Bool = true, initialisation: Initialisation = .standard,
        using random: inout Philox
    ) throws {
        self.stride = stride ?? kernel.map { _ in 1 }
        self.dilation = dilation ?? kernel.map { _ in 1 }
        self.groups = groups
        self.padding = try padding.samples(kernel: kernel, dilation: self.dilation)
        guard [self.stride, self.dilation, self.padding].allSatisfy({ $0.count == kernel.count }),
            (1...3).contains(kernel.count), groups > 0, inputs.isMultiple(of: groups), outputs.isMultiple(of: groups)
        else {
            throw CineError(
                .badData,
                """
                A convolution of \(inputs) to \(outputs) channels in \(groups) groups was expected to have a kernel, \
                stride, padding and dilation along the same 1 to 3 axes, found \(kernel), \(self.stride), \
                \(self.padding), \(self.dilation).
                """)
        }
        let shape = [outputs, inputs / groups] + kernel
        weight = try initialisation.weight(shape, using: &random)
        bias = hasBias ? try initialisation.bias(outputs, weights: shape, using: &random) : nil
        try setChannelsLast(Torch.prefersChannelsLast())
    }

    /// The convolution.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        try input.convolved(
            with: weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
}

/// A transposed convolution with bias, which makes images larger, along as many axes as the kernel has.
///
/// - Shape: [N, inputs, …] → [N, outputs, …], an axis of S samples becoming (S − 1) · stride − 2 padding + kernel.
/// - State: `weight` [inputs, outputs, …kernel], `bias` [outputs].
public final class TransposedConvolution: Layer {
    /// The kernels, with channels last in memory where that is faster.
    public let weight: Parameter
    /// What is added to each output channel.
    public let bias: Parameter?
    private let stride: [Int]
    private let padding: [Int]

    /// Makes a transposed convolution with weights of a stream.
    ///
    /// - Parameters:
    ///   - kernel: size along each axis.
    ///   - stride: factor along each axis; that of the kernel when nil.
    ///   - padding: samples to leave out on each side of each axis; 0 when nil.
    /// - Throws: `CineError(.badData)` when lists differ in length.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], stride: [Int]? = nil, padding: [Int]? = nil,
        hasBias: Bool = true, initialisation: Initialisation = .standard, using random: inout Philox
    ) throws {
        self.stride = stride ?? kernel
        self.padding = padding ?? kernel.map { _ in 0 }
        guard (1...3).contains(kernel.count), self.stride.count == kernel.count, self.padding.count == kernel.count
        else {
            throw CineError(
                .badData,
                """
                A transposed convolution was expected to have a kernel, stride and padding along the same 1 to 3 axes, \
                found \(kernel), \(self.stride), \(self.padding).
                """)
        }
        let shape = [inputs, outputs] + kernel
        weight = try initialisation.weight(shape, using: &random)
        bias = hasBias ? try initialisation.bias(outputs, weights: shape, using: &random) : nil
        try setChannelsLast(Torch.prefersChannelsLast())
    }

    /// The transposed convolution.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        try input.transposeConvolved(
            with: weight, bias: bias, stride: stride, padding: padding, outputPadding: padding.map { _ in 0 })
    }
}

/// A convolutional recurrent cell: relu(W ∗ input + b + Σ Wₖ ∗ stateₖ).
///
/// With one state it runs through time or iterations; with two, through both (Qin et al. 2019, doi:10.1109/TMI.2018.2863670).
/// - Shape: input [N, inputs, …], states [N, outputs, …] → [N, outputs, …].
/// - State: `input.weight`, `input.bias`, `states.0.weight` …
public final class ConvolutionalCell: Module {
    /// The convolution of the input, with the bias.
    public let input: Convolution
    /// The convolution of each state, without bias.
    public let states: [Convolution]

    /// Makes a cell with weights of a stream.
    public init(
        _ inputs: Int, _ outputs: Int, states: Int = 1, kernel: [Int], dilation: [Int]? = nil,
        using random: inout Philox
    ) throws {
        input = try Convolution(inputs, outputs, kernel: kernel, dilation: dilation, using: &random)
        self.states = try (0..<states).map { _ in
            try Convolution(outputs, outputs, kernel: kernel, dilation: dilation, hasBias: false, using: &random)
        }
    }

    /// The next state; a state that is nil is zero.
    public func callAsFunction(_ input: Tensor, states: [Tensor?]) throws -> Tensor {
        try next(self.input(input), states: states)
    }

    /// The next state from `input(…)`, which can be computed for all frames at once.
    public func next(_ input: Tensor, states: [Tensor?]) throws -> Tensor {
        guard states.count == self.states.count else {
            throw CineError(.badData, "A cell of \(self.states.count) states was given \(states.count).")
        }
        var sum = input
        for (convolution, state) in zip(self.states, states) {
            if let state { sum = try sum + convolution(state) }
        }
        return try relu(sum)
    }
}
