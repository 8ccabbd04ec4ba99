import Core

/// Weights that make up for points lying closer in some parts of k-space than in others.
///
/// - Units: a weight is the area (or volume) that its point stands for, in (cycles per field of view)²: Cartesian points
///   at every whole number get 1, and A Aᴴ-weighted images keep their scale.
public enum DensityCompensation {
    /// Areas of rings' sectors, for spokes through the centre.
    ///
    /// A sample stands for what lies nearer to it than to its neighbours, along the spoke and between the two spokes
    /// beside it. Where radii are evenly spaced that is |k| Δk Δθ, and Δk² Δθ / 4 at the centre.
    /// - Shape: [L, N] for L spokes of N samples.
    /// - Parameters:
    ///   - angles: of the spokes, in rad, in any order; a spoke and its reverse are the same.
    ///   - radii: of the samples of each spoke, signed, increasing, in cycles per field of view.
    /// - Returns: one weight per sample.
    public static func radial(angles: [Double], radii: [Double]) -> [Float] {
        guard let first = radii.first, let last = radii.last else { return [] }
        let borders = zip(radii, radii.dropFirst()).map { ($0 + $1) / 2 }
        let inner = borders.first ?? first
        let outer = borders.last ?? last
        // The outermost samples stand for as much on either side.
        let edges = [2 * first - inner] + borders + [2 * last - outer]
        let areas = zip(edges, edges.dropFirst()).map { ($1 * abs($1) - $0 * abs($0)) / 2 }
        return sectors(angles).flatMap { sector in areas.map { Float($0 * sector) } }
    }

    /// Half the angle between the neighbours of each spoke, where angles repeat after π.
    private static func sectors(_ angles: [Double]) -> [Double] {
        let folded = angles.map { $0 - .pi * ($0 / .pi).rounded(.down) }
        let order = folded.indices.sorted { (folded[$0], $0) < (folded[$1], $1) }
        var result = [Double](repeating: .pi, count: angles.count)
        guard order.count > 1 else { return result }
        for (rank, spoke) in order.enumerated() {
            let after = folded[order[(rank + 1) % order.count]] + (rank + 1 == order.count ? .pi : 0)
            let before = folded[order[(rank + order.count - 1) % order.count]] - (rank == 0 ? .pi : 0)
            result[spoke] = (after - before) / 2
        }
        return result
    }

    /// Weights for any points in a plane, by iteration: w ← w / (C w), C the points' kernel sums.
    ///
    /// The kernel's transform covers distances up to one field of view, which is where the point spread then is nearest
    /// to a single point.
    /// - Cost: two griddings per iteration on a grid of twice the size.
    /// - Reference: Pipe & Menon 1999, doi:10.1002/(SICI)1522-2594(199901)41:1<179::AID-MRM25>3.0.CO;2-V.
    /// - Parameters:
    ///   - shape: [Y, X].
    ///   - points: (kx, ky) in cycles per field of view.
    ///   - iterations: 10 to 30 are usual.
    ///   - threads: most threads at a time; results do not depend on it.
    /// - Returns: one weight per point.
    public static func pipeMenon(
        shape: [Int], points: [SIMD2<Double>], iterations: Int = 20, threads: Int = 1
    ) -> [Float] {
        precondition(shape.count == 2, "expected [Y, X], found \(shape)")
        return pipeMenon(shape: shape, count: points.count, iterations: iterations, threads: threads) {
            SIMD3(0, points[$0].y, points[$0].x)
        }
    }

    /// The same for points in a volume.
    ///
    /// - Parameters:
    ///   - shape: [Z, Y, X].
    ///   - points: (kx, ky, kz) in cycles per field of view.
    ///   - iterations: 10 to 30 are usual.
    ///   - threads: most threads at a time; results do not depend on it.
    /// - Returns: one weight per point.
    public static func pipeMenon(
        shape: [Int], points: [SIMD3<Double>], iterations: Int = 20, threads: Int = 1
    ) -> [Float] {
        precondition(shape.count == 3, "expected [Z, Y, X], found \(shape)")
        return pipeMenon(shape: shape, count: points.count, iterations: iterations, threads: threads) {
            SIMD3(points[$0].z, points[$0].y, points[$0].x)
        }
    }

    private static func pipeMenon(
        shape: [Int], count: Int, iterations: Int, threads: Int, point: (Int) -> SIMD3<Double>
    ) -> [Float] {
        let image = GridLayout.axes(of: shape)
        var grid = SIMD3(1, 1, 1)
        for axis in (3 - shape.count)..<3 { grid[axis] = max(2 * image[axis], 2 * KernelPolynomial.maximumWidth) }
        let scale = SIMD3<Double>(grid) / SIMD3<Double>(image)
        // The transform of Kaiser-Bessel ends at β / (π w) cycles per grid spacing: here at half of one, the grid's edge.
        let width = KernelPolynomial.maximumWidth
        let kernel = KaiserBessel(width: width, beta: .pi * Double(width) / 2)
        let layout = GridLayout(image: image, grid: grid, lanes: 1)
        let gridder = Gridder(
            layout: layout, kernel: KernelPolynomial(kernel, tolerance: 1e-6), width: width,
            points: GridPoints(count: count, layout: layout, width: width) { point($0) * scale })
        // Points of density 1 have sums of 1: spreading and interpolation each integrate the kernel once.
        let integral = (0..<3).filter { grid[$0] > 1 }.reduce(1.0) { $0 * pow2(kernel.transform(0)) / scale[$1] }
        var weights = [ComplexFloat](repeating: 1, count: count)
        var sums = weights
        GridPool(count: layout.count).withGrid { cells in
            for _ in 0..<iterations {
                weights.withUnsafeBufferPointer { weights in
                    weights.baseAddress.map { gridder.spread($0, active: 1, into: cells, threads: threads) }
                }
                for z in 0..<grid[0] {
                    for y in 0..<grid[1] {
                        let row = cells + layout.row(z: z, y: y)
                        layout.foldHalo(row)
                        layout.extendHalo(row)
                    }
                }
                sums.withUnsafeMutableBufferPointer { sums in
                    sums.baseAddress.map { gridder.interpolate(cells, active: 1, into: $0, threads: threads) }
                }
                for index in weights.indices {
                    weights[index] = ComplexFloat(weights[index].real * Float(integral) / sums[index].real, 0)
                }
            }
        }
        return weights.map { $0.real }
    }

    private static func pow2(_ x: Double) -> Double { x * x }
}
