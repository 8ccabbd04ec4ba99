import Core

/// Batch normalisation: each channel with mean 0 and variance 1 over the batch, then scaled and shifted.
///
/// - State: `weight`, `bias`, `running_mean`, `running_var` [channels], `num_batches_tracked`.
public final class BatchNorm: Layer, ModeDependent {
    /// Whether the statistics are those of the batch, or else the running ones.
    public var isTraining = true
    /// Factors.
    public let weight: Parameter
    /// What is added.
    public let bias: Parameter
    /// Running mean.
    public let runningMean: Buffer
    /// Running variance, of samples.
    public let runningVar: Buffer
    /// Number of batches seen in training.
    public let numBatchesTracked: Buffer
    private let momentum: Double
    private let epsilon: Double

    /// Makes a normalisation that begins as the identity.
    ///
    /// - Parameter momentum: by which part running statistics move towards those of a batch.
    public init(_ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        runningMean = try Buffer(.zeros([channels]))
        runningVar = try Buffer(.ones([channels]))
        numBatchesTracked = try Buffer(.zeros([], dtype: .int64))
        self.momentum = momentum
        self.epsilon = epsilon
    }

    /// The normalised images.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        if isTraining { try numBatchesTracked.copy(from: numBatchesTracked + 1) }
        return try input.batchNormalised(
            weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVar, isTraining: isTraining,
            momentum: momentum, epsilon: epsilon)
    }
}

/// Instance normalisation: each channel of each image with mean 0 and variance 1, then scaled and shifted if asked.
///
/// - State: `weight`, `bias` [channels] when it is affine, else none.
public final class InstanceNorm: Layer {
    /// Factors.
    public let weight: Parameter?
    /// What is added.
    public let bias: Parameter?
    private let epsilon: Double

    /// Makes a normalisation.
    ///
    /// - Parameter isAffine: whether it has weights; they begin as the identity.
    public init(_ channels: Int, isAffine: Bool = false, epsilon: Double = 1e-5) throws {
        weight = isAffine ? try Parameter(.ones([channels])) : nil
        bias = isAffine ? try Parameter(.zeros([channels])) : nil
        self.epsilon = epsilon
    }

    /// The normalised images.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        try input.instanceNormalised(weight: weight, bias: bias, epsilon: epsilon)
    }
}

/// Group normalisation: each group of channels of each image with mean 0 and variance 1, then scaled and shifted.
///
/// - State: `weight`, `bias` [channels].
public final class GroupNorm: Layer {
    /// Factors.
    public let weight: Parameter
    /// What is added.
    public let bias: Parameter
    private let groups: Int
    private let epsilon: Double

    /// Makes a normalisation that begins as the identity.
    public init(_ channels: Int, groups: Int, epsilon: Double = 1e-5) throws {
        weight = try Parameter(.ones([channels]))
        bias = try Parameter(.zeros([channels]))
        self.groups = groups
        self.epsilon = epsilon
    }

    /// The normalised images.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        try input.groupNormalised(groups: groups, weight: weight, bias: bias, epsilon: epsilon)
    }
}
