import COpenBLAS
import ComplexModule
import Core
import Fourier

/// Settings of ESPIRiT.
public struct ESPIRiT: Sendable, Equatable, Codable {
    /// Rows and columns of k-space about its centre that calibrate.
    public var calibration = 24
    /// Rows and columns of a kernel.
    public var kernel = 6
    /// Singular values above this part of the largest span the signal.
    public var threshold = 0.02
    /// Maps are zero where the eigenvalue, near 1 in an object, is below.
    public var crop = 0.8
    /// Steps of power iteration.
    public var iterations = 40

    /// The default settings.
    public init() {}
}

extension CoilMaps {
    /// Maps from the centre of k-space: at each pixel, what the signal's small patches of k-space have in common.
    ///
    /// All patches of a calibrated k-space lie in a subspace. Projecting each patch onto it and averaging leaves k-space as
    /// it is; in the image, that is a C × C matrix at each pixel, whose eigenvector of eigenvalue 1 is the map.
    /// - Shape: `coilImages` [C, Y, X], such as `DynamicEncoding.averageCoilImages` gives: a time-averaged k-space needs
    ///   no calibration lines of its own where the frames together read all lines.
    /// - Convention: Σ|S|² = 1, or 0 outside the object; phase as for `walsh`.
    /// - Throws: `CineError` when the calibration region is smaller than a kernel, or LAPACK fails.
    /// - Cost: eigenvalues of a matrix of side C · kernel².
    /// - Reference: Uecker et al. 2014, doi:10.1002/mrm.24751.
    public static func espirit(
        coilImages: [ComplexFloat], coils: Int, height: Int, width: Int, settings: ESPIRiT = ESPIRiT(),
        threads: Int = 1
    ) throws -> CoilMaps {
        let pixels = height * width
        precondition(coilImages.count == coils * pixels, "expected \(coils) images of \(width) × \(height)")
        let region = (min(settings.calibration, height), min(settings.calibration, width))
        guard settings.kernel > 0, settings.kernel <= min(region.0, region.1) else {
            throw CineError(
                .badData,
                "Expected a calibration region that holds a kernel of \(settings.kernel), found \(region.0) × \(region.1)."
            )
        }
        let calibration = try center(of: coilImages, coils: coils, height: height, width: width, region)
        let projector = try projector(calibration, coils: coils, region, settings)
        let transform = try ImageFourier(shape: [height, width])
        var field = HermitianField(coils: coils, pixels: pixels)
        let pairs = (0..<coils).flatMap { row in (0...row).map { (row, $0) } }
        let planes = Workers.map(pairs.count, threads: threads) { index in
            let (row, column) = pairs[index]
            return transform.forward(
                lags(projector, row, column, kernel: settings.kernel, coils: coils, height: height, width: width))
        }
        for (pair, plane) in zip(pairs, planes) { field.set(pair.0, pair.1, plane) }
        var (vectors, values) = field.dominant(start: coilImages, iterations: settings.iterations, threads: threads)
        for place in vectors.indices where values[place % pixels] < Float(settings.crop) { vectors[place] = .zero }
        return CoilMaps(coils: coils, height: height, width: width, values: vectors).phased(like: coilImages)
    }

    /// The middle of k-space, [C, rows, columns].
    private static func center(
        of coilImages: [ComplexFloat], coils: Int, height: Int, width: Int, _ region: (Int, Int)
    ) throws -> [ComplexFloat] {
        let spectrum = try ImageFourier(shape: [coils, height, width]).forward(coilImages)
        let (firstY, firstX) = (height / 2 - region.0 / 2, width / 2 - region.1 / 2)
        return (0..<coils * region.0).flatMap { row in
            let start = (row / region.0 * height + firstY + row % region.0) * width + firstX
            return spectrum[start..<start + region.1]
        }
    }

    /// The projector onto the subspace of all patches, [n, n] with n = C · kernel² (coil, then row, then column).
    private static func projector(
        _ calibration: [ComplexFloat], coils: Int, _ region: (Int, Int), _ settings: ESPIRiT
    ) throws -> [ComplexDouble] {
        let kernel = settings.kernel
        let size = coils * kernel * kernel
        var patches: [ComplexDouble] = []
        for y in 0...region.0 - kernel {
            for x in 0...region.1 - kernel {
                for coil in 0..<coils {
                    for row in 0..<kernel {
                        let start = (coil * region.0 + y + row) * region.1 + x
                        patches += calibration[start..<start + kernel].map {
                            ComplexDouble(Double($0.real), Double($0.imaginary))
                        }
                    }
                }
            }
        }
        // Σ a aᴴ over patches a: with patches as columns, their product with their own adjoint.
        var gram = [ComplexDouble](repeating: .zero, count: size * size)
        cblas_zherk(
            CblasColMajor, CblasLower, CblasNoTrans, Int32(size), Int32(patches.count / size), 1, patches, Int32(size),
            0, &gram, Int32(size))
        let eigen = try Eigenvalues(hermitian: gram, size: size)
        let largest = max(eigen.values.last ?? 0, 0)
        let first = eigen.values.firstIndex { $0 > settings.threshold * settings.threshold * largest } ?? size
        let basis = Array(eigen.vectors[(first * size)...])
        var projector = [ComplexDouble](repeating: .zero, count: size * size)
        cblas_zherk(
            CblasColMajor, CblasLower, CblasNoTrans, Int32(size), Int32(size - first), 1, basis, Int32(size), 0,
            &projector, Int32(size))
        for column in 0..<size {
            for row in 0..<column { projector[column * size + row] = projector[row * size + column].conjugate }
        }
        return projector
    }

    /// The projector's block of two coils, summed along lags b − a, as k-space of an image.
    private static func lags(
        _ projector: [ComplexDouble], _ row: Int, _ column: Int, kernel: Int, coils: Int, height: Int, width: Int
    ) -> [ComplexFloat] {
        let (area, size) = (kernel * kernel, coils * kernel * kernel)
        // Patches overlap, each place being in `area` of them; the transform is scaled by 1/√(XY).
        let scale = Double(height * width).squareRoot() / Double(area)
        var lags = [ComplexFloat](repeating: .zero, count: height * width)
        for b in 0..<area {
            for a in 0..<area {
                let y = height / 2 + b / kernel - a / kernel
                let x = width / 2 + b % kernel - a % kernel
                guard y >= 0, y < height, x >= 0, x < width else { continue }
                let value = projector[(column * area + b) * size + row * area + a].multiplied(by: scale)
                lags[y * width + x] += ComplexFloat(Float(value.real), Float(value.imaginary))
            }
        }
        return lags
    }
}
