import Core

/// The high-frequency error norm (HFEN): ‖LoG(x̂) − LoG(x)‖ / ‖LoG(x)‖, which sees edges and fine detail.
///
/// LoG is a Laplacian of a Gaussian of σ = 1.5 samples, cut to 15 samples a side and lowered so that it sums to zero;
/// samples outside the image count as zero. Some implementations cut it to 13, or do not divide by the reference's norm.
///
/// - Reference: Ravishankar and Bresler 2011, doi:10.1109/TMI.2010.2090538; kernel as MATLAB's `fspecial('log')`.
public struct HighFrequencyError: Sendable, Hashable {
    /// Standard deviation of the Gaussian in samples.
    public let sigma: Double
    /// Samples of the kernel along each axis, odd.
    public let size: Int
    /// How many of the last axes the kernel spans: 2 for slices, 3 for volumes.
    public let dimensions: Int

    /// Makes the norm; all that is not given is as published.
    ///
    /// - Precondition: `size` is odd, at least 3.
    public init(sigma: Double = 1.5, size: Int = 15, dimensions: Int = 2) {
        precondition(size >= 3 && size % 2 == 1, "a kernel has 3, 5, 7 … samples, got \(size)")
        precondition(sigma > 0 && dimensions >= 1, "a kernel has a width and spans at least one axis")
        (self.sigma, self.size, self.dimensions) = (sigma, size, dimensions)
    }

    /// The norm over all images.
    ///
    /// - Shape: the last `dimensions` axes are one image; the axes before count images.
    /// - Parameters:
    ///   - mask: the samples whose filtered values count; nil for all.
    ///   - threads: images at a time; the result does not depend on it.
    /// - Returns: 0 for no error, ∞ for an error against a flat reference.
    public func callAsFunction(
        _ image: [Float], reference: [Float], shape: [Int], mask: [Bool]? = nil, threads: Int = 1
    ) -> Double {
        requireEqualCounts(image.count, reference.count, mask?.count)
        precondition(shape.reduce(1, *) == image.count, "expected \(shape.reduce(1, *)) samples, found \(image.count)")
        precondition(shape.count >= dimensions, "a kernel of \(dimensions) axes needs as many of the image")
        let axes = Array(shape.suffix(dimensions))
        let count = axes.reduce(1, *)
        guard count > 0 else { return 0 }
        let sums = Workers.map(image.count / count, threads: threads) { index -> (error: Double, norm: Double) in
            let part = index * count..<(index + 1) * count
            let truth = laplacian(reference[part].map(Double.init), shape: axes)
            let difference = laplacian(zip(image[part], reference[part]).map { Double($0) - Double($1) }, shape: axes)
            var (error, norm) = (0.0, 0.0)
            for offset in 0..<count where mask?[part.lowerBound + offset] ?? true {
                error += difference[offset] * difference[offset]
                norm += truth[offset] * truth[offset]
            }
            return (error, norm)
        }
        let error = sums.reduce(0) { $0 + $1.error }
        let norm = sums.reduce(0) { $0 + $1.norm }
        // What is not a number is infinitely wrong.
        return error.isNaN ? .infinity : error == 0 ? 0 : (error / norm).squareRoot()
    }

    /// Σ over axes of (second derivative along it, Gaussian along the others), less a constant that makes the sum zero.
    func laplacian(_ image: [Double], shape: [Int]) -> [Double] {
        let gaussian = gaussianWeights(size, sigma: sigma)
        let second = gaussian.enumerated().map { index, weight in
            let distance = Double(index - size / 2)
            return weight * (distance * distance - sigma * sigma) / (sigma * sigma * sigma * sigma)
        }
        let excess = Double(dimensions) * second.reduce(0, +) / Double(size)
        // −excess · size^(1 − d) on each of sizeᵈ samples: a box along all axes but one, which carries the constant.
        let box = [Double](repeating: 1 / Double(size), count: size)
        let constant = [Double](repeating: -excess, count: size)
        var sum = filtered(image, shape: shape, kernels: [constant] + [[Double]](repeating: box, count: dimensions - 1))
        for axis in 0..<dimensions {
            var kernels = [[Double]](repeating: gaussian, count: dimensions)
            kernels[axis] = second
            let part = filtered(image, shape: shape, kernels: kernels)
            for index in sum.indices { sum[index] += part[index] }
        }
        return sum
    }

    /// Filters along each axis with its own kernel, zeros outside.
    private func filtered(_ image: [Double], shape: [Int], kernels: [[Double]]) -> [Double] {
        var values = image
        for axis in shape.indices {
            let inner = shape[(axis + 1)...].reduce(1, *)
            let outer = shape[..<axis].reduce(1, *)
            let margin = [Double](repeating: 0, count: size / 2 * inner)
            var padded: [Double] = []
            padded.reserveCapacity(values.count + 2 * margin.count * outer)
            for block in 0..<outer {
                padded += margin
                padded += values[block * shape[axis] * inner..<(block + 1) * shape[axis] * inner]
                padded += margin
            }
            values = alongMiddle(
                padded, outer: outer, count: shape[axis] + 2 * (size / 2), inner: inner, weights: kernels[axis])
        }
        return values
    }
}
