import Core
import Fourier
import Learning

/// k-t NEXT: networks in x-f space and in the image, in turn, each followed by a data layer.
///
/// In x-f space a convolutional network finds what the average over time does not explain, on planes (y, f); in the image
/// a recurrent one goes through time. 374,020 parameters for each iteration, 1,496,080 for four.
///
/// - Shape: a measurement of N slices, T frames of lines → images [N, 2, T, Y, X] and their x-f space before the last data
///   layer in it, [N, 2, F, Y, X], frequency 0 at ⌊T/2⌋; the published loss is the sum of both mean squares.
/// - State: `xf_conv_blocks.i.l.weight`, `xt_conv_blocks.i.bcrnn.l.i2h.weight` …, `xt_conv_blocks.i.conv4_x.weight`, and
///   biases: the authors' PyTorch names but for the recurrent layers'.
/// - Reference: Qin et al. 2019, doi:10.1007/978-3-030-32245-8_55.
public final class KTNext: Module {
    /// The networks in x-f space.
    public let xfConvBlocks: [Sequential]
    /// The networks in the image.
    public let xtConvBlocks: [RecurrentDenoiser]
    /// The data layers after each network in x-f space.
    public let dcsXf: [any DataLayer]
    /// The data layers after each network in the image.
    public let dcsXt: [any DataLayer]

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - iterations: 4 as published; each has its own weights.
    ///   - width: channels of the layers.
    ///   - dataLayer: makes each data layer.
    public init(
        iterations: Int = 4, width: Int = 64, dataLayer: () throws -> any DataLayer = { try DataConsistency() },
        using random: inout Philox
    ) throws {
        let widths = [2, width, width, width, width, 2]
        xfConvBlocks = try (0..<iterations).map { _ in
            try .chain(widths, axes: 2, dilation: 3, slope: 0.01, using: &random)
        }
        xtConvBlocks = try (0..<iterations).map { _ in try RecurrentDenoiser(width: width, using: &random) }
        dcsXf = try (0..<iterations).map { _ in try dataLayer() }
        dcsXt = try (0..<iterations).map { _ in try dataLayer() }
    }

    /// The reconstructed images, and their x-f space.
    ///
    /// - Throws: `CineError(.badData)` when no lines were read.
    public func callAsFunction(_ measurement: MeasuredSlices) throws -> (images: Tensor, spectrum: Tensor) {
        guard let mask = measurement.mask else {
            throw CineError(.badData, "Lines of k-space were expected, found other samples; k-t NEXT averages lines.")
        }
        var images = try measurement.backProjectedImages(axes: 3)
        var spectrum = images
        let space = Array(images.shape.suffix(3))
        let (spatial, temporal) = try (ImageFourier(shape: Array(space.dropFirst())), TemporalFourier(shape: space))
        for index in xfConvBlocks.indices {
            // In the beginning lines are missing, so that the mean is over those that are there.
            let count = try index == 0 ? mask.sum([2], keepingAxes: true).clamped(from: 1) : Tensor(Float(space[0]))
            let kSpace = try spatial.forward(images.channelsToComplex())
            let mean = try spatial.adjoint(kSpace.sum([2], keepingAxes: true) / count.converted(to: images.device))
                .complexToChannels()
            let baseline = try DataConsistency()(mean.expanded(to: images.shape), measurement)
            let change = try temporal.forward((images - mean).channelsToComplex()).complexToChannels()
            let found = try Self.onPlanes(change, xfConvBlocks[index])
            spectrum = try temporal.forward(baseline.channelsToComplex()).complexToChannels() + found
            images = try temporal.adjoint(spectrum.channelsToComplex()).complexToChannels()
            images = try dcsXf[index](images, measurement)
            images = try dcsXt[index](images + xtConvBlocks[index](images), measurement)
        }
        return (images, spectrum)
    }

    /// A network on the planes (y, f) of [N, 2, F, Y, X].
    private static func onPlanes(_ spectrum: Tensor, _ network: Sequential) throws -> Tensor {
        let planes = try spectrum.permuted([0, 4, 1, 3, 2])
        return try network(planes.flattened(through: 1)).reshaped(planes.shape).permuted([0, 2, 4, 3, 1])
    }
}

/// The image network of k-t NEXT: four bidirectional recurrent layers and a convolution.
///
/// - Shape: [N, 2, T, Y, X] → the same.
/// - State: `bcrnn.l.i2h.weight` …, `conv4_x.weight`, and biases.
public final class RecurrentDenoiser: Layer {
    /// The recurrent layers; all but the first dilated by 3.
    public let bcrnn: [BidirectionalUnit]
    /// What brings their states to images.
    public let conv4X: Convolution

    init(width: Int, using random: inout Philox) throws {
        bcrnn = try (0..<4).map {
            try BidirectionalUnit(
                $0 == 0 ? 2 : width, width, dilation: $0 == 0 ? 1 : 3, slope: 0.01, using: &random)
        }
        conv4X = try Convolution(width, 2, kernel: [3, 3], using: &random)
    }

    /// What is to be added to the images.
    public func callAsFunction(_ images: Tensor) throws -> Tensor {
        let frames = try images.movedAxis(2, to: 0)
        let states = try bcrnn.reduce(frames) { try $1($0) }
        return try conv4X(states.flattened(through: 1)).reshaped(frames.shape).movedAxis(0, to: 2)
    }
}
