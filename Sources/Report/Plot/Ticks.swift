import Foundation

/// Where an axis is marked, and with what.
struct Tick: Hashable {
    let value: Double
    let label: String
}

/// Round numbers of an axis.
enum Ticks {
    /// Multiples of 1, 2, 2.5 or 5 times a power of ten within a range, as many as fit.
    ///
    /// - Parameter count: how many there should be at most, at least 2.
    static func linear(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
        let step = step(range, count: count)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        let decimals = decimals(of: step)
        guard first <= last else { return [] }
        return (Int(first)...Int(last)).map { index in
            let value = Double(index) * step
            return Tick(value: value, label: label(value, decimals: decimals))
        }
    }

    /// Powers of ten within a range, every so many; with 2 and 5 times them where those fit, too.
    static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
        let low = Int((log10(range.lowerBound) + 1e-9).rounded(.down))
        let high = Int((log10(range.upperBound) - 1e-9).rounded(.up))
        let fine = ticks(Array(low...high), factors: [1, 2, 5], within: range)
        if fine.count <= count { return fine }
        let every = max(1, (high - low + count - 1) / count)
        return ticks(Array(stride(from: low, through: high, by: every)), factors: [1], within: range)
    }

    private static func ticks(_ powers: [Int], factors: [Double], within range: ClosedRange<Double>) -> [Tick] {
        let shown = range.lowerBound * (1 - 1e-9)...range.upperBound * (1 + 1e-9)
        return powers.flatMap { power in
            factors.map { $0 * pow(10, Double(power)) }.filter(shown.contains).map { value in
                Tick(value: value, label: decadeLabel(value, power: power))
            }
        }
    }

    /// A range that ends on ticks.
    static func widened(_ range: ClosedRange<Double>, count: Int) -> ClosedRange<Double> {
        let step = step(range, count: count)
        let low = (range.lowerBound / step + 1e-9).rounded(.down) * step
        let high = (range.upperBound / step - 1e-9).rounded(.up) * step
        guard low < high else { return range }
        // A range that has grown may ask for a larger step, and then no longer end on ticks.
        return self.step(low...high, count: count) == step ? low...high : widened(low...high, count: count)
    }

    /// The smallest round step that is not too fine.
    private static func step(_ range: ClosedRange<Double>, count: Int) -> Double {
        let least = (range.upperBound - range.lowerBound) / Double(max(count - 1, 1))
        let power = pow(10, log10(least).rounded(.down))
        return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= least * (1 - 1e-9) } ?? 10 * power
    }

    /// Digits behind the point that tell multiples of a step apart.
    private static func decimals(of step: Double) -> Int {
        (0...12).first { digits in
            let scaled = step * pow(10, Double(digits))
            return abs(scaled - scaled.rounded()) < 1e-6 * scaled
        } ?? 12
    }

    /// "−1.50": with a true minus sign.
    static func label(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value < 0 ? "−∞" : "∞" }
        let text = String(format: "%.\(decimals)f", abs(value))
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return value < 0 && !isZero ? "−" + text : text
    }

    private static func decadeLabel(_ value: Double, power: Int) -> String {
        if (-3...4).contains(power) { return label(value, decimals: max(0, -power)) }
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        let exponent =
            (power < 0 ? "⁻" : "") + String("\(abs(power))".compactMap { $0.wholeNumberValue.map { digits[$0] } })
        let factor = Int((value / pow(10, Double(power))).rounded())
        return factor == 1 ? "10\(exponent)" : "\(factor)·10\(exponent)"
    }
}
