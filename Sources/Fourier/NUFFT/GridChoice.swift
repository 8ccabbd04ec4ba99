import Core

/// Which kernel and grid reach a tolerance for the least work.
struct GridChoice: Sendable {
    let kernel: KaiserBessel
    /// Samples of the grid along z, y, x.
    let grid: SIMD3<Int>

    /// Oversampling that the kernels are made for; no grid has less than the first.
    private static let shapes = [1.25, 1.375, 1.5, 1.75, 2]
    /// Smallest grid along an axis: two tiles of a footprint each.
    private static let smallest = 2 * KernelPolynomial.maximumWidth

    /// The kernel's transform at the image's edge, over that at its centre: its inverse is what errors of the kernel's
    /// values are multiplied by.
    func edgeGain(image: SIMD3<Int>) -> Double {
        let edges = (0..<3).map { Double(image[$0] / 2) / Double(grid[$0]) }
        return kernel.transform(edges.max() ?? 0) / kernel.transform(0)
    }

    /// Compares kernels of every width and shape, each on the smallest grid with which it reaches the tolerance.
    ///
    /// - Parameters:
    ///   - image: samples along z, y, x; z is 1 in two dimensions.
    ///   - isVolume: whether there are three axes.
    ///   - points: how many points there are.
    ///   - wide: whether eight images go together.
    ///   - widths: widths to try.
    /// - Returns: nothing when no kernel is good enough.
    static func best(
        image: SIMD3<Int>, isVolume: Bool, tolerance: Double, points: Int, wide: Bool,
        widths: ClosedRange<Int> = KernelPolynomial.widths
    ) -> GridChoice? {
        let axes = isVolume ? [0, 1, 2] : [1, 2]
        // Errors of the axes add up in the mean square. The rest is for rounding and for points where errors are larger
        // than on average: where a footprint ends exactly on the grid, as at whole numbers, up to 1.4 times.
        let share = 0.7 * tolerance / Double(axes.count).squareRoot()
        let kernels = widths.flatMap { width in
            shapes.map { KaiserBessel(width: width, oversampling: $0) }
        }
        let choices = kernels.compactMap { kernel -> GridChoice? in
            var grid = SIMD3(1, 1, 1)
            for axis in axes {
                guard let size = smallestGrid(for: image[axis], kernel: kernel, tolerance: share) else { return nil }
                grid[axis] = size
            }
            return GridChoice(kernel: kernel, grid: grid)
        }
        let costs = choices.map { $0.cost(image: image, isVolume: isVolume, points: points, wide: wide) }
        return zip(choices, costs).min { $0.1 < $1.1 }?.0
    }

    private static func smallestGrid(for size: Int, kernel: KaiserBessel, tolerance: Double) -> Int? {
        var grid = smooth(from: max(Int((Double(size) * shapes[0]).rounded(.up)), smallest))
        let limit = smooth(from: max(2 * size, smallest))
        while kernel.aliasing(size: size, grid: grid) > tolerance {
            grid = smooth(from: grid + 1)
            if grid > limit { return nil }
        }
        return grid
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
        let point = wide ? 2 + 0.15 * rows * Double(kernel.width) : 40 + 1.3 * rows
        // One pass per axis, each over the lines that are not zero.
        let first = image[2] * image[1] * grid[0]
        let passes = (isVolume ? first : 0) + image[2] * grid[1] * grid[0] + grid[2] * grid[1] * grid[0]
        return Double(points) * point + 5 * Double(passes)
    }
}
