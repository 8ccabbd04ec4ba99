import Core

/// How far a prediction is from the truth: scalars to be made small.
public enum Loss {
    /// Mean |x − y|; of complex numbers, the modulus.
    public static func l1(_ x: Tensor, _ y: Tensor) throws -> Tensor { try abs(x - y).mean() }

    /// Mean |x − y|².
    ///
    /// - Convention: of complex numbers the squared modulus, which is twice the mean square of real and imaginary parts
    ///   taken as channels.
    public static func l2(_ x: Tensor, _ y: Tensor) throws -> Tensor {
        let difference = try x - y
        guard difference.dtype.isComplex else { return try difference.squared().mean() }
        return try difference.viewedAsReal().squared().mean() * 2
    }

    /// Mean of r² / (2 knee) where |r| < knee, |r| − knee / 2 elsewhere, with r = x − y.
    ///
    /// - Parameter knee: where squares end, in the unit of the images; at or above their range it is but an L2 loss.
    public static func smoothL1(_ x: Tensor, _ y: Tensor, knee: Double) throws -> Tensor {
        try Torch.call("smooth_l1_loss", x, y, 1, knee)
    }

    /// Cross-entropy of classes, a mean over voxels: −log softmax at the label.
    ///
    /// - Shape: logits [N, C, …], labels [N, …] int64.
    /// - Parameters:
    ///   - weights: of the classes [C]; the mean is then weighted.
    ///   - ignoredLabel: label of voxels that do not count.
    public static func crossEntropy(
        _ logits: Tensor, _ labels: Tensor, weights: Tensor? = nil, ignoredLabel: Int = -100
    ) throws -> Tensor {
        try Torch.call("cross_entropy_loss", logits, labels, weights, 1, ignoredLabel)
    }

    /// 1 − the mean over images and classes of 2 Σ p t / (Σ p + Σ t), with probabilities p and truth t.
    ///
    /// - Shape: logits [N, C, …], labels [N, …] int64.
    /// - Parameters:
    ///   - includesBackground: whether class 0 counts.
    ///   - smoothing: added above and below, so that a class that is absent and not predicted costs nothing.
    public static func softDice(
        _ logits: Tensor, _ labels: Tensor, includesBackground: Bool = false, smoothing: Double = 1
    ) throws -> Tensor {
        let classes = logits.shape.dropFirst().first ?? 0
        let axes = Array(2..<Swift.max(logits.rank, 2))
        let probability = try softmax(logits)
        let truth = try labels.oneHot(classes: classes).movedAxis(-1, to: 1).converted(to: logits.dtype)
        let overlap = try 2 * (probability * truth).sum(axes) + smoothing
        let total = try (probability + truth).sum(axes) + smoothing
        let dice = try overlap / total
        return try 1 - (includesBackground ? dice : dice[.all, .range(1..<classes)]).mean()
    }

    /// 1 − `structuralSimilarity`.
    public static func structuralDissimilarity(
        _ x: Tensor, _ y: Tensor, range: Double = 1, window: Int = 7
    ) throws -> Tensor {
        try 1 - structuralSimilarity(x, y, range: Tensor(range), window: window)
    }

    /// Mean structural similarity (SSIM) with a uniform window, where the window fits.
    ///
    /// - Shape: [N, C, (Z,) Y, X].
    /// - Parameters:
    ///   - range: of the data, one for all [] or one for each image [N].
    ///   - window: width along each spatial axis.
    /// - Convention: K₁ = 0.01, K₂ = 0.03, sample covariance: fastMRI's.
    /// - Reference: Wang et al. 2004, doi:10.1109/TIP.2003.819861.
    public static func structuralSimilarity(
        _ x: Tensor, _ y: Tensor, range: Tensor, window: Int = 7
    ) throws -> Tensor {
        let axes = x.rank - 2
        guard x.shape == y.shape, [2, 3].contains(axes), x.shape.dropFirst(2).allSatisfy({ $0 >= window }) else {
            throw CineError(
                .badData,
                "Two images [N, C, (Z,) Y, X] of one shape, at least \(window) wide, were expected, found \(x) and \(y)."
            )
        }
        let channels = x.shape[1]
        var moments = try Tensor.concatenated([x, y, x * x, y * y, x * y], axis: 1)
        // A mean along one axis after another is far cheaper than over the whole window at once.
        for axis in 0..<axes {
            let size = (0..<axes).map { $0 == axis ? window : 1 }
            moments = try moments.averagePooled(size, stride: size.map { _ in 1 })
        }
        let parts = try moments.split([Int](repeating: channels, count: 5), axis: 1)
        let (meanX, meanY) = (parts[0], parts[1])
        var samples = 1.0
        for _ in 0..<axes { samples *= Double(window) }
        let unbiased = samples / (samples - 1)
        let varianceX = try unbiased * (parts[2] - meanX * meanX)
        let varianceY = try unbiased * (parts[3] - meanY * meanY)
        let covariance = try unbiased * (parts[4] - meanX * meanY)
        let perImage = try range.reshaped([-1] + [Int](repeating: 1, count: axes + 1))
            .converted(to: x.device).converted(to: x.dtype)
        let c1 = try (perImage * 0.01).squared()
        let c2 = try (perImage * 0.03).squared()
        let above = try (2 * meanX * meanY + c1) * (2 * covariance + c2)
        let below = try (meanX * meanX + meanY * meanY + c1) * (varianceX + varianceY + c2)
        return try (above / below).mean()
    }
}
