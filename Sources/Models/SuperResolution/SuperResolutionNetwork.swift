import Core
import Learning

/// Super-resolution through slices: what is added to an interpolated stack of thick slices.
///
/// The published de-CNN works on the thick slices themselves and makes them more by one transposed convolution, the
/// second of its seven layers. Views of other planes, brought to the fine grid, join it there as further channels. Its
/// rivals work on the interpolated stack from the first layer on.
///
/// Seven layers with 3 × 3 × 3 kernels on the interpolated stack have 186,057 parameters, with 5 × 3 × 3 kernels 309,969.
///
/// - Shape: stack [N, 1, Z, Y, X] → [N, 1, factor · Z, Y, X]; views [N, C, factor · Z, Y, X], of which each is its
///   intensity and its validity, both 0 away from its plane.
/// - State: `coarse.i.weight`, `up.weight`, `fine.i.weight`, and biases.
/// - Convention: slices are centred on their slabs, so that slice i is at (i + ½) factor − ½ of the fine grid.
/// - Reference: Oktay et al. 2016, doi:10.1007/978-3-319-46726-9_29.
public final class SuperResolutionNetwork: Module {
    /// What is computed on the thick slices.
    public let coarse: [Convolution]
    /// What makes them more; none when they are interpolated first.
    public let up: TransposedConvolution?
    /// What is computed on the fine grid; the last without rectifier.
    public let fine: [Convolution]
    private let factor: Int
    private let viewChannels: Int

    /// Channels of the seven layers as published.
    public static let published = [64, 64, 32, 16, 8, 4, 1]
    /// Channels of the shallow rival, which follows SRCNN (Dong 2014, doi:10.1007/978-3-319-10593-2_13).
    public static let shallow = [64, 64, 32, 1]

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - factor: fine slices in a thick one.
    ///   - widths: channels that each layer gives; the last is the image's.
    ///   - kernel: size along z, y and x, odd.
    ///   - upLayer: which layer makes slices more, above 0; nil to begin with the interpolated stack.
    ///   - viewChannels: channels that join on the fine grid, two for each view.
    /// - Throws: `CineError(.badData)` when the layer does not exist.
    public init(
        factor: Int = 5, widths: [Int] = published, kernel: [Int] = [3, 3, 3], upLayer: Int? = 1,
        viewChannels: Int = 0, using random: inout Philox
    ) throws {
        guard factor > 0, let outputs = widths.last, (1..<widths.count - 1).contains(upLayer ?? 1) else {
            throw CineError(
                .badData,
                """
                A layer from 1 to \(widths.count - 2) that makes slices more by a factor from 1 was expected, found \
                layer \(upLayer ?? 0) and factor \(factor).
                """)
        }
        self.factor = factor
        self.viewChannels = viewChannels
        let first = upLayer ?? 0
        let inputs = [outputs] + widths
        func convolution(_ layer: Int, joining channels: Int) throws -> Convolution {
            try Convolution(
                inputs[layer] + channels, widths[layer], kernel: kernel, initialisation: .he, using: &random)
        }
        coarse = try (0..<first).map { try convolution($0, joining: 0) }
        up = try upLayer.map { try .interpolatingSlices(inputs[$0], widths[$0], factor: factor, using: &random) }
        let start = upLayer.map { $0 + 1 } ?? 0
        fine = try (start..<widths.count).map { try convolution($0, joining: $0 == start ? viewChannels : 0) }
    }

    /// The stack on the fine grid.
    public func callAsFunction(_ stack: Tensor, views: Tensor? = nil) throws -> Tensor {
        guard (views == nil) == (viewChannels == 0) else {
            throw CineError(.badData, "\(viewChannels) channels of views were expected, found \(views?.shape ?? []).")
        }
        let interpolated = try stack.interpolatingSlices(factor)
        var x = stack
        for layer in coarse { x = try relu(layer(x)) }
        x = try up.map { try relu($0(x)) } ?? interpolated
        if let views { x = try .concatenated([x, views], axis: 1) }
        for layer in fine.dropLast() { x = try relu(layer(x)) }
        return try interpolated + (fine.last?(x) ?? x)
    }
}

extension Tensor {
    /// Volumes [N, C, Z, Y, X] with more slices, linear between them.
    func interpolatingSlices(_ factor: Int) throws -> Tensor {
        guard rank == 5 else { throw CineError(.badData, "Volumes [N, C, Z, Y, X] were expected, found \(self).") }
        return try resized(to: [factor * shape[2], shape[3], shape[4]])
    }
}

extension TransposedConvolution {
    /// More slices by a factor, beginning as linear interpolation of each channel, without the usual checkerboards.
    ///
    /// The kernel reaches over 2 · factor − 1 slices, or 2 · factor where the factor is even. With fewer outputs than
    /// inputs only the first inputs are seen at the start.
    static func interpolatingSlices(
        _ inputs: Int, _ outputs: Int, factor: Int, using random: inout Philox
    ) throws -> TransposedConvolution {
        let size = factor.isMultiple(of: 2) ? 2 * factor : 2 * factor - 1
        let layer = try TransposedConvolution(
            inputs, outputs, kernel: [size, 1, 1], stride: [factor, 1, 1], padding: [factor / 2, 0, 0],
            initialisation: .zero, using: &random)
        var weights = [Float](repeating: 0, count: inputs * outputs * size)
        for channel in 0..<min(inputs, outputs) {
            for place in 0..<size {
                let distance = abs(Float(place) - Float(size - 1) / 2) / Float(factor)
                weights[(channel * outputs + channel) * size + place] = max(0, 1 - distance)
            }
        }
        try layer.weight.copy(from: Tensor(weights, shape: layer.weight.shape))
        return layer
    }
}
