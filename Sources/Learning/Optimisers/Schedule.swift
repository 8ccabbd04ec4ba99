import Foundation

/// How the learning rate changes from step to step.
public indirect enum Schedule: Sendable, Hashable, Codable {
    /// Always the same.
    case constant(Double)
    /// Multiplied by a factor after every so many steps.
    case steps(Double, every: Int, factor: Double)
    /// Along half a cosine from one rate to another within so many steps; then the last.
    case cosine(Double, to: Double, within: Int)
    /// (1 − step / within) to a power; 0 after.
    case polynomial(Double, power: Double, within: Int)
    /// Rising in a line to the first rate of another schedule, which begins after so many steps.
    case warmUp(steps: Int, then: Schedule)

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double {
        switch self {
        case .constant(let rate): return rate
        case .steps(let rate, let every, let factor): return rate * pow(factor, Double(step / every))
        case .cosine(let first, let last, let count):
            let progress = min(1, Double(step) / Double(count))
            return last + (first - last) * (1 + cos(.pi * progress)) / 2
        case .polynomial(let rate, let power, let count):
            return rate * pow(max(0, 1 - Double(step) / Double(count)), power)
        case .warmUp(let count, let next):
            return step < count ? next.rate(at: 0) * Double(step + 1) / Double(count) : next.rate(at: step - count)
        }
    }
}
