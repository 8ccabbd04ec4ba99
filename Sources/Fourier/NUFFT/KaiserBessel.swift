import Foundation

/// The Kaiser-Bessel function on a grid: φ(z) = I₀(β√(1 − (2z/w)²)) / I₀(β) for |z| ≤ w/2, else 0.
///
/// - Units: z in grid spacings; w, the width, is a whole number of them.
/// - Reference: Jackson et al. 1991, doi:10.1109/42.97598; β after Beatty et al. 2005, doi:10.1109/TMI.2005.848376.
struct KaiserBessel: Sendable {
    /// Number of grid points that a sample reaches along each axis.
    let width: Int
    /// Shape parameter β.
    let beta: Double
    private let peak: Double

    /// The function of a width, its shape chosen for an oversampling.
    init(width: Int, oversampling: Double) {
        let squared = pow(Double(width) / oversampling * (oversampling - 0.5), 2) - 0.8
        self.init(width: width, beta: .pi * max(squared, 0.05).squareRoot())
    }

    /// The function of a width and a shape.
    init(width: Int, beta: Double) {
        self.width = width
        self.beta = beta
        peak = KaiserBessel.besselI0(beta)
    }

    /// φ(z).
    func value(_ z: Double) -> Double {
        let along = 2 * z / Double(width)
        return abs(along) > 1 ? 0 : KaiserBessel.besselI0(beta * (1 - along * along).squareRoot()) / peak
    }

    /// φ̂(ξ) = ∫ φ(z) exp(−2πi ξ z) dz, in closed form.
    func transform(_ xi: Double) -> Double {
        let squared = beta * beta - pow(.pi * Double(width) * xi, 2)
        let root = abs(squared).squareRoot()
        let shape = root < 1e-6 ? 1 : (squared > 0 ? sinh(root) : sin(root)) / root
        return Double(width) / peak * shape
    }

    /// Relative error that aliases of the grid leave along one axis: root mean square over image and samples.
    ///
    /// A point at x of an image of `size` gains Σ φ̂((x + m n) / n) over m ≠ 0 in place of nothing, on a grid of n.
    func aliasing(size: Int, grid: Int) -> Double {
        // Some fifty positions of the image, the outermost among them, where the error is largest.
        let places = Array(stride(from: -(size / 2), to: size - size / 2, by: (size + 47) / 48))
        let sum = places.reduce(0.0) { sum, place in
            let x = Double(place) / Double(grid)
            let own = transform(x)
            return (1...6).reduce(sum) { sum, turn in
                let (left, right) = (transform(x - Double(turn)), transform(x + Double(turn)))
                return sum + (left * left + right * right) / (own * own)
            }
        }
        return (sum / Double(places.count)).squareRoot()
    }

    /// The modified Bessel function of order 0, by its series of positive terms.
    static func besselI0(_ x: Double) -> Double {
        let quarter = x * x / 4
        var term = 1.0
        var sum = 1.0
        var order = 1.0
        while term > sum * 1e-17 {
            term *= quarter / (order * order)
            sum += term
            order += 1
        }
        return sum
    }
}
