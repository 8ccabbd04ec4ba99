import Core
import Learning

/// Super-resolution from several views: the same features are found in each, and read together.
///
/// - Shape: views [N, 2, Z, Y, X] on the fine grid, each its intensity and its validity; the first is the interpolated
///   stack → [N, 1, Z, Y, X].
/// - State: `features.i.weight`, `joint.i.weight`, and biases.
/// - Reference: Oktay et al. 2016, doi:10.1007/978-3-319-46726-9_29.
public final class SiameseSuperResolution: Module {
    /// What is computed of every view, with the same weights.
    public let features: [Convolution]
    /// What is computed of all together; the last without rectifier.
    public let joint: [Convolution]
    private let views: Int

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - views: number of views.
    ///   - widths: channels that each layer gives.
    ///   - shared: how many layers each view passes by itself.
    /// - Throws: `CineError(.badData)` when no layer is left for one of the parts.
    public init(
        views: Int, widths: [Int] = SuperResolutionNetwork.published, shared: Int = 2, kernel: [Int] = [3, 3, 3],
        using random: inout Philox
    ) throws {
        guard views > 0, (1..<widths.count).contains(shared) else {
            throw CineError(
                .badData,
                "From 1 to \(widths.count - 1) shared layers were expected, found \(shared) for \(views) views.")
        }
        self.views = views
        func convolution(_ inputs: Int, _ layer: Int) throws -> Convolution {
            try Convolution(inputs, widths[layer], kernel: kernel, initialisation: .he, using: &random)
        }
        features = try (0..<shared).map { try convolution($0 == 0 ? 2 : widths[$0 - 1], $0) }
        joint = try (shared..<widths.count).map { try convolution(widths[$0 - 1] * ($0 == shared ? views : 1), $0) }
    }

    /// The first view, sharpened.
    public func callAsFunction(_ views: [Tensor]) throws -> Tensor {
        guard let first = views.first, views.count == self.views else {
            throw CineError(.badData, "\(self.views) views were expected, found \(views.count).")
        }
        let found = try views.map { view in try features.reduce(view) { try relu($1($0)) } }
        let x = try joint.dropLast().reduce(.concatenated(found, axis: 1)) { try relu($1($0)) }
        return try first[.all, .range(0..<1)] + (joint.last?(x) ?? x)
    }

    /// Thick slices as the first view: interpolated, and valid everywhere.
    public static func view(ofStack stack: Tensor, factor: Int) throws -> Tensor {
        let image = try stack.interpolatingSlices(factor)
        return try .concatenated([image, image.onesLike()], axis: 1)
    }
}
