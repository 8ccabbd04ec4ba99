import Foundation

/// Integrals over the LV's rays.
enum Quadrature {
    /// Nodes and weights of Gauss and Legendre on [−1, 1].
    static let gauss: [(node: Double, weight: Double)] = {
        let n = 16
        return (0..<n).map { i in
            var x = cos(.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
            var derivative = 1.0
            for _ in 0..<50 {
                var (p0, p1) = (1.0, x)
                for k in 2...n { (p0, p1) = (p1, ((2 * Double(k) - 1) * x * p1 - (Double(k) - 1) * p0) / Double(k)) }
                derivative = Double(n) * (x * p1 - p0) / (x * x - 1)
                let step = p1 / derivative
                x -= step
                if abs(step) < 1e-15 { break }
            }
            return (x, 2 / ((1 - x * x) * derivative * derivative))
        }
    }()

    /// cosμ from the basal plane to the apex, and weights.
    static let segments: [(q: Double, weight: Double)] = {
        // The smooth steps of regional fields have kinks at their levels: split there.
        let breaks = [VentricleShape.base] + RegionalField.levels
        return zip(breaks, breaks.dropFirst()).flatMap { low, high in
            gauss.map { (low + (high - low) / 2 * ($0.node + 1), (high - low) / 2 * $0.weight) }
        }
    }()

    /// ∫∫ f(q, cosθ, sinθ) dq dθ from the basal plane to the apex and around the axis.
    ///
    /// - Error: below 1e-6 relative for the regional fields in use.
    static func rays(_ f: (_ q: Double, _ cosine: Double, _ sine: Double) -> Double) -> Double {
        let turns = 36
        var sum = 0.0
        for (q, weight) in segments {
            for turn in 0..<turns {
                let angle = (Double(turn) + 0.5) * 2 * .pi / Double(turns)
                sum += weight * f(q, cos(angle), sin(angle))
            }
        }
        return sum * 2 * .pi / Double(turns)
    }
}

/// One-dimensional equations.
enum Solver {
    /// A root of a continuous function between two points, or nil when the signs agree there.
    ///
    /// - Error: 1e-12 of the interval, or a residual of 0.
    /// - Reference: Illinois variant of regula falsi, Dowell & Jarratt 1971, doi:10.1007/BF01934364.
    static func root(of f: (Double) -> Double, between low: Double, and high: Double, tolerance: Double = 1e-12)
        -> Double?
    {
        var (a, b) = (low, high)
        var (fa, fb) = (f(a), f(b))
        if fa == 0 { return a }
        if fb == 0 { return b }
        guard fa.sign != fb.sign else { return nil }
        for _ in 0..<100 {
            let c = (a * fb - b * fa) / (fb - fa)
            let fc = f(c)
            if fc == 0 || abs(b - a) < tolerance * (high - low) { return c }
            if fc.sign == fb.sign { fa *= 0.5 } else { (a, fa) = (b, fb) }
            if abs(c - b) < tolerance * (high - low) { return c }
            (b, fb) = (c, fc)
        }
        return b
    }
}
