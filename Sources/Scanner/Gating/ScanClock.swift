import Core
import Phantom

/// When each readout of a slice is played, and what heart and breathing do then.
///
/// - Convention: time 0 is an R wave, one beat before the first trigger that counts. Readout ℓ of frame t is number
///   `t·L + ℓ`. Gated frames stand for the phases t/T of the mean beat, frames in real time for their middle readout.
///   Values depend on (seed, patient, view, slice), the settings and the patient's parameters alone.
public struct ScanClock: Sendable {
    /// One readout.
    public struct Readout: Sendable, Hashable {
        /// Time of its echo since the start of the scan in ms.
        public let timeMS: Double
        /// Index of the beat it falls into.
        public let beat: Int
        /// The segment of its frame that it belongs to: in gated scans the beats that are used, counted from 0.
        public let segment: Int
        /// What the heart does; its phase is that of the mean beat, 0..<1.
        public var heart: BeatState
        /// Where breathing has moved the body.
        public var breathing: BreathingPosition
    }

    /// A moment at which the body is to be sampled, and the readouts that see it.
    public struct Still: Sendable, Hashable {
        /// What the heart does.
        public let heart: BeatState
        /// Where breathing has moved the body.
        public let breathing: BreathingPosition
        /// Numbers of the readouts, rising.
        public var readouts: [Int]
    }

    /// Frames, T.
    public let frames: Int
    /// Readouts of a frame, L.
    public let linesPerFrame: Int
    /// All readouts at their own times, [T, L].
    public let readouts: [Readout]
    /// What the heart does at the nominal moment of each frame, [T].
    public let frameStates: [BeatState]
    /// Where breathing has moved the body at the nominal moment of each frame, [T].
    public let frameBreathing: [BreathingPosition]
    /// The beats of the scan.
    public let beats: BeatSequence
    /// Beats whose lines were thrown away and read again, as they were too long or too short.
    public let rejectedBeats: Int
    /// Phase in rad that eddy currents give each readout, [T, L].
    public let eddyPhasesRad: [Double]
    /// The readouts of each frame by segment and place, [T, segment, place].
    let segments: [[[Int]]]

    /// Runs the scan of one slice.
    ///
    /// - Cost: a few ms.
    /// - Parameters:
    ///   - gating: how the scan is tied to the heart, and its faults.
    ///   - pattern: what the slice reads.
    ///   - trMS: time between readouts.
    ///   - parameters: the patient.
    ///   - seed: seed of the recipe.
    ///   - patient: number of the subject.
    ///   - view: the view that the slice belongs to.
    ///   - slice: index of the slice.
    /// - Throws: `CineError` when readouts do not fit between frames, or no beat can be used.
    public init(
        _ gating: GatingSettings, pattern: SamplingPattern, trMS: Double, parameters: PatientParameters, seed: UInt64,
        patient: Int, view: View, slice: Int
    ) throws {
        precondition(slice < 1 << 12, "slice \(slice): beyond 4096")
        try gating.validate()
        func stream(_ stage: Philox.Stage, _ part: UInt32 = 0) -> Philox {
            Philox(
                seed: seed, patient: patient, stage: stage,
                substream: view.stream << 28 | UInt32(slice) << 16 | part)
        }
        let views = try Self.viewsPerSegment(gating, pattern: pattern, trMS: trMS, timing: CardiacTiming(parameters))
        let segments = Self.segments(gating.lineOrder, pattern: pattern, views: views)
        let run = try Self.run(
            gating, parameters: parameters, segments: segments, trMS: trMS, rhythm: stream(.rhythm),
            triggers: stream(.gating))
        let beats = run.beats
        let times = run.slots.map { beats.beats[$0.position.beat].startMS + $0.position.timeMS }
        var breathingDraws = stream(.gating, 1)
        let course = BreathingCourse(
            gating, respiration: parameters.respiration, scanMS: (times.min() ?? 0)...(times.max() ?? 0),
            random: &breathingDraws)
        let readouts = zip(run.slots, times).map { slot, time in
            Readout(
                timeMS: time, beat: slot.position.beat, segment: slot.segment, heart: beats.state(at: slot.position),
                breathing: course.position(atMS: time))
        }

        frames = pattern.frames
        linesPerFrame = pattern.linesPerFrame
        self.readouts = readouts
        self.beats = beats
        self.segments = segments
        rejectedBeats = run.rejected
        if gating.mode == .realTime {
            let middles = segments.enumerated().map { frame, shots in
                let played = shots.flatMap { $0 }
                return readouts[frame * pattern.linesPerFrame + played[played.count / 2]]
            }
            frameStates = middles.map(\.heart)
            frameBreathing = middles.map(\.breathing)
        } else {
            frameStates = (0..<pattern.frames).map { BeatState(phase: Double($0) / Double(pattern.frames)) }
            frameBreathing = [BreathingPosition](repeating: .endExpiration, count: pattern.frames)
        }
        eddyPhasesRad = Self.eddyPhases(pattern, segments: segments, isContinuous: gating.mode == .realTime)
    }

    /// Readouts of a segment.
    private static func viewsPerSegment(
        _ gating: GatingSettings, pattern: SamplingPattern, trMS: Double, timing: CardiacTiming
    ) throws -> Int {
        let spacing = timing.rrMS / Double(pattern.frames)
        // A spacing of whole repetitions must not lose one to rounding.
        let fitting = Int(spacing / trMS + 1e-9)
        let wanted = gating.viewsPerSegment
        switch gating.mode {
        case .prospective:
            guard fitting > 0 else {
                throw CineError(
                    .badData,
                    "Expected at least one readout of \(Words.number(trMS)) ms between frames, found frames"
                        + " \(Words.number(spacing)) ms apart; ask for fewer `frames` or a retrospective scan.")
            }
            return min(wanted ?? fitting, fitting)
        case .retrospective:
            // A segment must be repeated even in a short beat.
            return min(wanted ?? max(fitting, 1), max(1, Int(timing.rrMS / 4 / trMS)))
        case .realTime: return min(wanted ?? pattern.linesPerFrame, pattern.linesPerFrame)
        }
    }

    private static func segments(_ order: LineOrder, pattern: SamplingPattern, views: Int) -> [[[Int]]] {
        (0..<pattern.frames).map { frame in
            order.segments(
                of: pattern.linesPerFrame, views: views, lines: pattern.lines?[frame], centre: pattern.matrix / 2)
        }
    }

    /// Draws beats and triggers until they last for the scan; more of them start with the same ones.
    private static func run(
        _ gating: GatingSettings, parameters: PatientParameters, segments: [[[Int]]], trMS: Double, rhythm: Philox,
        triggers: Philox
    ) throws -> (slots: [Schedule.Slot], rejected: Int, beats: BeatSequence) {
        var parameters = parameters
        parameters.rhythm = gating.rhythm(of: parameters.rhythm)
        let meanMS = CardiacTiming(parameters).rrMS
        let readouts = segments.joined().reduce(0) { $0 + $1.count }
        let scanMS =
            gating.mode == .realTime ? Double(readouts) * trMS : Double(segments.first?.count ?? 0) * meanMS
        for doubling in 0..<10 {
            var (rhythm, triggers) = (rhythm, triggers)
            let beats = BeatSequence(
                parameters: parameters, durationMS: (scanMS + 4 * meanMS) * Double(1 << doubling),
                breathHold: gating.breathing == .breathHold, driftMS: scanMS + meanMS, random: &rhythm)
            let schedule = Schedule(
                beats: beats, triggers: Trigger.all(of: beats.beats, gating, random: &triggers), segments: segments,
                trMS: trMS, windowShare: gating.arrhythmiaWindowPercent.map { $0 / 100 })
            if let run = schedule.slots(gating.mode) { return (run.slots, run.rejected, beats) }
        }
        throw CineError(
            .badData,
            "Expected beats that can be read, found none for too long; lower `missed_trigger` or widen"
                + " `arrhythmia_window_percent`.")
    }

    /// Eddy-current phases: in gated scans a segment is played again and again, so that its last readout comes before
    /// its first; in real time all readouts follow one another.
    private static func eddyPhases(
        _ pattern: SamplingPattern, segments: [[[Int]]], isContinuous: Bool
    ) -> [Double] {
        var phases = [Double](repeating: 0, count: pattern.frames * pattern.linesPerFrame)
        guard pattern.settings.eddyPhaseDeg > 0 else { return phases }
        func play(_ readouts: [Int], after last: Int) {
            var previous = last
            for (pulse, readout) in readouts.enumerated() {
                phases[readout] = pattern.eddyPhaseRad(of: readout, after: previous, pulse: pulse)
                previous = readout
            }
        }
        let numbered = segments.enumerated().map { frame, shots in
            shots.map { $0.map { frame * pattern.linesPerFrame + $0 } }
        }
        if isContinuous {
            let all = numbered.flatMap { $0.flatMap { $0 } }
            play(all, after: all[0])
        } else {
            for shot in numbered.joined() { play(shot, after: shot[shot.count - 1]) }
        }
        return phases
    }
}
