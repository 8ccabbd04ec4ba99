import Core
import Fourier
import Phantom

/// How the thermal noise of the receive channels goes together.
///
/// - Shape: [C, C], Hermitian, row by row.
/// - Convention: mean of the diagonal 1. Noise n of deviation σ has E[n nᴴ] = 2σ² Ψ, that is, σ² Ψ in its real and in
///   its imaginary part. Optimal combination of channels with sensitivities s has the SNR |ρ| √(sᴴ Ψ⁻¹ s) / σ.
/// - Reference: Roemer et al. 1990, doi:10.1002/mrm.1910160203.
public struct NoiseCovariance: Sendable, Hashable {
    /// Number of channels.
    public let count: Int
    /// Ψ.
    public let matrix: [ComplexDouble]
    /// L of Ψ = L Lᴴ, lower triangular.
    let factor: [ComplexDouble]

    /// Scales a matrix to a mean diagonal of 1 and factorises it.
    ///
    /// - Throws: `CineError` when it is not Hermitian and positive definite.
    public init(matrix: [ComplexDouble], count: Int) throws {
        precondition(matrix.count == count * count, "expected \(count)² values, found \(matrix.count)")
        let trace = (0..<count).reduce(0.0) { $0 + matrix[$1 * count + $1].real }
        self.count = count
        self.matrix = matrix.map { $0.multiplied(by: Double(count) / trace) }
        guard trace > 0, let factor = Self.cholesky(self.matrix, count) else {
            throw CineError(.badData, "Expected a positive definite noise covariance of \(count) channels.")
        }
        self.factor = factor
    }

    /// The covariance of coils around a body that is equally lossy everywhere.
    ///
    /// Ψ_ij ∝ ∫ S_i S̄_j over the torso, plus a tenth of the mean diagonal for the electronics of each channel.
    /// - Error: 1 % of the mean diagonal, from the 10 mm lattice.
    /// - Cost: 0.15 s for 32 coils; less on several threads, with the same result.
    public init(_ coils: CoilArray, torso: Torso, threads: Int) throws {
        let level = coils.loops.reduce(0) { $0 + $1.center.z } / Double(coils.count)
        func points(_ half: Double) -> Int { Int((half / 5).rounded(.up)) }
        // As far along the body as the loops see.
        let grid = Grid(
            center: [torso.center.x, torso.center.y, level], spacingMM: Vector3(repeating: 10),
            size: [points(torso.halfWidthMM), points(torso.halfDepthMM), 60])
        let inside = (0..<grid.size.y * grid.size.x).map {
            torso.contains(grid.position($0 % grid.size.x, $0 / grid.size.x, 0))
        }
        let maps = coils.maps(on: grid, threads: threads)
        let rows = Workers.map(coils.count, threads: threads) { i in
            (0..<coils.count).map { j -> ComplexDouble in
                if j > i { return .zero }
                var sum = ComplexDouble.zero
                for point in 0..<grid.count where inside[point % inside.count] {
                    let (a, b) = (maps[i * grid.count + point], maps[j * grid.count + point])
                    let product = a * b.conjugate
                    sum += ComplexDouble(Double(product.real), Double(product.imaginary))
                }
                return sum
            }
        }
        let trace = rows.indices.reduce(0.0) { $0 + rows[$1][$1].real }
        var matrix = [ComplexDouble](repeating: .zero, count: coils.count * coils.count)
        for i in rows.indices {
            for j in rows.indices {
                matrix[i * coils.count + j] = j > i ? rows[j][i].conjugate : rows[i][j]
            }
            matrix[i * coils.count + i] += ComplexDouble(0.1 * trace / Double(coils.count))
        }
        try self.init(matrix: matrix, count: coils.count)
    }

    /// L of A = L Lᴴ, or nil where A is not positive definite.
    private static func cholesky(_ a: [ComplexDouble], _ n: Int) -> [ComplexDouble]? {
        var l = [ComplexDouble](repeating: .zero, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                var rest = a[i * n + j]
                for k in 0..<j { rest -= l[i * n + k] * l[j * n + k].conjugate }
                if i > j {
                    l[i * n + j] = rest.divided(by: l[j * n + j].real)
                } else {
                    guard rest.real > 0 else { return nil }
                    l[i * n + i] = ComplexDouble(rest.real.squareRoot())
                }
            }
        }
        return l
    }

    /// √(sᴴ Ψ⁻¹ s): the SNR of the optimal combination per signal and deviation.
    ///
    /// - Parameter sensitivities: s, one per channel.
    public func gain(_ sensitivities: [ComplexDouble]) -> Double {
        precondition(sensitivities.count == count, "expected \(count) values, found \(sensitivities.count)")
        // The length of L⁻¹ s, by forward substitution.
        var whitened = sensitivities
        var sum = 0.0
        for i in 0..<count {
            for k in 0..<i { whitened[i] -= factor[i * count + k] * whitened[k] }
            whitened[i] = whitened[i].divided(by: factor[i * count + i].real)
            sum += whitened[i].lengthSquared
        }
        return sum.squareRoot()
    }

    /// The deviation of the noise that gives myocardium a mean SNR in the optimally combined image.
    ///
    /// - Convention: of the real part and of the imaginary part, in the image or in the samples of an orthonormal
    ///   transform; a filter of k-space lowers it in the image. No noise for an SNR of 0.
    /// - Parameters:
    ///   - snr: signal over deviation, averaged over the mask.
    ///   - signal: magnitude of the noise-free image [Y, X].
    ///   - maps: sensitivities [C, Y, X].
    ///   - mask: where LV myocardium is, [Y, X].
    /// - Throws: `CineError` when the mask is empty.
    public func deviation(
        snr: Double, signal: [Float], maps: [ComplexFloat], mask: [Bool]
    ) throws -> Double {
        precondition(
            mask.count == signal.count && maps.count == count * signal.count,
            "expected \(count) maps of \(signal.count) pixels, found \(maps.count) values, a mask of \(mask.count)")
        guard snr > 0 else { return 0 }
        var sum = 0.0
        var pixels = 0.0
        for pixel in mask.indices where mask[pixel] {
            let s = (0..<count).map { channel -> ComplexDouble in
                let value = maps[channel * mask.count + pixel]
                return ComplexDouble(Double(value.real), Double(value.imaginary))
            }
            sum += Double(signal[pixel]) * gain(s)
            pixels += 1
        }
        guard pixels > 0 else {
            throw CineError(
                .badData, "Expected LV myocardium in the slice that sets the noise, found none; choose another slice.")
        }
        return sum / pixels / snr
    }
}
