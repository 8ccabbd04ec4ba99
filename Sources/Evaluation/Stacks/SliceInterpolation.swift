/// How values between slices are found.
enum SliceInterpolation {
    /// A straight line between neighbours.
    case linear
    /// The natural cubic spline through all slices.
    case spline

    /// A stack on fine slices: slice i is at (i + ½) factor − ½; beyond the outermost slices it goes on as they are.
    ///
    /// - Shape: [S, P] → [factor · S, P], P pixels.
    /// - Cost: S products for each voxel of a spline, 2 for a line.
    func callAsFunction(_ image: [Float], slices: Int, factor: Int) -> [Float] {
        let pixels = image.count / slices
        var result = [Float](repeating: 0, count: factor * image.count)
        for z in 0..<factor * slices {
            let place = (Double(z) + 0.5) / Double(factor) - 0.5
            let weights = weights(at: min(max(place, 0), Double(slices - 1)), slices: slices)
            for (slice, weight) in weights.enumerated() where weight != 0 {
                for pixel in 0..<pixels { result[z * pixels + pixel] += Float(weight) * image[slice * pixels + pixel] }
            }
        }
        return result
    }

    /// What each slice counts at a place between them.
    private func weights(at place: Double, slices: Int) -> [Double] {
        let below = min(Int(place), max(0, slices - 2))
        let part = place - Double(below)
        var weights = [Double](repeating: 0, count: slices)
        weights[below] = 1 - part
        guard below + 1 < slices else { return weights }
        weights[below + 1] = part
        guard self == .spline, slices > 2 else { return weights }
        // Between knots of distance 1: the line, and ((t³ − t) M₊ + ((1 − t)³ − (1 − t)) M₋) / 6, M second derivatives.
        for slice in 0..<slices {
            let curvature = Self.secondDerivatives(ofUnit: slice, slices: slices)
            func bend(_ t: Double) -> Double { (t * t * t - t) / 6 }
            weights[slice] += bend(1 - part) * curvature[below] + bend(part) * curvature[below + 1]
        }
        return weights
    }

    /// The second derivatives at the slices of the natural spline through 1 at one slice and 0 at the others.
    private static func secondDerivatives(ofUnit unit: Int, slices: Int) -> [Double] {
        func value(_ slice: Int) -> Double { slice == unit ? 1 : 0 }
        // M₋ + 4 M + M₊ = 6 (y₋ − 2 y + y₊) between the ends, where M = 0: eliminated, then filled in backwards.
        var (factors, sums) = ([0.0], [0.0])
        for slice in 1..<slices - 1 {
            let pivot = 4 - factors[slice - 1]
            factors.append(1 / pivot)
            let right = 6 * (value(slice - 1) - 2 * value(slice) + value(slice + 1))
            sums.append((right - sums[slice - 1]) / pivot)
        }
        var result = [Double](repeating: 0, count: slices)
        for slice in (1..<slices - 1).reversed() { result[slice] = sums[slice] - factors[slice] * result[slice + 1] }
        return result
    }
}
