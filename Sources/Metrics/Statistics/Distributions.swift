import Foundation
import RealModule

/// The standard normal distribution.
enum Normal {
    /// P(Z ≤ z).
    static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The z with P(Z ≤ z) = `probability`; ∓∞ for 0 and 1.
    static func quantile(_ probability: Double) -> Double {
        quantileByBisection(probability, within: 40, cumulative)
    }
}

/// Student's t distribution.
struct StudentT {
    let degreesOfFreedom: Double

    /// P(T ≤ t).
    func cumulative(_ t: Double) -> Double {
        let tail = 0.5 * upperTails(t)
        return t < 0 ? tail : 1 - tail
    }

    /// P(|T| ≥ |t|): the two-sided p-value of t.
    func upperTails(_ t: Double) -> Double {
        regularizedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
    }

    /// The t with P(T ≤ t) = `probability`.
    func quantile(_ probability: Double) -> Double {
        quantileByBisection(probability, within: 1e8, cumulative)
    }
}

/// The root of a rising distribution function, to double precision.
private func quantileByBisection(_ probability: Double, within limit: Double, _ cumulative: (Double) -> Double)
    -> Double
{
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    var (low, high) = (-limit, limit)
    while true {
        let middle = 0.5 * (low + high)
        // No number is left between them.
        guard low < middle, middle < high else { return middle }
        if cumulative(middle) < probability { low = middle } else { high = middle }
    }
}

/// The regularised incomplete beta function I_x(a, b), by its continued fraction (modified Lentz).
///
/// - Reference: Abramowitz and Stegun 26.5.8.
func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on one side of the mean.
    guard x < (a + 1) / (a + b + 2) else { return 1 - regularizedBeta(1 - x, b, a) }
    let front = exp(.logGamma(a + b) - .logGamma(a) - .logGamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var (c, d) = (1.0, 1 / max(1 - (a + b) * x / (a + 1), tiny))
    var fraction = d
    for step in 1...500 {
        let m = Double(step)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        var change = 1.0
        for term in [even, odd] {
            d = 1 / nonZero(1 + term * d, tiny)
            c = nonZero(1 + term / c, tiny)
            fraction *= d * c
            change = d * c
        }
        if abs(change - 1) < 1e-15 { break }
    }
    return front * fraction
}

private func nonZero(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
