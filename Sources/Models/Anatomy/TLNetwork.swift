import Core
import Learning

/// A T-L network: an autoencoder of labels, and a predictor that finds the same codes in images.
///
/// It is trained in three stages, each with its loss: the autoencoder, then the predictor, then both.
/// - State: `autoencoder.…`, `predictor.…`.
/// - Reference: Oktay et al. 2018, doi:10.1109/TMI.2017.2743464; Girdhar et al. 2016, doi:10.1007/978-3-319-46466-4_29.
public final class TLNetwork: Module {
    /// Labels → code → labels.
    public let autoencoder: LabelAutoencoder
    /// Images → code.
    public let predictor: ShapeEncoder

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - size: of labels and images, [Z, Y, X].
    ///   - code: length of the code, 64 as published.
    /// - Throws: `CineError(.badData)` for a size that cannot be halved at each level.
    public init(
        inputs: Int = 1, classes: Int = 4, size: [Int], widths: [Int] = [4, 8, 16, 32], code: Int = 64,
        using random: inout Philox
    ) throws {
        autoencoder = try LabelAutoencoder(classes: classes, size: size, widths: widths, code: code, using: &random)
        predictor = try ShapeEncoder(inputs: inputs, size: size, widths: widths, code: code, using: &random)
    }

    /// Stage 1: cross-entropy of labels after a passage through the code.
    ///
    /// - Shape: labels [N, Z, Y, X] int64.
    public func autoencoderLoss(_ labels: Tensor) throws -> Tensor {
        try Loss.crossEntropy(autoencoder(oneHot(labels)), labels)
    }

    /// Stage 2: ‖p(image) − f(labels)‖², a mean over the batch; the autoencoder gets no gradients.
    public func predictorLoss(_ images: Tensor, _ labels: Tensor) throws -> Tensor {
        let codes = try Torch.withoutGradients { try autoencoder.encoder(oneHot(labels)) }
        return try squaredDistance(predictor(images), codes)
    }

    /// Stage 3: both losses, so that codes say what the labels are and can be found in images.
    ///
    /// - Parameter weight: of the distance between codes.
    public func jointLoss(_ images: Tensor, _ labels: Tensor, weight: Double = 1) throws -> Tensor {
        let codes = try autoencoder.encoder(oneHot(labels))
        return try Loss.crossEntropy(autoencoder.decoded(codes), labels)
            + weight * squaredDistance(predictor(images), codes)
    }

    private func oneHot(_ labels: Tensor) throws -> Tensor {
        try labels.oneHotChannels(autoencoder.classes)
    }
}

/// What anatomy says of a prediction: the distance of its code from the truth's, by an encoder that is kept as it is.
///
/// - Reference: Oktay et al. 2018, doi:10.1109/TMI.2017.2743464, equations 3 and 4. Their weight decay is the optimiser's.
public struct AnatomicalPrior {
    private let encoder: ShapeEncoder

    /// Freezes an encoder: of labels for segmentation, of images for super-resolution.
    public init(_ encoder: ShapeEncoder) throws {
        try encoder.setTrainable(false)
        encoder.setTraining(false)
        self.encoder = encoder
    }

    /// ‖f(a) − f(b)‖², a mean over the batch; gradients flow through to a and b.
    public func distance(_ a: Tensor, _ b: Tensor) throws -> Tensor { try squaredDistance(encoder(a), encoder(b)) }

    /// Cross-entropy + weight · ‖f(softmax φ) − f(labels)‖².
    ///
    /// - Shape: logits [N, classes, Z, Y, X], labels [N, Z, Y, X] int64.
    /// - Parameter weight: λ₁, some 0.01 as published.
    public func segmentationLoss(_ logits: Tensor, _ labels: Tensor, weight: Double = 0.01) throws -> Tensor {
        let truth = try labels.oneHotChannels(logits.shape[1])
        return try Loss.crossEntropy(logits, labels) + weight * distance(softmax(logits), truth)
    }

    /// Smooth L1 + weight · ‖p(x) − p(y)‖² of images.
    ///
    /// - Parameters:
    ///   - weight: λ₁, some 0.001 as published.
    ///   - knee: where squares end, in the unit of the images.
    public func superResolutionLoss(
        _ x: Tensor, _ y: Tensor, weight: Double = 0.001, knee: Double = 1
    ) throws -> Tensor {
        try Loss.smoothL1(x, y, knee: knee) + weight * distance(x, y)
    }
}

/// Σ (a − b)² of codes [N, code], a mean over the batch.
private func squaredDistance(_ a: Tensor, _ b: Tensor) throws -> Tensor { try (a - b).squared().sum([1]).mean() }

extension Tensor {
    /// Labels [N, …] as channels [N, classes, …] of 0 and 1.
    public func oneHotChannels(_ classes: Int) throws -> Tensor {
        try oneHot(classes: classes).movedAxis(-1, to: 1).converted(to: .float32)
    }
}
