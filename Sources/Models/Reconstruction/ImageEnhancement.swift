import Learning

/// Image enhancement: a U-Net that takes artefacts out of images and knows nothing of k-space, fastMRI's baseline.
///
/// Each image is brought to mean 0 and variance 1 and cut at ±6, and its result is brought back.
///
/// - Shape: [N, inputs, …] → [N, outputs, …]; a magnitude is one channel, a complex image two.
/// - State: that of the U-Net, as `unet.…`.
/// - Reference: Zbontar et al. 2018, arXiv:1811.08839; with a residual, Jin et al. 2017, doi:10.1109/TIP.2017.2713099.
public final class ImageEnhancement: Layer {
    /// The network on normalised images.
    public let unet: UNet

    private let isResidual: Bool

    /// Puts normalisation around a network.
    ///
    /// - Parameter isResidual: whether the network finds what is to be added to its input, which takes far fewer steps to
    ///   learn; it then has as many channels out as in.
    public init(_ unet: UNet, isResidual: Bool = false) {
        self.unet = unet
        self.isResidual = isResidual
    }

    /// The enhanced images.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let axes = Array(1..<input.rank)
        let mean = try input.mean(axes, keepingAxes: true)
        // Not 0, for images without contrast.
        let deviation = try sqrt(input.variance(axes, keepingAxes: true)) + 1e-11
        let found = try unet(((input - mean) / deviation).clamped(from: -6, to: 6)) * deviation
        return try found + (isResidual ? input : mean)
    }
}
