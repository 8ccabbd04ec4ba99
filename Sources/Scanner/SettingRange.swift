import Core

/// Refuses a setting outside its range, by the name of its key; an absent one is in range.
///
/// - Throws: `CineError` with the key, the range and the value.
func checkRange(_ key: any CodingKey, _ value: Double?, _ range: ClosedRange<Double>) throws {
    guard let value, !range.contains(value) else { return }
    throw CineError(
        .badData,
        "Expected `\(key.stringValue)` from \(Words.number(range.lowerBound)) to \(Words.number(range.upperBound)),"
            + " found \(Words.number(value)).")
}
