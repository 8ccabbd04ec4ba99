import Core

/// Which kernel and grid reach a tolerance for the least work.
struct GridChoice: Sendable {
    let kernel: KaiserBessel
    /// Samples of the grid along z, y, x.
    let grid: SIMD3<Int>

    /// The least and the most oversampling that is tried.
    static let oversampling = 1.25...2.0
    /// Smallest grid along an axis: two tiles of a footprint each.
    private static let smallest = 2 * KernelPolynomial.maximumWidth

    /// Compares kernels of every width, each on the smallest grid with which it reaches the tolerance.
    ///
    /// - Parameters:
    ///   - image: samples along z, y, x; z is 1 in two dimensions.
    ///   - isVolume: whether there are three axes.
    ///   - points: how many points there are.
    ///   - wide: whether eight images go together.
    /// - Returns: nothing when no kernel of at most eight taps is good enough.
    static func best(
        image: SIMD3<Int>, isVolume: Bool, tolerance: Double, points: Int, wide: Bool,
        widths: ClosedRange<Int> = 2...KernelPolynomial.maximumWidth
    ) -> GridChoice? {
        let axes = isVolume ? [0, 1, 2] : [1, 2]
        // Errors of the axes add up in the mean square.
        let share = tolerance / Double(axes.count).squareRoot()
        let choices = widths.compactMap { width -> (choice: GridChoice, cost: Double)? in
            var grid = SIMD3(1, 1, 1)
            for axis in axes {
                guard let size = smallestGrid(for: image[axis], width: width, tolerance: share) else { return nil }
                grid[axis] = size
            }
            // One kernel serves all axes: the shape that suits the one with the least oversampling.
            let least = axes.map { Double(grid[$0]) / Double(image[$0]) }.min() ?? 2
            let choice = GridChoice(kernel: KaiserBessel(width: width, oversampling: min(least, 2)), grid: grid)
            return (choice, choice.cost(image: image, isVolume: isVolume, points: points, wide: wide))
        }
        return choices.min { $0.cost < $1.cost }?.choice
    }

    private static func smallestGrid(for size: Int, width: Int, tolerance: Double) -> Int? {
        var grid = max(Int((Double(size) * oversampling.lowerBound).rounded(.up)), smallest)
        let limit = max(smooth(from: Int((Double(size) * oversampling.upperBound).rounded(.up))), smallest)
        while true {
            grid = smooth(from: grid)
            guard grid <= limit else { return nil }
            let kernel = KaiserBessel(width: width, oversampling: min(Double(grid) / Double(size), 2))
            if kernel.aliasing(size: size, grid: grid) <= tolerance { return grid }
            grid += 1
        }
    }

    /// The next size whose FFTs are fast: a power of two times 1, 3, 5, 9 or 15.
    static func smooth(from number: Int) -> Int {
        [1, 3, 5, 9, 15].map { odd in
            var size = odd * 2
            while size < number { size *= 2 }
            return size
        }.min() ?? number
    }

    /// Nanoseconds per image on one core, roughly: fitted to measurements, good enough to compare.
    private func cost(image: SIMD3<Int>, isVolume: Bool, points: Int, wide: Bool) -> Double {
        let rows = Double(isVolume ? kernel.width * kernel.width : kernel.width)
        let point = wide ? 2 + 0.33 * rows * Double(kernel.width) : 12 + 3.4 * rows
        // One pass per axis, each over the lines that are not zero.
        let first = image[2] * image[1] * grid[0]
        let passes = (isVolume ? first : 0) + image[2] * grid[1] * grid[0] + grid[2] * grid[1] * grid[0]
        return Double(points) * point + 5 * Double(passes)
    }
}
