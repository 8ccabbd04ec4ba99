/// How a structure scored, of which the prediction or the reference may hold nothing.
///
/// A structure that was missed has no surface, so that its distance is no number. Averages that skip it make a model look
/// better for predicting nothing. Here it stays what it is, a failure, until someone says what it costs.
public enum StructureScore<Value: Sendable>: Sendable {
    /// Both have the structure.
    case measured(Value)
    /// Only the reference has it: a failure.
    case missed
    /// Only the prediction has it: a failure.
    case spurious
    /// Neither has it: there was nothing to find, and nothing was found.
    case absent

    /// Scores what both have.
    ///
    /// - Parameters:
    ///   - prediction: nil where the prediction holds nothing.
    ///   - reference: nil where the reference holds nothing.
    public init<Part>(_ prediction: Part?, _ reference: Part?, measure: (Part, Part) throws -> Value) rethrows {
        switch (prediction, reference) {
        case (let prediction?, let reference?): self = .measured(try measure(prediction, reference))
        case (nil, .some): self = .missed
        case (.some, nil): self = .spurious
        case (nil, nil): self = .absent
        }
    }

    /// The value, where both have the structure.
    public var value: Value? {
        if case .measured(let value) = self { value } else { nil }
    }

    /// Whether one has it and the other has not.
    public var isFailure: Bool {
        switch self {
        case .missed, .spurious: true
        case .measured, .absent: false
        }
    }

    /// The score of another measure of the same structure.
    public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> StructureScore<Other> {
        switch self {
        case .measured(let value): .measured(try transform(value))
        case .missed: .missed
        case .spurious: .spurious
        case .absent: .absent
        }
    }

    /// The value, or what a failure costs; nil where there was nothing to find.
    public func value(orFailure worst: Value) -> Value? { isFailure ? worst : value }
}

extension StructureScore: Equatable where Value: Equatable {}
extension StructureScore: Hashable where Value: Hashable {}

/// The scores of a structure over cases or slices, none of them dropped.
public struct ScoreSummary: Sendable, Hashable {
    /// How many were measured.
    public let measured: Int
    /// How many the prediction missed.
    public let missed: Int
    /// How many only the prediction has.
    public let spurious: Int
    /// How many had nothing to find.
    public let absent: Int
    /// What was measured, without failures; nil where nothing was.
    ///
    /// Read it beside `failureRate`.
    public let ofMeasured: Summary?
    /// All that had something to find or to leave alone, each failure at its cost; nil where there was nothing.
    public let withFailures: Summary?

    /// Sums up scores.
    ///
    /// - Parameter worst: what a failure costs: 0 for Dice, for distances a cap such as the image's diagonal.
    public init(_ scores: [StructureScore<Double>], worst: Double) {
        measured = scores.count { $0.value != nil }
        missed = scores.count { $0 == .missed }
        spurious = scores.count { $0 == .spurious }
        absent = scores.count { $0 == .absent }
        ofMeasured = Summary(scores.compactMap(\.value))
        withFailures = Summary(scores.compactMap { $0.value(orFailure: worst) })
    }

    /// Failures among all that had something to find or to leave alone, 0 to 1.
    public var failureRate: Double {
        let count = measured + missed + spurious
        return count > 0 ? Double(missed + spurious) / Double(count) : 0
    }
}
