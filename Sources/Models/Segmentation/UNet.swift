import Core
import Learning

/// A U-Net along two or three axes: fastMRI's, of any size and with any factors of pooling.
///
/// Each level is twice [convolution 3, instance normalisation, leaky ReLU 0.2], with twice the channels of the one above;
/// levels are joined by mean pooling and transposed convolutions. With one channel in and out, 32 channels and four
/// poolings of an image by 2, it has 7,756,097 parameters.
///
/// - Shape: [N, inputs, …] → [N, outputs, …], of any size that can be pooled; what pooling leaves out at odd sizes is
///   mirrored in on the way up.
/// - State: as fastMRI's `Unet`, whose weights it loads: `down_sample_layers.l.layers.0.weight`, `conv.…`, `up_conv.…`,
///   `up_transpose_conv.l.layers.0.weight`.
/// - Reference: Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28; Zbontar et al. 2018, arXiv:1811.08839.
public final class UNet: Layer {
    /// The levels on the way down.
    public let downSampleLayers: [UNetBlock]
    /// The deepest level.
    public let conv: UNetBlock
    /// The levels on the way up; the last with the convolution to the outputs.
    public let upConv: [any Layer]
    /// What makes images larger between them.
    public let upTransposeConv: [UNetUpsampling]
    private let pools: [[Int]]

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - width: channels of the first level.
    ///   - pools: factors along each axis between a level and the next, as [1, 2, 2] where slices are thick.
    ///   - dropout: probability of a channel to be dropped in training.
    /// - Throws: `CineError(.badData)` unless there are poolings along two or three axes.
    public init(
        inputs: Int = 1, outputs: Int = 1, width: Int = 32,
        pools: [[Int]] = [[Int]](repeating: [2, 2], count: 4), dropout: Double = 0, using random: inout Philox
    ) throws {
        guard let axes = pools.first?.count, [2, 3].contains(axes), pools.allSatisfy({ $0.count == axes }) else {
            throw CineError(.badData, "Poolings along the same 2 or 3 axes were expected, found \(pools).")
        }
        func block(_ inputs: Int, _ outputs: Int) throws -> UNetBlock {
            try UNetBlock(inputs, outputs, axes: axes, dropout: dropout, using: &random)
        }
        self.pools = pools
        let widths = pools.indices.map { width << $0 }
        downSampleLayers = try zip([inputs] + widths, widths).map { try block($0, $1) }
        conv = try block(widths[pools.count - 1], 2 * widths[pools.count - 1])
        var (ups, blocks): ([UNetUpsampling], [any Layer]) = ([], [])
        for (channels, factors) in zip(widths, pools).reversed() {
            ups.append(try UNetUpsampling(2 * channels, channels, factors: factors, using: &random))
            blocks.append(try block(2 * channels, channels))
        }
        let last = try Convolution(width, outputs, kernel: pools[0].map { _ in 1 }, using: &random)
        blocks[blocks.count - 1] = Sequential([blocks[blocks.count - 1], last])
        (upTransposeConv, upConv) = (ups, blocks)
    }

    /// The output of the last level.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        var (x, skipped) = (input, [Tensor]())
        for (block, factors) in zip(downSampleLayers, pools) {
            x = try block(x)
            skipped.append(x)
            x = try x.averagePooled(factors)
        }
        x = try conv(x)
        for (up, block) in zip(upTransposeConv, upConv) {
            x = try up(x)
            let skip = skipped.removeLast()
            let missing = zip(skip.shape, x.shape).dropFirst(2).map { (0, $0 - $1) }
            if missing.contains(where: { $0.1 > 0 }) { x = try x.padded(missing.reversed(), .reflect) }
            x = try block(.concatenated([x, skip], axis: 1))
        }
        return x
    }
}

/// Twice: convolution without bias, instance normalisation, leaky ReLU 0.2, dropout.
///
/// - State: `layers.0.weight`, `layers.4.weight`.
public final class UNetBlock: Layer {
    /// The layers.
    public let layers: Sequential

    fileprivate init(_ inputs: Int, _ outputs: Int, axes: Int, dropout: Double, using random: inout Philox) throws {
        var layers: [any Layer] = []
        for channels in [inputs, outputs] {
            let kernel = [Int](repeating: 3, count: axes)
            layers.append(try Convolution(channels, outputs, kernel: kernel, hasBias: false, using: &random))
            layers += [try InstanceNorm(outputs), Lambda.leakyReLU(0.2), ChannelDropout(dropout)]
        }
        self.layers = Sequential(layers)
    }

    /// What the layers give.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try layers(input) }
}

/// A transposed convolution without bias whose kernels lie side by side, instance normalisation, leaky ReLU 0.2.
///
/// - State: `layers.0.weight`.
public final class UNetUpsampling: Layer {
    /// The layers.
    public let layers: Sequential

    fileprivate init(_ inputs: Int, _ outputs: Int, factors: [Int], using random: inout Philox) throws {
        layers = Sequential([
            try TransposedConvolution(inputs, outputs, kernel: factors, hasBias: false, using: &random),
            try InstanceNorm(outputs), Lambda.leakyReLU(0.2),
        ])
    }

    /// What the layers give.
    public func callAsFunction(_ input: Tensor) throws -> Tensor { try layers(input) }
}

/// In training, sets whole channels to zero at random; otherwise gives its input.
private final class ChannelDropout: Layer, ModeDependent {
    var isTraining = true
    private let probability: Double

    init(_ probability: Double) { self.probability = probability }

    func callAsFunction(_ input: Tensor) throws -> Tensor {
        probability == 0 ? input : try Torch.call("feature_dropout", input, probability, isTraining)
    }
}
