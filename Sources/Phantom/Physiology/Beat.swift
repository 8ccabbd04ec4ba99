/// One heart beat: from an R wave to the next.
public struct Beat: Sendable, Hashable {
    /// What started it.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The sinus node.
        case sinus
        /// A ventricular focus, too early.
        case ectopic
        /// The sinus node, after the pause that follows an ectopic beat.
        case postEctopic = "post_ectopic"
        /// Fibrillating atria.
        case fibrillation
    }

    /// Time of its R wave in ms.
    public let startMS: Double
    /// Time to the next R wave in ms.
    public let rrMS: Double
    /// The RR on which its diastole is laid out, in ms: longer than `rrMS` when the next beat comes too early.
    public let cycleMS: Double
    /// What started it.
    public let kind: Kind
    /// Its stroke volume relative to the patient's mean beat.
    public let strokeFactor: Double
    /// What its R wave finds unfinished, as the beat before was cut off.
    public let carriedOver: CarriedOver

    /// Time of the next R wave in ms.
    public var endMS: Double { startMS + rrMS }
}

/// Where a moment lies in a series of beats.
public struct BeatPosition: Sendable, Hashable {
    /// Index of the beat.
    public let beat: Int
    /// Time since its R wave in ms.
    public let timeMS: Double
    /// Phase of the mean beat that is reached, 0..<1: systole in its own time, diastole stretched.
    public let phase: Double
}
