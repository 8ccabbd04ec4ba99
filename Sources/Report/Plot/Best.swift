/// Which number of a measure is best.
public enum Best: String, Codable, Sendable, Hashable {
    /// The highest, such as of Dice.
    case highest
    /// The lowest, such as of distances.
    case lowest
    /// That nearest to zero, such as of signed errors.
    case nearestToZero = "nearest to zero"
    /// None in particular.
    case none

    /// How good a number is: the larger, the better; nil where none is.
    func merit(_ value: Double) -> Double? {
        switch self {
        case .highest: value
        case .lowest: -value
        case .nearestToZero: -abs(value)
        case .none: nil
        }
    }
}
