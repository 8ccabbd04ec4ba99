import ComplexModule
import Core
import Fourier

/// Makes the noise of coils uncorrelated and of variance 1: samples and maps times L⁻¹, where the covariance is L Lᴴ.
///
/// - Reference: Pruessmann et al. 2001, doi:10.1002/mrm.1241, appendix B.
public struct Whitening: Sendable {
    /// Number of coils.
    public let coils: Int
    /// L, row by row.
    private let factor: [ComplexDouble]

    /// Prepares for a noise covariance, [C, C] row by row, Ψ_ij = E(n_i conj(n_j)).
    ///
    /// - Throws: `CineError` when the matrix is not positive.
    public init(covariance: [ComplexFloat], coils: Int) throws {
        precondition(covariance.count == coils * coils, "expected \(coils) × \(coils) covariances")
        var factor = [ComplexDouble](repeating: .zero, count: coils * coils)
        for row in 0..<coils {
            for column in 0...row {
                let entry = covariance[row * coils + column]
                var sum = ComplexDouble(Double(entry.real), Double(entry.imaginary))
                for k in 0..<column { sum -= factor[row * coils + k] * factor[column * coils + k].conjugate }
                if row > column {
                    factor[row * coils + column] = sum.multiplied(by: 1 / factor[column * coils + column].real)
                } else {
                    guard sum.real > 0 else {
                        throw CineError(
                            .badData,
                            "Expected a positive noise covariance, found that coil \(row) adds no noise of its own. "
                                + "Measure it from more samples than coils.")
                    }
                    factor[row * coils + row] = ComplexDouble(sum.real.squareRoot())
                }
            }
        }
        self.coils = coils
        self.factor = factor
    }

    /// Whitened maps.
    public func maps(_ maps: CoilMaps) -> CoilMaps {
        CoilMaps(
            coils: maps.coils, height: maps.height, width: maps.width,
            values: apply(to: maps.values, samplesOfCoil: maps.pixels))
    }

    /// Whitened samples.
    ///
    /// - Shape: [T, C, L, N] with L·N = `samplesOfCoil`.
    public func apply(to samples: [ComplexFloat], samplesOfCoil count: Int) -> [ComplexFloat] {
        precondition(samples.count.isMultiple(of: coils * count), "expected frames of \(coils) × \(count) samples")
        let inverse = self.inverse
        var result = [ComplexFloat](repeating: .zero, count: samples.count)
        for first in stride(from: 0, to: samples.count, by: coils * count) {
            for row in 0..<coils {
                for column in 0...row {
                    let weight = inverse[row * coils + column]
                    for place in 0..<count {
                        result[first + row * count + place] += weight * samples[first + column * count + place]
                    }
                }
            }
        }
        return result
    }

    /// L⁻¹, by forward substitution.
    private var inverse: [ComplexFloat] {
        var inverse = [ComplexDouble](repeating: .zero, count: coils * coils)
        for column in 0..<coils {
            for row in column..<coils {
                var sum = row == column ? ComplexDouble(1) : .zero
                for k in column..<row { sum -= factor[row * coils + k] * inverse[k * coils + column] }
                inverse[row * coils + column] = sum.multiplied(by: 1 / factor[row * coils + row].real)
            }
        }
        return inverse.map { ComplexFloat(Float($0.real), Float($0.imaginary)) }
    }
}
