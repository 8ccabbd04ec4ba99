import Core
import Foundation

/// The structural similarity index (SSIM).
///
/// ((2 μx μy + C₁)(2 σxy + C₂)) / ((μx² + μy² + C₁)(σx² + σy² + C₂)) with C₁ = (K₁ L)², C₂ = (K₂ L)², moments over a window
/// about each sample, mean over those samples where the whole window fits. Two conventions are in use and give other
/// numbers: `fastMRI` and `wang2004`. State which, and L.
///
/// - Reference: Wang et al. 2004, doi:10.1109/TIP.2003.819861; Zbontar et al. 2018, arXiv:1811.08839.
public struct StructuralSimilarity: Sendable, Hashable {
    /// The weights of a window's samples along each axis.
    public enum Window: Sendable, Hashable {
        /// Equal weights.
        case box(Int)
        /// A Gaussian on an odd number of samples, of a standard deviation in samples.
        case gaussian(Int, sigma: Double)
    }

    /// The weights of a window's samples.
    public let window: Window
    /// How many of the last axes a window spans: 2 for slices, 3 for volumes or [T, Y, X].
    public let dimensions: Int
    /// Whether variances are those of a sample, divided by the number of weights less one.
    public let usesSampleVariance: Bool
    /// K₁, which steadies the comparison of means.
    public var k1 = 0.01
    /// K₂, which steadies the comparison of variances.
    public var k2 = 0.03

    /// Makes an index; the two usual ones are `fastMRI` and `wang2004`.
    ///
    /// - Precondition: `usesSampleVariance` is for boxes; a window has an odd number of at least 3 samples.
    public init(window: Window, dimensions: Int = 2, usesSampleVariance: Bool) {
        precondition(dimensions >= 1, "a window spans at least one axis")
        switch window {
        case .box(let size): precondition(size >= 3 && size % 2 == 1, "a window has 3, 5, 7 … samples, got \(size)")
        case .gaussian(let size, let sigma):
            precondition(size >= 3 && size % 2 == 1, "a window has 3, 5, 7 … samples, got \(size)")
            precondition(sigma > 0 && !usesSampleVariance, "a Gaussian has a width, and population variances")
        }
        self.window = window
        self.dimensions = dimensions
        self.usesSampleVariance = usesSampleVariance
    }

    /// A box of 7 × 7 with sample variances: fastMRI's, and scikit-image's default.
    public static let fastMRI = StructuralSimilarity(window: .box(7), usesSampleVariance: true)

    /// A Gaussian of σ = 1.5 on 11 × 11 with population variances: the paper's.
    ///
    /// scikit-image's with `gaussian_weights=True, use_sample_covariance=False`, whose truncation at 3.5 σ gives 11 taps.
    public static let wang2004 = StructuralSimilarity(window: .gaussian(11, sigma: 1.5), usesSampleVariance: false)

    /// A box of 7 × 7 × 7 over the last three axes, such as [T, Y, X].
    public static let box3D = StructuralSimilarity(window: .box(7), dimensions: 3, usesSampleVariance: true)

    /// The mean over all windows that fit.
    ///
    /// - Shape: the last `dimensions` axes are one image; the axes before count images, each with the same weight.
    /// - Parameters:
    ///   - range: L, how much the image can vary; see `DataRange`.
    ///   - mask: only windows about these samples count; nil for all.
    ///   - threads: the result does not depend on it.
    /// - Throws: `CineError` where no window fits, or none about a sample of the mask, or a sample is not a number.
    /// - Cost: 5 filters of the image, some 20 products a sample and weight.
    public func mean(
        _ image: [Float], reference: [Float], shape: [Int], range: Double, mask: [Bool]? = nil, threads: Int = 1
    ) throws -> Double {
        let parts = try parts(image.count, reference.count, mask?.count, shape: shape)
        let sums = Workers.map(parts.count, threads: threads) { index -> (sum: Double, count: Int) in
            let part = parts[index]
            let map = map(image[part.samples], reference[part.samples], shape: part.shape, range: range)
            guard let mask else { return (map.reduce(0, +), map.count) }
            let centers = centers(mask[part.samples], shape: part.shape)
            return zip(map, centers).reduce(into: (0.0, 0)) { total, pair in
                if pair.1 { total = (total.0 + pair.0, total.1 + 1) }
            }
        }
        let count = sums.reduce(0) { $0 + $1.count }
        guard count > 0 else {
            throw CineError(
                .badData, "No window of SSIM (\(size) samples a side) lies about a sample of the mask; widen the mask.")
        }
        let sum = sums.reduce(0) { $0 + $1.sum }
        guard !sum.isNaN else {
            throw CineError(.badData, "An image with samples that are not numbers has no SSIM; did the method diverge?")
        }
        return sum / Double(count)
    }

    /// The index at each sample about which the whole window fits.
    ///
    /// - Shape: as `shape`, each of the last `dimensions` axes shorter by the window's size less one.
    /// - Throws: `CineError` where no window fits.
    public func map(_ image: [Float], reference: [Float], shape: [Int], range: Double, threads: Int = 1) throws
        -> [Double]
    {
        let parts = try parts(image.count, reference.count, nil, shape: shape)
        return Workers.map(parts.count, threads: threads) { index in
            map(image[parts[index].samples], reference[parts[index].samples], shape: parts[index].shape, range: range)
        }.flatMap { $0 }
    }
}

extension StructuralSimilarity {
    private var size: Int {
        switch window {
        case .box(let size), .gaussian(let size, _): size
        }
    }

    private var filter: SeparableFilter {
        switch window {
        case .box(let size): SeparableFilter(weights: [Double](repeating: 1 / Double(size), count: size))
        case .gaussian(let size, let sigma): SeparableFilter(weights: gaussianWeights(size, sigma: sigma))
        }
    }

    /// Pieces of all images, small enough to stay near the processor: some rows of the windows' first axis each.
    private func parts(_ image: Int, _ reference: Int, _ mask: Int?, shape: [Int]) throws -> [ImagePart] {
        requireEqualCounts(image, reference, mask)
        precondition(shape.reduce(1, *) == image, "expected \(shape.reduce(1, *)) samples for \(shape), found \(image)")
        let axes = Array(shape.suffix(dimensions))
        guard axes.count == dimensions, axes.allSatisfy({ $0 >= size }) else {
            let window = Words.size([Int](repeating: size, count: dimensions))
            throw CineError(
                .badData,
                "SSIM with a window of \(window) needs images of at least that size, found \(Words.size(shape)).")
        }
        let row = axes.dropFirst().reduce(1, *)
        // Rows share their neighbours' windows: enough of them that few are filtered twice.
        let rows = max(4 * size, 8192 / row)
        var parts: [ImagePart] = []
        for image in 0..<shape.dropLast(dimensions).reduce(1, *) {
            for first in stride(from: 0, to: axes[0] - size + 1, by: rows) {
                let last = min(first + rows, axes[0] - size + 1) + size - 1
                let start = image * axes[0] * row
                parts.append(
                    ImagePart(
                        samples: start + first * row..<start + last * row, shape: [last - first] + axes.dropFirst()))
            }
        }
        return parts
    }

    private func map(_ image: ArraySlice<Float>, _ reference: ArraySlice<Float>, shape: [Int], range: Double)
        -> [Double]
    {
        let (x, y) = (image.map(Double.init), reference.map(Double.init))
        let filter = filter
        func product(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }
        let (meanX, meanY) = (filter.valid(x, shape: shape), filter.valid(y, shape: shape))
        let squareX = filter.valid(product(x, x), shape: shape)
        let squareY = filter.valid(product(y, y), shape: shape)
        let cross = filter.valid(product(x, y), shape: shape)
        let count = pow(Double(size), Double(dimensions))
        let factor = usesSampleVariance ? count / (count - 1) : 1
        let (c1, c2) = (k1 * range * k1 * range, k2 * range * k2 * range)
        return meanX.indices.map { index in
            let (mx, my) = (meanX[index], meanY[index])
            let varianceX = factor * (squareX[index] - mx * mx)
            let varianceY = factor * (squareY[index] - my * my)
            let covariance = factor * (cross[index] - mx * my)
            return (2 * mx * my + c1) * (2 * covariance + c2)
                / ((mx * mx + my * my + c1) * (varianceX + varianceY + c2))
        }
    }

    /// The mask at the centres of the windows.
    private func centers(_ mask: ArraySlice<Bool>, shape: [Int]) -> [Bool] {
        let valid = shape.map { $0 - size + 1 }
        return (0..<valid.reduce(1, *)).map { index in
            var (rest, offset, stride) = (index, 0, 1)
            for axis in shape.indices.reversed() {
                offset += (rest % valid[axis] + size / 2) * stride
                rest /= valid[axis]
                stride *= shape[axis]
            }
            return mask[mask.startIndex + offset]
        }
    }
}

/// A piece of an image that is filtered on its own.
private struct ImagePart: Sendable {
    let samples: Range<Int>
    let shape: [Int]
}

/// exp(−i² / 2σ²) about the middle, of sum 1.
func gaussianWeights(_ count: Int, sigma: Double) -> [Double] {
    let weights = (0..<count).map { index in
        let distance = Double(index) - Double(count - 1) / 2
        return exp(-distance * distance / (2 * sigma * sigma))
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}
