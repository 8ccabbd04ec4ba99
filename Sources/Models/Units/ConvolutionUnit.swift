import Core
import Learning

/// Convolution without bias, batch normalisation, ReLU.
///
/// - Shape: [N, inputs, …] → [N, outputs, … / stride], for sizes that the stride divides.
/// - State: `convolution.weight`, `norm.weight`, `norm.bias`, `norm.running_mean` …
/// - Convention: TensorFlow's padding: zeros that a stride needs stand after the image, so that of each pair of pixels the
///   second is the centre.
public final class ConvolutionUnit: Layer {
    /// The convolution.
    public let convolution: Convolution
    /// What normalises its channels.
    public let norm: BatchNorm
    private let padding: [(Int, Int)]

    /// Makes a unit with weights of a stream.
    ///
    /// - Parameter momentum: by which part running statistics move in a step.
    init(
        _ inputs: Int, _ outputs: Int, kernel: [Int], stride: [Int]? = nil, momentum: Double = 0.1,
        epsilon: Double = 1e-5, using random: inout Philox
    ) throws {
        let stride = stride ?? kernel.map { _ in 1 }
        convolution = try Convolution(
            inputs, outputs, kernel: kernel, stride: stride, padding: .valid, hasBias: false, initialisation: .he,
            using: &random)
        norm = try BatchNorm(outputs, momentum: momentum, epsilon: epsilon)
        padding = zip(kernel, stride).reversed().map { kernel, stride in
            let zeros = max(kernel - stride, 0)
            return (zeros / 2, zeros - zeros / 2)
        }
    }

    /// What the unit gives.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let isPadded = padding.contains { $0 != (0, 0) }
        return try relu(norm(convolution(isPadded ? input.padded(padding) : input)))
    }
}
