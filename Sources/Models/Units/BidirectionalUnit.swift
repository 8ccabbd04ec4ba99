import Core
import Learning

/// A convolutional recurrent layer that passes through a series in both directions and adds up what it found.
///
/// Hₜ = σ(W_x x_t + W_t Hₜ₋₁ + W_i H′ₜ + b), with H′ the layer's output in the iteration before, and the same weights
/// backwards.
///
/// - Shape: [T, N, inputs, Y, X] → [T, N, outputs, Y, X].
/// - State: `i2h`, `h2h` and, with iterations, `ih2ih`, each `.weight` and `.bias`: the authors' PyTorch names.
/// - Cost: T convolutions one after another, of both directions at once; the others are of all frames at once.
/// - Reference: Qin et al. 2019, doi:10.1109/TMI.2018.2863670.
public final class BidirectionalUnit: Module {
    /// Input to state.
    public let i2h: Convolution
    /// State of the frame before to state.
    public let h2h: Convolution
    /// State of the iteration before to state.
    public let ih2ih: Convolution?
    private let slope: Double

    /// Makes a layer with weights of a stream.
    ///
    /// - Parameter slope: of the rectifier below 0.
    init(
        _ inputs: Int, _ outputs: Int, dilation: Int = 1, hasIterations: Bool = false, slope: Double = 0,
        using random: inout Philox
    ) throws {
        func convolution(_ inputs: Int, dilation: Int) throws -> Convolution {
            try Convolution(inputs, outputs, kernel: [3, 3], dilation: [dilation, dilation], using: &random)
        }
        i2h = try convolution(inputs, dilation: dilation)
        h2h = try convolution(outputs, dilation: dilation)
        ih2ih = hasIterations ? try convolution(outputs, dilation: 1) : nil
        self.slope = slope
    }

    /// The sum of both directions.
    ///
    /// - Parameter previous: what the layer gave in the iteration before; zero when nil.
    func callAsFunction(_ series: Tensor, previous: Tensor? = nil) throws -> Tensor {
        let slices = series.shape[1]
        var input = try i2h(series.flattened(through: 1))
        if let ih2ih { input = try input + ih2ih.ofState(previous?.flattened(through: 1)) }
        input = try input.reshaped([-1, slices] + input.shape.dropFirst())
        var states: [Tensor] = []
        for step in try Tensor.concatenated([input, input.flipped([0])], axis: 1).unstacked() {
            states.append(try leakyReLU(step + h2h.ofState(states.last), slope: slope))
        }
        let directions = try Tensor.stacked(states).split([slices, slices], axis: 1)
        return try directions[0] + directions[1].flipped([0])
    }
}

extension Convolution {
    /// The convolution of a state; of one that is zero, when nil, it is the bias.
    func ofState(_ state: Tensor?) throws -> Tensor {
        if let state { return try self(state) }
        return try bias?.reshaped([1, -1, 1, 1]) ?? Tensor(Float(0), device: weight.device)
    }
}
