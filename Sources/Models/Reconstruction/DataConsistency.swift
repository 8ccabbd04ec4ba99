import Learning

/// A step that brings images nearer to what was measured.
public protocol DataLayer: Module {
    /// The images after the step, in their shape: [N·T, 2, Y, X] or [N, 2, T, Y, X].
    func callAsFunction(_ images: Tensor, _ measurement: MeasuredSlices) throws -> Tensor
}

/// Exact data consistency for one coil: sampled places of k-space become what was measured, or nearer to it with noise.
///
/// With s = F x and samples s₀: s₀ without noise, (s + λ s₀) / (1 + λ) with noise, at the sampled places alone. Written
/// as x − w Aᴴ(A x − y) with w = 1 or λ / (1 + λ), which is the same for any A with A Aᴴ = 1, and a gradient step for
/// others: for coil maps with Σ|S|² = 1 it is the step of the variable-splitting layer.
///
/// - State: `lambda` [] with noise, else none. Without noise the layer keeps measured samples to round-off.
/// - Reference: Schlemper et al. 2018, doi:10.1109/TMI.2017.2760978, equation 7.
public final class DataConsistency: DataLayer {
    /// λ, the weight of the data against the image; nil when there is no noise, which is λ → ∞.
    public let lambda: Parameter?

    /// Makes a layer.
    ///
    /// - Parameter lambda: where the weight begins, above 0; nil for data without noise.
    public init(lambda: Double? = nil) throws { self.lambda = try lambda.map { try Parameter(.full([], $0)) } }

    /// The images, consistent with the data.
    public func callAsFunction(_ images: Tensor, _ measurement: MeasuredSlices) throws -> Tensor {
        let gradient = try measurement.gradient(of: images)
        guard let lambda else { return try images - gradient }
        return try images - lambda / (lambda + 1) * gradient
    }
}

/// A gradient step x − λ Aᴴ(A x − y) with a learned length, for any encoding.
///
/// - Convention: λ below 2 / ‖A‖² is stable; ‖A‖ ≤ 1 where Σ|S|² ≤ 1 and lines are read once.
/// - State: `lambda` [].
/// - Reference: Hammernik et al. 2021, doi:10.1002/mrm.28827.
public final class GradientStep: DataLayer {
    /// The length of the step.
    public let lambda: Parameter

    /// Makes a layer whose step begins with a length.
    public init(lambda: Double = 1) throws { self.lambda = try Parameter(.full([], lambda)) }

    /// The images after the step.
    public func callAsFunction(_ images: Tensor, _ measurement: MeasuredSlices) throws -> Tensor {
        try images - lambda * measurement.gradient(of: images)
    }
}
