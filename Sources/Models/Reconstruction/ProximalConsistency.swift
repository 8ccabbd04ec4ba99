import Core
import Fourier
import Learning

/// Exact data consistency for any encoding: argmin ½ ‖x − z‖² + λ/2 ‖A x − y‖², by conjugate gradients.
///
/// For one coil it is `DataConsistency` with the same λ; for many coils, or spokes, there is no closed form.
///
/// - State: `lambda` [].
/// - Cost: one AᴴA for each iteration, and as many again for gradients, which are implicit: no iterate is stored.
/// - Error: the relative residual where `tolerance` is reached before `iterations`; gradients have the same.
/// - Reference: Aggarwal et al. 2019 (MoDL), doi:10.1109/TMI.2018.2865356; Hammernik et al. 2021 (Σ-net),
///   doi:10.1002/mrm.28827.
public final class ProximalConsistency: DataLayer {
    /// λ, the weight of the data against the image.
    public let lambda: Parameter
    private let iterations: Int
    private let tolerance: Float

    /// Makes a layer.
    ///
    /// - Parameters:
    ///   - lambda: where the weight begins, above 0.
    ///   - iterations: at most so many.
    ///   - tolerance: of the residual's norm relative to that of the right-hand side.
    public init(lambda: Double = 10, iterations: Int = 10, tolerance: Float = 1e-6) throws {
        self.lambda = try Parameter(.full([], lambda))
        self.iterations = iterations
        self.tolerance = tolerance
    }

    /// The images, consistent with the data.
    public func callAsFunction(_ images: Tensor, _ measurement: MeasuredSlices) throws -> Tensor {
        let right = try measurement.asComplex(images) + lambda * measurement.backProjection
        let encoding = measurement.encoding
        let weight = Float(try lambda.item())
        let inverse = try SideBySide(
            encoding.operators.map {
                RegularisedInverse(encoding: $0, weight: weight, iterations: iterations, tolerance: tolerance)
            })
        let solution = try inverse.forward(right.detached()).reshaped(encoding.domain)
        // What (1 + λ AᴴA) x = right says of dx: (1 + λ AᴴA) dx = d right − dλ AᴴA x. The term is 0 but for its gradient.
        let change = try right - lambda * encoding.normal(solution)
        let zero = try inverse.forward(change - change.detached()).reshaped(encoding.domain)
        return try measurement.asChannels(solution + zero, like: images)
    }
}

/// (1 + λ AᴴA)⁻¹, by conjugate gradients from zero.
///
/// - Convention: its own adjoint, to the tolerance.
struct RegularisedInverse: LinearOperator {
    let encoding: any LinearOperator
    let weight: Float
    let iterations: Int
    let tolerance: Float
    var domain: [Int] { encoding.domain }
    var range: [Int] { encoding.domain }

    func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        let count = domainCount
        withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: 3 * count) { memory in
            let residual = UnsafeMutableBufferPointer(rebasing: memory[..<count])
            let direction = UnsafeMutableBufferPointer(rebasing: memory[count..<2 * count])
            let image = UnsafeMutableBufferPointer(rebasing: memory[(2 * count)...])
            output.update(repeating: .zero)
            _ = residual.initialize(fromContentsOf: input)
            _ = direction.initialize(fromContentsOf: input)
            var power = squaredNorm(residual)
            let goal = power * Double(tolerance * tolerance)
            var iteration = 0
            while iteration < iterations, power > goal {
                encoding.normal(UnsafeBufferPointer(direction), into: image)
                var curvature = 0.0
                for index in 0..<count {
                    image[index] = direction[index] + image[index].multiplied(by: weight)
                    curvature += realProduct(direction[index], image[index])
                }
                let step = Float(power / curvature)
                for index in 0..<count {
                    output[index] += direction[index].multiplied(by: step)
                    residual[index] -= image[index].multiplied(by: step)
                }
                let next = squaredNorm(residual)
                let ratio = Float(next / power)
                for index in 0..<count {
                    direction[index] = residual[index] + direction[index].multiplied(by: ratio)
                }
                power = next
                iteration += 1
            }
        }
    }

    func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        forward(input, into: output)
    }

    private func squaredNorm(_ values: UnsafeMutableBufferPointer<ComplexFloat>) -> Double {
        values.reduce(0) { $0 + realProduct($1, $1) }
    }

    private func realProduct(_ a: ComplexFloat, _ b: ComplexFloat) -> Double {
        Double(a.real) * Double(b.real) + Double(a.imaginary) * Double(b.imaginary)
    }
}
