import Core

// What layers compute, on images [N, C, …] with one, two or three spatial axes. Lists have one entry for each.

extension Tensor {
    /// The convolution with kernels [outputs, C / groups, …], as the correlation that networks mean by it.
    ///
    /// - Parameter padding: zeros on each side of each axis.
    public func convolved(
        with kernels: Tensor, bias: Tensor? = nil, stride: [Int], padding: [Int], dilation: [Int], groups: Int = 1
    ) throws -> Tensor {
        let name: StaticString =
            switch kernels.rank {
            case 3: "conv1d"
            case 4: "conv2d"
            default: "conv3d"
            }
        return try Torch.call(name, self, kernels, bias, stride, padding, dilation, groups)
    }

    /// The adjoint of the convolution with kernels [C, outputs / groups, …]: what makes images larger by `stride`.
    public func transposeConvolved(
        with kernels: Tensor, bias: Tensor? = nil, stride: [Int], padding: [Int], outputPadding: [Int],
        groups: Int = 1
    ) throws -> Tensor {
        let name: StaticString =
            switch kernels.rank {
            case 3: "conv_transpose1d"
            case 4: "conv_transpose2d.input"
            default: "conv_transpose3d.input"
            }
        return try Torch.call(name, self, kernels, bias, stride, padding, outputPadding, groups)
    }

    /// x Wᵀ + b for rows x: [.., inputs] → [.., outputs], with weights [outputs, inputs].
    public func linear(_ weights: Tensor, bias: Tensor? = nil) throws -> Tensor {
        try Torch.call("linear", self, weights, bias)
    }

    /// The greatest sample of each window, windows side by side unless `stride` says otherwise.
    public func maxPooled(_ size: [Int], stride: [Int]? = nil, padding: [Int]? = nil) throws -> Tensor {
        let name: StaticString = size.count == 1 ? "max_pool1d" : size.count == 2 ? "max_pool2d" : "max_pool3d"
        return try Torch.call(name, self, size, stride ?? size, padding ?? size.map { _ in 0 })
    }

    /// The mean of each window, windows side by side unless `stride` says otherwise.
    public func averagePooled(_ size: [Int], stride: [Int]? = nil, padding: [Int]? = nil) throws -> Tensor {
        let name: StaticString = size.count == 1 ? "avg_pool1d" : size.count == 2 ? "avg_pool2d" : "avg_pool3d"
        return try Torch.call(name, self, size, stride ?? size, padding ?? size.map { _ in 0 })
    }

    /// How values between samples are found.
    public enum Interpolation: Sendable {
        /// The nearest sample.
        case nearest
        /// Linear along each axis.
        case linear
        /// Cubic along each of two axes; of images alone.
        case cubic
    }

    /// Images of another size that covers the same field: samples are the centres of their cells.
    public func resized(to size: [Int], _ interpolation: Interpolation = .linear) throws -> Tensor {
        switch (interpolation, size.count) {
        case (.nearest, 1): try Torch.call("upsample_nearest1d", self, size)
        case (.nearest, 2): try Torch.call("upsample_nearest2d", self, size)
        case (.nearest, _): try Torch.call("upsample_nearest3d", self, size)
        case (.linear, 1): try Torch.call("upsample_linear1d", self, size, false)
        case (.linear, 2): try Torch.call("upsample_bilinear2d", self, size, false)
        case (.linear, _): try Torch.call("upsample_trilinear3d", self, size, false)
        case (.cubic, _): try Torch.call("upsample_bicubic2d", self, size, false)
        }
    }

    /// Blocks of r × r channels as r × r pixels: [N, r² C, Y, X] → [N, C, r Y, r X].
    public func pixelShuffled(_ factor: Int) throws -> Tensor { try Torch.call("pixel_shuffle", self, factor) }

    /// Each channel with mean 0 and variance 1 over the batch, then scaled and shifted.
    ///
    /// In training the statistics are the batch's and the running ones are moved towards them by `momentum`; otherwise
    /// they are the running ones.
    public func batchNormalised(
        weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, isTraining: Bool,
        momentum: Double = 0.1, epsilon: Double = 1e-5
    ) throws -> Tensor {
        try Torch.call(
            "batch_norm", self, weight, bias, runningMean, runningVariance, isTraining, momentum, epsilon, true)
    }

    /// Each channel of each image with mean 0 and variance 1, then scaled and shifted.
    public func instanceNormalised(weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
        let none = OperatorArgument.none
        return try Torch.call("instance_norm", self, weight, bias, none, none, true, 0.1, epsilon, true)
    }

    /// Each group of channels of each image with mean 0 and variance 1, then scaled and shifted.
    public func groupNormalised(
        groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5
    ) throws -> Tensor {
        try Torch.call("group_norm", self, groups, weight, bias, epsilon)
    }

    /// In training, each element is 0 with a probability and scaled by 1 / (1 − probability) otherwise.
    public func droppedOut(_ probability: Double, isTraining: Bool) throws -> Tensor {
        try Torch.call("dropout", self, probability, isTraining)
    }
}

// MARK: - Activations

/// max(x, 0).
public func relu(_ x: Tensor) throws -> Tensor { try Torch.call("relu", x) }

/// x where it is positive, `slope` · x elsewhere.
public func leakyReLU(_ x: Tensor, slope: Double = 0.01) throws -> Tensor { try Torch.call("leaky_relu", x, slope) }

/// 1 / (1 + e⁻ˣ).
public func sigmoid(_ x: Tensor) throws -> Tensor { try Torch.call("sigmoid", x) }

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) throws -> Tensor { try Torch.call("tanh", x) }

/// eˣ / Σ eˣ along an axis.
public func softmax(_ x: Tensor, axis: Int = 1) throws -> Tensor { try Torch.call("softmax.int", x, axis) }

/// The logarithm of `softmax`.
public func logSoftmax(_ x: Tensor, axis: Int = 1) throws -> Tensor { try Torch.call("log_softmax.int", x, axis) }
