import Core
import Foundation

/// The kernel's values at all taps of a sample, as one polynomial per tap in the sample's place between grid points.
///
/// Tap i of a sample that lies `place` ∈ [0, 1] after the first place its footprint may have is
/// φ(place − w/2 + i). Eight taps lie side by side, so that one step of Horner's rule serves them all.
struct KernelPolynomial: Sendable {
    /// Most taps that a kernel may have.
    static let maximumWidth = 8
    /// Numbers of taps that are worth trying: with two, a volume's error is some 0.1.
    static let widths = 3...maximumWidth

    /// Taps of two axes, eight each: highest power first.
    let pairs: [Lanes]
    /// Taps of one axis, each twice (for the real and the imaginary part): highest power first.
    let doubled: [Lanes]

    /// Fits a kernel with an error, relative to its peak, below `tolerance`.
    init(_ kernel: KaiserBessel, tolerance: Double) {
        precondition(kernel.width <= KernelPolynomial.maximumWidth, "a kernel has at most 8 taps")
        var degree = 3
        var taps = KernelPolynomial.fit(kernel, degree: degree)
        while degree < 14, KernelPolynomial.error(of: taps, kernel) > tolerance {
            degree += 1
            taps = KernelPolynomial.fit(kernel, degree: degree)
        }
        let powers = (0...degree).reversed()
        pairs = powers.map { power in
            Lanes((0..<16).map { Float(taps.indices.contains($0 % 8) ? taps[$0 % 8][power] : 0) })
        }
        doubled = powers.map { power in
            Lanes((0..<16).map { Float(taps.indices.contains($0 / 2) ? taps[$0 / 2][power] : 0) })
        }
    }

    /// Coefficients in p = 2 · place − 1, by tap and power: interpolation at Chebyshev's nodes.
    private static func fit(_ kernel: KaiserBessel, degree: Int) -> [[Double]] {
        let count = degree + 1
        let nodes = (0..<count).map { cos(.pi * (Double($0) + 0.5) / Double(count)) }
        return (0..<kernel.width).map { tap in
            let values = nodes.map { kernel.value(($0 + 1) / 2 - Double(kernel.width) / 2 + Double(tap)) }
            var sum = [Double](repeating: 0, count: count)
            // Chebyshev polynomials as powers, by their recurrence.
            var (last, next) = (sum, sum)
            last[0] = 1
            if degree > 0 { next[1] = 1 }
            for order in 0..<count {
                let projection = zip(nodes, values).reduce(0.0) { $0 + $1.1 * cos(Double(order) * acos($1.0)) }
                let coefficient = projection * (order == 0 ? 1 : 2) / Double(count)
                for power in 0..<count { sum[power] += coefficient * last[power] }
                let after = (0..<count).map { ($0 > 0 ? 2 * next[$0 - 1] : 0) - last[$0] }
                (last, next) = (next, after)
            }
            return sum
        }
    }

    private static func error(of taps: [[Double]], _ kernel: KaiserBessel) -> Double {
        var worst = 0.0
        for (tap, coefficients) in taps.enumerated() {
            for step in 0...40 {
                let p = Double(step) / 20 - 1
                let fitted = coefficients.reversed().reduce(0.0) { $0 * p + $1 }
                let exact = kernel.value((p + 1) / 2 - Double(kernel.width) / 2 + Double(tap))
                worst = max(worst, abs(fitted - exact))
            }
        }
        return worst
    }
}
