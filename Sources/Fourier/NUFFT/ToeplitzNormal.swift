import Core

/// AᴴWA of a NUFFT A and real weights W, without its points: a convolution on a grid of twice the size.
///
/// - Shape: images [B, Y, X] or volumes [B, Z, Y, X] → the same.
/// - Convention: that of `NUFFT`. The filter is real, as the weights are, so the operator is its own adjoint exactly.
/// - Error: relative to the largest result, about the tolerance.
/// - Cost: one pruned FFT of the doubled size forth and back, however many points there are; one number per point of
///   the doubled grid.
/// - Reference: Fessler et al. 2005, "Toeplitz-based iterative image reconstruction for MRI with correction for magnetic
///   field inhomogeneity", doi:10.1109/TSP.2005.853152.
public struct ToeplitzNormal: LinearOperator {
    /// [B, Y, X] or [B, Z, Y, X].
    public let domain: [Int]
    /// The same as `domain`.
    public var range: [Int] { domain }

    private let threads: Int
    private let filter: [Float]
    private let groups: [Group]

    private struct Group: Sendable {
        let part: BatchPart
        let transform: PaddedTransform
        let pool: GridPool
    }

    /// Prepares AᴴWA of images [Y, X] and points (kx, ky).
    ///
    /// - Parameters:
    ///   - shape: [Y, X].
    ///   - points: (kx, ky) in cycles per field of view.
    ///   - weights: one per point; nothing for 1.
    ///   - batch: number of images.
    ///   - tolerance: relative error that is allowed, 1e-6 … 1e-1.
    ///   - threads: most threads at a time; results do not depend on it.
    ///   - planning: how FFTW chooses its algorithm.
    /// - Throws: `CineError` as `NUFFT` does, and for weights that do not fit the points.
    public init(
        shape: [Int], points: [SIMD2<Double>], weights: [Float]? = nil, batch: Int = 1, tolerance: Double = 1e-5,
        threads: Int = 1, planning: Fourier.Planning = .estimated
    ) throws {
        try NUFFT.check(shape, axes: 2)
        let doubled = shape.map { 2 * $0 - 1 }
        let scale = SIMD2(ToeplitzNormal.stretch(shape.last), ToeplitzNormal.stretch(shape.first))
        let nufft = try NUFFT(
            shape: doubled, points: points.map { $0 * scale }, tolerance: tolerance, threads: threads,
            planning: planning)
        try self.init(
            shape: shape, nufft: nufft, weights: weights, batch: batch, threads: threads, planning: planning)
    }

    /// Prepares AᴴWA of volumes [Z, Y, X] and points (kx, ky, kz).
    ///
    /// - Parameters:
    ///   - shape: [Z, Y, X].
    ///   - points: (kx, ky, kz) in cycles per field of view.
    ///   - weights: one per point; nothing for 1.
    ///   - batch: number of volumes.
    ///   - tolerance: relative error that is allowed, 1e-6 … 1e-1.
    ///   - threads: most threads at a time; results do not depend on it.
    ///   - planning: how FFTW chooses its algorithm.
    /// - Throws: `CineError` as `NUFFT` does, and for weights that do not fit the points.
    public init(
        shape: [Int], points: [SIMD3<Double>], weights: [Float]? = nil, batch: Int = 1, tolerance: Double = 1e-5,
        threads: Int = 1, planning: Fourier.Planning = .estimated
    ) throws {
        try NUFFT.check(shape, axes: 3)
        let doubled = shape.map { 2 * $0 - 1 }
        let scale = SIMD3(
            ToeplitzNormal.stretch(shape.last), ToeplitzNormal.stretch(shape.dropLast().last),
            ToeplitzNormal.stretch(shape.first))
        let nufft = try NUFFT(
            shape: doubled, points: points.map { $0 * scale }, tolerance: tolerance, threads: threads,
            planning: planning)
        try self.init(
            shape: shape, nufft: nufft, weights: weights, batch: batch, threads: threads, planning: planning)
    }

    /// What takes a frequency of an axis to the same frequency of the doubled axis.
    private static func stretch(_ size: Int?) -> Double { size.map { Double(2 * $0 - 1) / Double($0) } ?? 1 }

    /// From the NUFFT of the doubled shape, whose adjoint gives the point spread at all distances within the image.
    private init(
        shape: [Int], nufft: NUFFT, weights: [Float]?, batch: Int, threads: Int, planning: Fourier.Planning
    ) throws {
        let points = nufft.range[1]
        guard weights?.count ?? points == points else {
            throw CineError(
                .badData, "Expected one weight for each of \(points) points, found \(weights?.count ?? 0) weights.")
        }
        guard batch > 0 else { throw CineError(.badData, "Expected at least 1 image, found a batch of \(batch).") }
        domain = [batch] + shape
        self.threads = threads

        let image = GridLayout.axes(of: shape)
        let doubled = GridLayout.axes(of: Array(nufft.domain.dropFirst()))
        var grid = SIMD3(1, 1, 1)
        for axis in (3 - shape.count)..<3 { grid[axis] = GridChoice.smooth(from: max(doubled[axis], 16)) }
        let samples = weights?.map { ComplexFloat($0, 0) } ?? [ComplexFloat](repeating: 1, count: points)
        filter = try ToeplitzNormal.filter(
            of: nufft.adjoint(samples), layout: GridLayout(image: doubled, grid: grid, lanes: 1),
            scale: Double(nufft.domainCount).squareRoot() / Double(shape.reduce(1, *)), threads: threads,
            planning: planning)
        let ones = (0..<3).map { [Float](repeating: 1, count: image[$0]) }
        groups = try BatchPart.parts(of: batch).map { part in
            let layout = GridLayout(image: image, grid: grid, lanes: part.lanes)
            return Group(
                part: part, transform: try PaddedTransform(layout: layout, factors: ones, planning: planning),
                pool: GridPool(count: layout.count))
        }
    }

    /// The point spread's transform, over the number of grid points, as FFTs forth and back multiply by it.
    private static func filter(
        of spread: [ComplexFloat], layout: GridLayout, scale: Double, threads: Int, planning: Fourier.Planning
    ) throws -> [Float] {
        let ones = (0..<3).map { [Float](repeating: 1, count: layout.image[$0]) }
        let transform = try PaddedTransform(layout: layout, factors: ones, planning: planning)
        let cells = layout.grid[0] * layout.grid[1] * layout.grid[2]
        let factor = Float(scale / Double(cells))
        var filter = [Float]()
        filter.reserveCapacity(cells)
        GridPool(count: layout.count).withGrid { grid in
            spread.withUnsafeBufferPointer { spread in
                spread.baseAddress.map { transform.expand($0, active: 1, into: grid, threads: threads) }
            }
            for z in 0..<layout.grid[0] {
                for y in 0..<layout.grid[1] {
                    let row = grid + layout.row(z: z, y: y)
                    filter += (0..<layout.grid[2]).map { row[$0].real * factor }
                }
            }
        }
        return filter
    }

    /// Output = AᴴWA · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        precondition(input.count == domainCount && output.count == domainCount, "expected \(domain)")
        guard let images = input.baseAddress, let results = output.baseAddress else { return }
        let count = domain.dropFirst().reduce(1, *)
        for group in groups {
            group.pool.withGrid { grid in
                for start in group.part.starts {
                    group.transform.filter(
                        images + start * count, active: group.part.count, by: filter, grid: grid,
                        into: results + start * count, threads: threads)
                }
            }
        }
    }

    /// The same as `forward`.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forward(input, into: output)
    }
}
