import Core

/// The Fourier transform from images to points anywhere in k-space, and its adjoint.
///
/// `forward` is the type 2 and `adjoint` the type 1 transform of the literature. The adjoint is not the inverse: see
/// `DensityCompensation`.
/// - Shape: images [B, Y, X] or volumes [B, Z, Y, X] → samples [B, M].
/// - Units: points in cycles per field of view; an axis of N samples resolves −N/2 ≤ k < N/2, and k wraps around.
/// - Convention: that of `CenteredTransform`, `K(k) = 1/√(ZYX) Σ f(x) exp(−2πi k·x/N)`, with position 0 at index
///   `size / 2` rounded down: at whole k both agree.
/// - Error: root mean square over all samples, relative to that of the image (both are the same in orthonormal
///   transforms): at most the tolerance. Of the adjoint: ‖error‖ / ‖samples‖.
/// - Cost: one FFT of 1.25 to 2 times the size per axis, and at most 8² or 8³ grid points per sample. Eight images go
///   together where there are more than three. A plan keeps one grid per call under way.
/// - Reference: Fessler & Sutton 2003, doi:10.1109/TSP.2002.807005; sorting and oversampling after Barnett et al. 2019,
///   doi:10.1137/18M120885X; kernel after Beatty et al. 2005, doi:10.1109/TMI.2005.848376.
public struct NUFFT: LinearOperator {
    /// Tolerances that single precision reaches with at most eight taps.
    public static let tolerances = 1e-6...1e-1

    /// [B, Y, X] or [B, Z, Y, X].
    public let domain: [Int]
    /// [B, M].
    public let range: [Int]
    /// Grid points that a sample reaches along each axis.
    public var kernelWidth: Int { choice.kernel.width }
    /// Samples of the finer grid along y, x or z, y, x.
    public var gridShape: [Int] { Array((0..<3).map { choice.grid[$0] }.suffix(domain.count - 1)) }

    private let threads: Int
    private let choice: GridChoice
    private let groups: [Group]

    /// What a part of the batch goes through.
    private struct Group: Sendable {
        let part: BatchPart
        let gridder: Gridder
        let transform: PaddedTransform
        let pool: GridPool
    }

    /// Plans transforms of images [Y, X] to points (x, y).
    ///
    /// - Parameters:
    ///   - shape: [Y, X].
    ///   - points: (kx, ky) in cycles per field of view.
    ///   - batch: number of images that are transformed together, such as coils.
    ///   - tolerance: relative error that is allowed, 1e-6 … 1e-1.
    ///   - threads: most threads at a time; results do not depend on it.
    ///   - planning: how FFTW chooses its algorithm.
    /// - Throws: `CineError` for a tolerance out of reach, a shape without samples, or a point that is not finite.
    public init(
        shape: [Int], points: [SIMD2<Double>], batch: Int = 1, tolerance: Double = 1e-4, threads: Int = 1,
        planning: Fourier.Planning = .estimated
    ) throws {
        try self.init(
            shape: shape, axes: 2, count: points.count, batch: batch, tolerance: tolerance, threads: threads,
            planning: planning, widths: KernelPolynomial.widths
        ) { SIMD3(0, points[$0].y, points[$0].x) }
    }

    /// Plans transforms of volumes [Z, Y, X] to points (x, y, z).
    ///
    /// - Parameters:
    ///   - shape: [Z, Y, X].
    ///   - points: (kx, ky, kz) in cycles per field of view.
    ///   - batch: number of volumes that are transformed together, such as coils.
    ///   - tolerance: relative error that is allowed, 1e-6 … 1e-1.
    ///   - threads: most threads at a time; results do not depend on it.
    ///   - planning: how FFTW chooses its algorithm.
    /// - Throws: `CineError` for a tolerance out of reach, a shape without samples, or a point that is not finite.
    public init(
        shape: [Int], points: [SIMD3<Double>], batch: Int = 1, tolerance: Double = 1e-4, threads: Int = 1,
        planning: Fourier.Planning = .estimated
    ) throws {
        try self.init(
            shape: shape, axes: 3, count: points.count, batch: batch, tolerance: tolerance, threads: threads,
            planning: planning, widths: KernelPolynomial.widths
        ) { SIMD3(points[$0].z, points[$0].y, points[$0].x) }
    }

    init(
        shape: [Int], axes: Int, count: Int, batch: Int, tolerance: Double, threads: Int, planning: Fourier.Planning,
        widths: ClosedRange<Int>, point: (Int) -> SIMD3<Double>
    ) throws {
        try NUFFT.check(shape, axes: axes)
        guard batch > 0 else { throw CineError(.badData, "Expected at least 1 image, found a batch of \(batch).") }
        if let odd = (0..<count).first(where: { !point($0).sum().isFinite }) {
            throw CineError(.badData, "Expected finite k-space points, found \(point(odd)) (z, y, x) at index \(odd).")
        }
        let image = GridLayout.axes(of: shape)
        guard NUFFT.tolerances.contains(tolerance),
            let choice = GridChoice.best(
                image: image, isVolume: axes == 3, tolerance: tolerance, points: count,
                wide: batch > BatchPart.mostAlone, widths: widths)
        else {
            throw CineError(
                .badData,
                "Expected a NUFFT tolerance from 1e-6 (the limit of single precision) to 1e-1, found \(tolerance).")
        }
        domain = [batch] + shape
        range = [batch, count]
        self.threads = threads
        self.choice = choice

        let polynomial = KernelPolynomial(
            choice.kernel, tolerance: tolerance / 10 * choice.edgeGain(image: image))
        let scale = SIMD3<Double>(choice.grid) / SIMD3<Double>(image)
        let factors = (0..<3).map { axis in
            NUFFT.factors(choice, image: image, axis: axis, isUsed: axis >= 3 - axes)
        }
        let sorted = GridPoints(
            count: count, layout: GridLayout(image: image, grid: choice.grid, lanes: 1), width: choice.kernel.width
        ) { point($0) * scale }
        groups = try BatchPart.parts(of: batch).map { part in
            let layout = GridLayout(image: image, grid: choice.grid, lanes: part.lanes)
            return Group(
                part: part,
                gridder: Gridder(layout: layout, kernel: polynomial, width: choice.kernel.width, points: sorted),
                transform: try PaddedTransform(layout: layout, factors: factors, planning: planning),
                pool: GridPool(count: layout.count))
        }
    }

    /// Refuses shapes that do not fit points of so many axes.
    static func check(_ shape: [Int], axes: Int) throws {
        guard shape.count == axes, shape.allSatisfy({ $0 > 0 }) else {
            throw CineError(
                .badData, "Expected \(axes) sizes of at least 1 for points of \(axes) axes, found the shape \(shape).")
        }
    }

    /// What undoes the kernel's transform, and this axis' share of the scale 1/√(ZYX).
    private static func factors(_ choice: GridChoice, image: SIMD3<Int>, axis: Int, isUsed: Bool) -> [Float] {
        let scale = 1 / Double(image[axis]).squareRoot()
        return (0..<image[axis]).map { index in
            let position = Double(index - image[axis] / 2) / Double(choice.grid[axis])
            return Float(isUsed ? scale / choice.kernel.transform(position) : 1)
        }
    }

    /// Images to k-space samples.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        precondition(input.count == domainCount && output.count == rangeCount, "expected \(domain) and \(range)")
        guard let images = input.baseAddress, let samples = output.baseAddress else { return }
        for group in groups {
            let imageCount = group.gridder.layout.imageCount
            group.pool.withGrid { grid in
                for start in group.part.starts {
                    group.transform.expand(
                        images + start * imageCount, active: group.part.count, into: grid, threads: threads)
                    group.gridder.interpolate(
                        grid, active: group.part.count, into: samples + start * range[1], threads: threads)
                }
            }
        }
    }

    /// K-space samples to images: the adjoint of `forward`, not its inverse.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        precondition(input.count == rangeCount && output.count == domainCount, "expected \(range) and \(domain)")
        guard let images = output.baseAddress else { return }
        guard let samples = input.baseAddress else { return output.update(repeating: .zero) }
        for group in groups {
            let imageCount = group.gridder.layout.imageCount
            group.pool.withGrid { grid in
                for start in group.part.starts {
                    group.gridder.spread(
                        samples + start * range[1], active: group.part.count, into: grid, threads: threads)
                    group.transform.crop(
                        grid, active: group.part.count, into: images + start * imageCount, threads: threads)
                }
            }
        }
    }
}
