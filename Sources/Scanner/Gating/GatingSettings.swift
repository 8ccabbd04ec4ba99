import Core
import Phantom

/// How a scan is tied to heartbeat and breathing, and what goes wrong with it.
///
/// - Units: in the names; the keys of recipes are the same in snake case, and an absent key keeps its default.
public struct GatingSettings: Sendable, Hashable, Codable {
    /// When lines are read.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// One segment of each frame in every beat, at fixed times after the trigger.
        case prospective
        /// One segment over and over in every beat; frames are sorted out afterwards by the phase between triggers.
        case retrospective
        /// Frame after frame, whatever the heart does.
        case realTime = "real_time"
    }

    /// How the patient breathes during a slice.
    public enum Breathing: String, Sendable, Codable, CaseIterable {
        /// Not at all.
        case none
        /// Held, with drift, and with a chance that the hold fails.
        case breathHold = "breath_hold"
        /// Freely.
        case free
    }

    /// When lines are read.
    public var mode = Mode.retrospective
    /// Lines that one beat reads of a frame; nil is what fits between two frames, in real time the whole frame.
    ///
    /// Prospective scans take no more than fits; retrospective ones may, and then share lines between frames.
    public var viewsPerSegment: Int?
    /// Which lines a segment holds.
    public var lineOrder = LineOrder.linear
    /// Beats whose length is off the median by more than this many percent are read again; nil takes all.
    public var arrhythmiaWindowPercent: Double?
    /// SD of the triggers about the R waves.
    public var triggerJitterMS = 0.0
    /// Chance that an R wave triggers nothing.
    public var missedTrigger = 0.0
    /// Chance that the T wave triggers in place of the R wave.
    public var falseTrigger = 0.0
    /// Mean time from the R wave to a trigger by the T wave; each is up to 50 ms off.
    public var falseTriggerDelayMS = 300.0
    /// How the patient breathes.
    public var breathing = Breathing.none
    /// Speed at which the diaphragm rises in a breath-hold; nil is the patient's own.
    public var driftMMPerS: Double?
    /// Chance that a breath-hold ends early, at any time of the slice, in free breathing.
    public var breathHoldFailure = 0.0
    /// Mean tidal excursion of the diaphragm; nil is the patient's own.
    public var tidalMM: Double?
    /// SD of RR; nil is the patient's own.
    public var rrDeviationMS: Double?
    /// Share of ectopic beats in sinus rhythm; nil is the patient's own.
    public var ectopicShare: Double?

    private enum CodingKeys: String, CodingKey {
        case mode
        case viewsPerSegment = "views_per_segment"
        case lineOrder = "line_order"
        case arrhythmiaWindowPercent = "arrhythmia_window_percent"
        case triggerJitterMS = "trigger_jitter_ms"
        case missedTrigger = "missed_trigger"
        case falseTrigger = "false_trigger"
        case falseTriggerDelayMS = "false_trigger_delay_ms"
        case breathing
        case driftMMPerS = "drift_mm_per_s"
        case breathHoldFailure = "breath_hold_failure"
        case tidalMM = "tidal_mm"
        case rrDeviationMS = "rr_deviation_ms"
        case ectopicShare = "ectopic_share"
    }

    /// A retrospective scan without faults: what remains is the patient's own rhythm.
    public init() {}

    /// A scan in a mode, else as the default.
    public init(_ mode: Mode) { self.mode = mode }

    /// Makes settings from their keys.
    ///
    /// - Throws: `CineError` when a value cannot be scanned with.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try keys.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.mode, into: &mode)
        try read(.lineOrder, into: &lineOrder)
        try read(.triggerJitterMS, into: &triggerJitterMS)
        try read(.missedTrigger, into: &missedTrigger)
        try read(.falseTrigger, into: &falseTrigger)
        try read(.falseTriggerDelayMS, into: &falseTriggerDelayMS)
        try read(.breathing, into: &breathing)
        try read(.breathHoldFailure, into: &breathHoldFailure)
        viewsPerSegment = try keys.decodeIfPresent(Int.self, forKey: .viewsPerSegment)
        arrhythmiaWindowPercent = try keys.decodeIfPresent(Double.self, forKey: .arrhythmiaWindowPercent)
        driftMMPerS = try keys.decodeIfPresent(Double.self, forKey: .driftMMPerS)
        tidalMM = try keys.decodeIfPresent(Double.self, forKey: .tidalMM)
        rrDeviationMS = try keys.decodeIfPresent(Double.self, forKey: .rrDeviationMS)
        ectopicShare = try keys.decodeIfPresent(Double.self, forKey: .ectopicShare)
        try validate()
    }

    /// Checks that the values are possible.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try checkRange(CodingKeys.viewsPerSegment, viewsPerSegment.map(Double.init), 1...4096)
        try checkRange(CodingKeys.arrhythmiaWindowPercent, arrhythmiaWindowPercent, 1...100)
        try checkRange(CodingKeys.triggerJitterMS, triggerJitterMS, 0...200)
        try checkRange(CodingKeys.missedTrigger, missedTrigger, 0...0.9)
        try checkRange(CodingKeys.falseTrigger, falseTrigger, 0...1)
        try checkRange(CodingKeys.falseTriggerDelayMS, falseTriggerDelayMS, 100...500)
        try checkRange(CodingKeys.driftMMPerS, driftMMPerS, -5...5)
        try checkRange(CodingKeys.breathHoldFailure, breathHoldFailure, 0...1)
        try checkRange(CodingKeys.tidalMM, tidalMM, 0...25)
        try checkRange(CodingKeys.rrDeviationMS, rrDeviationMS, 0...400)
        try checkRange(CodingKeys.ectopicShare, ectopicShare, 0...0.5)
    }

    /// A patient's rhythm with what these settings prescribe of it.
    func rhythm(of patient: PatientParameters.Rhythm) -> PatientParameters.Rhythm {
        var rhythm = patient
        rhythm.rrDeviationMS = rrDeviationMS ?? rhythm.rrDeviationMS
        if let ectopicShare, rhythm.kind != .fibrillation {
            rhythm.kind = ectopicShare > 0 ? .ectopic : .sinus
            rhythm.ectopicShare = ectopicShare
        }
        return rhythm
    }
}
