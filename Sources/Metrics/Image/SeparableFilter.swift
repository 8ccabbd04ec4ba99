/// Weighted sums along each axis of an image, in double precision.
///
/// Second moments of nearly constant patches cancel: in single precision SSIM would lose its third digit there.
struct SeparableFilter {
    /// The weights of neighbours, the same along each axis.
    let weights: [Double]

    /// Values that an image of a shape keeps where the whole filter fits.
    func validShape(_ shape: [Int]) -> [Int] { shape.map { $0 - weights.count + 1 } }

    /// Filters an image where the whole filter fits.
    ///
    /// - Shape: `shape`, the last axis fastest → `validShape(shape)`.
    /// - Cost: as many products a sample as there are weights, for each axis.
    func valid(_ image: [Double], shape: [Int]) -> [Double] {
        var shape = shape
        var values = image
        // The last axis first: the others then have less to do.
        for axis in shape.indices.reversed() {
            let inner = shape[(axis + 1)...].reduce(1, *)
            let outer = shape[..<axis].reduce(1, *)
            values = alongMiddle(values, outer: outer, count: shape[axis], inner: inner, weights: weights)
            shape[axis] -= weights.count - 1
        }
        return values
    }
}

/// Filters the middle axis of [outer, count, inner] where all the weights fit.
///
/// - Shape: → [outer, count − weights + 1, inner].
func alongMiddle(_ values: [Double], outer: Int, count: Int, inner: Int, weights: [Double]) -> [Double] {
    let kept = (count - weights.count + 1) * inner
    return [Double](unsafeUninitializedCapacity: outer * kept) { result, initialized in
        initialized = outer * kept
        values.withUnsafeBufferPointer { values in
            guard let from = values.baseAddress, let to = result.baseAddress else { return }
            for block in 0..<outer {
                weighRow(from + block * count * inner, stride: inner, weights, to + block * kept, count: kept)
            }
        }
    }
}

/// to[i] = Σ_k weights[k] · from[i + k · stride], a few hundred at a time so that they stay in the nearest cache.
private func weighRow(
    _ from: UnsafePointer<Double>, stride: Int, _ weights: [Double], _ to: UnsafeMutablePointer<Double>, count: Int
) {
    for start in Swift.stride(from: 0, to: count, by: 512) {
        let block = to + start
        let length = min(512, count - start)
        for (k, weight) in weights.enumerated() {
            let part = from + start + k * stride
            if k == 0 {
                for index in 0..<length { block[index] = weight * part[index] }
            } else {
                for index in 0..<length { block[index] += weight * part[index] }
            }
        }
    }
}
