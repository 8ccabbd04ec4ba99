/// One fault of a scan at five strengths, for stress tests: the numbers are those a recipe would give.
///
/// - Convention: level 0 is a scan without the fault, levels 1 to 5 rise. The levels in the middle are what a clinic
///   sees on a bad day, the last beyond what it would keep.
public enum SeverityDial: String, Sendable, CaseIterable {
    /// Free breathing of a mean tidal excursion.
    case breathing
    /// Drift of the diaphragm in a breath-hold.
    case drift
    /// Jitter of the triggers, and T waves taken for R waves.
    case misTrigger = "mis_trigger"
    /// Variation of RR, and ectopic beats.
    case arrhythmia
    /// A scanner that is tuned off the heart's frequency.
    case offResonance = "off_resonance"
    /// Late gradients, along y half as late as along x.
    case gradientDelay = "gradient_delay"

    /// Number of levels, 0 not counted.
    public static let levels = 5

    /// Excursion of the diaphragm, mm.
    static let tidalMM = [3.0, 6, 10, 15, 20]
    /// Drift, mm/s.
    static let driftMMPerS = [0.15, 0.3, 0.6, 1.2, 2.4]
    /// SD of the triggers, ms.
    static let triggerJitterMS = [5.0, 10, 20, 35, 50]
    /// Share of T waves taken for R waves.
    static let falseTrigger = [0.0, 0.05, 0.1, 0.2, 0.4]
    /// SD of RR, ms.
    static let rrDeviationMS = [20.0, 40, 60, 80, 100]
    /// Share of ectopic beats.
    static let ectopicShare = [0.0, 0.05, 0.1, 0.2, 0.35]
    /// Delay along x, samples.
    static let delayX = [0.2, 0.5, 0.8, 1.1, 1.5]
    /// What the field is off by, Hz.
    static let offsetHz = [30.0, 60, 90, 120, 150]

    /// Sets the fault to a level, 0 to 5, and leaves all others as they are.
    public func set(
        _ level: Int, gating: inout GatingSettings, sampling: inout SamplingSettings, field: inout FieldSettings
    ) {
        precondition((0...Self.levels).contains(level), "expected a level of 0 to \(Self.levels), got \(level)")
        func value(_ values: [Double]) -> Double { level == 0 ? 0 : values[level - 1] }
        switch self {
        case .breathing:
            gating.breathing = level == 0 ? .none : .free
            gating.tidalMM = value(Self.tidalMM)
        case .drift:
            gating.breathing = level == 0 ? .none : .breathHold
            gating.driftMMPerS = value(Self.driftMMPerS)
        case .misTrigger:
            gating.triggerJitterMS = value(Self.triggerJitterMS)
            gating.falseTrigger = value(Self.falseTrigger)
        case .arrhythmia:
            gating.rrDeviationMS = value(Self.rrDeviationMS)
            gating.ectopicShare = value(Self.ectopicShare)
        case .offResonance:
            field.offsetHz = value(Self.offsetHz)
        case .gradientDelay:
            sampling.gradientDelayX = value(Self.delayX)
            sampling.gradientDelayY = value(Self.delayX) / 2
        }
    }
}
