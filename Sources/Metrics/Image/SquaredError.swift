import ComplexModule
import RealModule

/// Squared error of an image against its reference: what NMSE, RMSE and PSNR are made of.
///
/// Values of parts add up to that of the whole, so that a volume can be compared slice by slice.
///
/// - Convention: a sample that is not a number, as of a network that diverged, is infinitely wrong: NMSE ∞, PSNR −∞. The sums
///   are in double precision and run in the order of the samples. A complex error is |x̂ − x|²; the
///   mean over real and imaginary parts as separate channels would be half of it, and its PSNR 3.01 dB higher.
public struct SquaredError: Sendable, Hashable {
    /// Σ |x̂ − x|².
    public private(set) var error: Double
    /// Σ |x|², x the reference.
    public private(set) var norm: Double
    /// Number of samples.
    public private(set) var count: Int

    /// The error of nothing, to add to.
    public static let zero = SquaredError(error: 0, norm: 0, count: 0)

    private init(error: Double, norm: Double, count: Int) {
        (self.error, self.norm, self.count) = (error, norm, count)
    }

    /// Compares real images.
    ///
    /// - Parameter mask: the samples that count; nil for all.
    /// - Precondition: as many samples in each.
    public init(_ image: [Float], reference: [Float], mask: [Bool]? = nil) {
        requireEqualCounts(image.count, reference.count, mask?.count)
        self = .zero
        for index in image.indices where mask?[index] ?? true {
            let truth = Double(reference[index])
            let difference = Double(image[index]) - truth
            add(difference * difference, truth * truth)
        }
    }

    /// Compares complex images.
    ///
    /// - Parameter mask: the samples that count; nil for all.
    /// - Precondition: as many samples in each.
    public init(_ image: [Complex<Float>], reference: [Complex<Float>], mask: [Bool]? = nil) {
        requireEqualCounts(image.count, reference.count, mask?.count)
        self = .zero
        for index in image.indices where mask?[index] ?? true {
            let (found, truth) = (Complex<Double>(image[index]), Complex<Double>(reference[index]))
            add((found - truth).lengthSquared, truth.lengthSquared)
        }
    }

    private mutating func add(_ squaredDifference: Double, _ square: Double) {
        error += squaredDifference.isNaN ? .infinity : squaredDifference
        norm += square
        count += 1
    }

    /// The error of two parts together.
    public static func + (a: SquaredError, b: SquaredError) -> SquaredError {
        SquaredError(error: a.error + b.error, norm: a.norm + b.norm, count: a.count + b.count)
    }

    /// ‖x̂ − x‖² / ‖x‖², as fastMRI has it: over a whole volume.
    ///
    /// 0 for no error, ∞ for an error against a reference of zeros.
    public var nmse: Double { error == 0 ? 0 : error / norm }

    /// ‖x̂ − x‖ / ‖x‖: the root of the NMSE.
    ///
    /// Others divide by the range or by the mean instead.
    public var nrmse: Double { nmse.squareRoot() }

    /// Mean squared error; 0 for no samples.
    public var mse: Double { count > 0 ? error / Double(count) : 0 }

    /// Root mean squared error, in units of the image.
    public var rmse: Double { mse.squareRoot() }

    /// 10 log₁₀(L² / MSE), dB; ∞ for no error.
    ///
    /// - Parameter range: L, see `DataRange`.
    public func psnr(range: Double) -> Double { 10 * .log10(range * range / mse) }
}

/// Stops where arrays that belong together differ in length.
func requireEqualCounts(_ first: Int, _ second: Int, _ third: Int? = nil) {
    precondition(
        first == second && first == third ?? first,
        "arrays of \(first), \(second) and \(third ?? first) samples cannot be compared")
}
