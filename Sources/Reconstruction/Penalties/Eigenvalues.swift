import COpenBLAS
import ComplexModule
import Core
import Fourier

/// Eigenvalues and eigenvectors of a Hermitian matrix, by LAPACK in double precision.
///
/// Singular values are roots of a Gram matrix's eigenvalues: in single precision, those below 3·10⁻⁴ of the largest would
/// be lost, and thresholds are as small.
struct Eigenvalues {
    /// In rising order.
    let values: [Double]
    /// Vector k is `vectors[k·n ..< (k + 1)·n]`.
    let vectors: [ComplexDouble]

    /// - Parameter matrix: [n, n] in column order; only its lower triangle is read.
    /// - Throws: `CineError` when LAPACK does not converge.
    init(hermitian matrix: [ComplexDouble], size: Int) throws {
        var vectors = matrix
        var values = [Double](repeating: 0, count: size)
        var n = Int32(size)
        var complexCount = Int32(size * size + 2 * size)
        var realCount = Int32(2 * size * size + 5 * size + 1)
        var integerCount = Int32(5 * size + 3)
        var complexWork = [ComplexDouble](repeating: .zero, count: Int(complexCount))
        var realWork = [Double](repeating: 0, count: Int(realCount))
        var integerWork = [Int32](repeating: 0, count: Int(integerCount))
        var status: Int32 = 0
        zheevd_(
            "V", "L", &n, &vectors, &n, &values, &complexWork, &complexCount, &realWork, &realCount, &integerWork,
            &integerCount, &status)
        guard status == 0 else {
            throw CineError(
                .badData, "LAPACK found no eigenvalues of a \(size) × \(size) matrix (status \(status)); check for NaN."
            )
        }
        self.values = values
        self.vectors = vectors
    }
}
