import Core
import Learning

/// The fully convolutional network that segmented UK Biobank.
///
/// Five levels of resolution, by strides; each is brought to 32 channels and, by fixed bilinear interpolation, to full
/// size, and all are read together. 1,985,556 parameters with 4 classes.
///
/// - Shape: [N, inputs, Y, X] of any size → logits [N, classes, Y, X]; sizes are padded with zeros to multiples of 16
///   and cut back.
/// - State: `levels.l.i.convolution.weight`, `.norm.…`; `same_dim.l.…`; `up.l.kernel`, which is fixed; `out.i.…`, of which
///   the last is the classifier.
/// - Convention: TensorFlow's padding and normalisation (momentum 0.01, ε 0.001), as published.
/// - Reference: Bai et al. 2018, doi:10.1186/s12968-018-0471-x.
public final class FCN: Layer {
    /// Units of each level.
    public let levels: [Sequential]
    /// What brings each level to the same number of channels.
    public let sameDim: [ConvolutionUnit]
    /// What brings each level but the first to full size.
    public let up: [BilinearUpsampling]
    /// What reads all levels.
    public let out: Sequential

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - classes: 4 for short-axis stacks, 2 and 3 for two- and four-chamber views.
    ///   - width: channels of the first level, 16 as published; each level doubles them.
    ///   - momentum: by which part running statistics move in a step; after s steps they still hold (1 − momentum)ˢ of
    ///     where they began, which is too much for some hundred steps of the published one.
    public init(
        inputs: Int = 1, classes: Int = 4, width: Int = 16, momentum: Double = 0.01, using random: inout Philox
    ) throws {
        func unit(_ inputs: Int, _ outputs: Int, _ size: Int, stride: Int = 1) throws -> ConvolutionUnit {
            try ConvolutionUnit(
                inputs, outputs, kernel: [size, size], stride: [stride, stride], momentum: momentum, epsilon: 1e-3,
                using: &random)
        }
        let (merged, read) = (32, 64)
        let units = [2, 2, 3, 3, 3]
        let widths = units.indices.map { width << $0 }
        levels = try units.indices.map { level in
            Sequential(
                try (0..<units[level]).map { index in
                    try unit(
                        index > 0 ? widths[level] : level > 0 ? widths[level - 1] : inputs, widths[level], 3,
                        stride: index == 0 && level > 0 ? 2 : 1)
                })
        }
        sameDim = try widths.map { try unit($0, merged, 1) }
        up = try units.indices.dropFirst().map { try BilinearUpsampling(merged, factor: 1 << $0) }
        out = Sequential([
            try unit(units.count * merged, read, 1), try unit(read, read, 1),
            try Convolution(read, classes, kernel: [1, 1], using: &random),
        ])
    }

    /// Logits of the classes.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let sizes = Array(input.shape.dropFirst(2))
        let zeros = sizes.map { size in (16 - size % 16) % 16 }
        var x = input
        if zeros.contains(where: { $0 > 0 }) { x = try x.padded(zeros.reversed().map { ($0 / 2, $0 - $0 / 2) }) }
        var features: [Tensor] = []
        for (level, units) in levels.enumerated() {
            x = try units(x)
            let merged = try sameDim[level](x)
            features.append(level == 0 ? merged : try up[level - 1](merged))
        }
        let logits = try out(.concatenated(features, axis: 1))
        guard sizes.count == 2, zeros != [0, 0] else { return logits }
        let (top, left) = (zeros[0] / 2, zeros[1] / 2)
        return try logits[.all, .all, .range(top..<top + sizes[0]), .range(left..<left + sizes[1])]
    }
}

/// Fixed bilinear interpolation by a transposed convolution with triangles of 2f − 1 pixels.
///
/// - Shape: [N, C, Y, X] → [N, C, f Y, f X].
/// - State: `kernel` [C, 1, 2f − 1, 2f − 1], which is not trained.
/// - Convention: TensorFlow's: sample i is at pixel f i + f − 1 − ⌊(f − 1) / 2⌋; beyond the edges it fades to zero.
public final class BilinearUpsampling: Layer {
    /// The triangles.
    public let kernel: Buffer
    private let factor: Int

    init(_ channels: Int, factor: Int) throws {
        let line = (1..<2 * factor).map { Float(min($0, 2 * factor - $0)) / Float(factor) }
        let square = try Tensor(line.flatMap { a in line.map { a * $0 } }, shape: [1, 1, line.count, line.count])
        kernel = try Buffer(square.expanded(to: [channels, 1, -1, -1]).contiguous())
        self.factor = factor
    }

    /// The larger images.
    ///
    /// Columns and rows are interpolated one after the other, by a matrix each: as a transposed convolution with a group
    /// for each channel it would take longer than all that is trained.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let (rows, columns) = (input.shape[2], input.shape[3])
        return try matrix(rows).matrixMultiplied(by: input).matrixMultiplied(by: matrix(columns).transposed())
    }

    /// What interpolates a line of samples: [factor · count, count].
    private func matrix(_ count: Int) throws -> Tensor {
        // The middle line of the triangles, in which the other axis counts 1.
        let line: [Float] = try kernel[0, 0, .at(factor - 1)].values()
        let first = (factor - 1) / 2
        let values = (0..<factor * count).flatMap { pixel in
            (0..<count).map { sample in
                let place = pixel + first - factor * sample
                return line.indices.contains(place) ? line[place] : 0
            }
        }
        return try Tensor(values, shape: [factor * count, count], device: kernel.device)
    }
}
