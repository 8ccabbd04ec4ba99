import Core
import Phantom

/// Plays the segments of a slice against a series of beats.
struct Schedule {
    /// When one readout is played, and as part of what.
    struct Slot {
        let position: BeatPosition
        let segment: Int
        let place: Int
    }

    /// A beat that does not fit is read again, at most this often in a row; then it is taken as it is.
    static let mostRejected = 10

    let beats: BeatSequence
    let triggers: [Trigger]
    /// The readouts of each frame by segment and place, [T, segment, place].
    let segments: [[[Int]]]
    let trMS: Double
    /// Largest deviation of an interval between triggers from their median; nil takes all.
    let windowShare: Double?

    private var frames: Int { segments.count }
    private var sizes: [Int] { segments[0].map(\.count) }
    private var linesPerFrame: Int { sizes.reduce(0, +) }
    private var endMS: Double { beats.beats.last?.endMS ?? 0 }
    private var meanMS: Double { beats.curves.timing.rrMS }

    /// The slots of all readouts, [T, L], and how many beats were rejected; nil when the beats do not last.
    func slots(_ mode: GatingSettings.Mode) -> (slots: [Slot], rejected: Int)? {
        switch mode {
        // A prospective segment starts before the trigger: its middle readout is at the trigger.
        case .prospective: gated(leadMS: Double((sizes.max() ?? 0) / 2) * trMS, play: prospective)
        case .retrospective: gated(leadMS: 0, play: retrospective)
        case .realTime: realTime()
        }
    }

    // MARK: Gated

    /// Gives each segment the next beat that is free and regular.
    ///
    /// The beat before the first trigger brings the magnetisation to its steady state.
    /// - Parameter leadMS: how long before its trigger a segment starts.
    /// - Parameter play: plays a segment after a trigger, and tells until when it is busy.
    private func gated(
        leadMS: Double, play: (_ segment: Int, _ trigger: Int, _ slots: inout [Slot?]) -> Double
    ) -> (slots: [Slot], rejected: Int)? {
        guard triggers.count > 1 else { return nil }
        var slots = [Slot?](repeating: nil, count: frames * linesPerFrame)
        let median = medianIntervalMS
        var next = triggers.firstIndex { $0.beat > 0 } ?? triggers.count
        var busyUntilMS = -Double.infinity
        var rejected = 0
        for segment in sizes.indices {
            var waited = 0
            while true {
                guard next + 1 < triggers.count else { return nil }
                let trigger = next
                next += 1
                // While it still reads what the last trigger started, the scanner is deaf. Rounding is not a collision.
                guard triggers[trigger].timeMS - leadMS >= busyUntilMS - 1e-6 else { continue }
                let share = abs(intervalMS(trigger) / median - 1)
                let isTaken = share <= windowShare ?? .infinity || waited == Self.mostRejected
                busyUntilMS = play(segment, trigger, &slots)
                guard busyUntilMS < endMS else { return nil }
                if isTaken { break }
                waited += 1
                rejected += 1
            }
        }
        return (slots.compactMap { $0 }, rejected)
    }

    private func intervalMS(_ trigger: Int) -> Double { triggers[trigger + 1].timeMS - triggers[trigger].timeMS }

    /// What the scanner learnt of the rhythm before it started: as many beats as segments, and some.
    private var medianIntervalMS: Double {
        let intervals = (0..<min(triggers.count - 1, sizes.count + 8)).map(intervalMS).sorted()
        return intervals[intervals.count / 2]
    }

    /// Puts a segment of every frame at the frame's time after a trigger, its middle readout at that time.
    private func prospective(segment: Int, trigger: Int, slots: inout [Slot?]) -> Double {
        let spacing = meanMS / Double(frames)
        for (frame, shots) in segments.enumerated() {
            let shot = shots[segment]
            for (place, readout) in shot.enumerated() {
                let offset = spacing * Double(frame) + Double(place - shot.count / 2) * trMS
                put(readout, frame, segment, place, after: trigger, offsetMS: offset, &slots)
            }
        }
        let largest = sizes.max() ?? 0
        return triggers[trigger].timeMS + spacing * Double(frames - 1) + Double(largest - largest / 2) * trMS
    }

    /// Repeats a segment from one trigger to the next; each frame takes from every line the readout that the scanner
    /// believes to be nearest to its phase: systole as it is, diastole stretched.
    ///
    /// With patterns that change from frame to frame, the lines of a frame are read wherever the frame is.
    private func retrospective(segment: Int, trigger: Int, slots: inout [Slot?]) -> Double {
        let interval = intervalMS(trigger)
        let timing = beats.curves.timing
        let count = sizes[segment]
        var untilMS = triggers[trigger + 1].timeMS
        for place in 0..<count {
            let played = repetitions(of: place, count: count, untilMS: interval)
            untilMS = max(untilMS, triggers[trigger].timeMS + played[played.count - 1])
            let phases = played.map { timing.phase(atMS: $0, rrMS: interval) }
            for (frame, shots) in segments.enumerated() {
                let target = Double(frame) / Double(frames)
                var best = (index: 0, lateness: Double.infinity)
                for (index, phase) in phases.enumerated() {
                    let lateness = (phase - target) - (phase - target).rounded()
                    // Of two as near as rounding can tell, the one before the frame.
                    let isNearer = abs(lateness) < abs(best.lateness) - 1e-9
                    let isAsNear = abs(lateness) < abs(best.lateness) + 1e-9
                    if isNearer || isAsNear && lateness < best.lateness { best = (index, lateness) }
                }
                put(
                    shots[segment][place], frame, segment, place, after: trigger, offsetMS: played[best.index], &slots)
            }
        }
        return untilMS
    }

    /// Times after a trigger at which the readout at a place of a segment is played; at least one.
    private func repetitions(of place: Int, count: Int, untilMS interval: Double) -> [Double] {
        let start = place - count / 2
        let first = start < 0 ? start + count : start
        // The last one ends with the interval; a whole number of them must not lose one to rounding.
        let last = interval - trMS + 1e-6
        let times = Array(stride(from: Double(first) * trMS, to: last, by: Double(count) * trMS))
        return times.isEmpty ? [Double(first) * trMS] : times
    }

    private func put(
        _ readout: Int, _ frame: Int, _ segment: Int, _ place: Int, after trigger: Int, offsetMS: Double,
        _ slots: inout [Slot?]
    ) {
        let position = beats.position(
            inBeat: triggers[trigger].beat, offsetMS: triggers[trigger].offsetMS + offsetMS)
        slots[frame * linesPerFrame + readout] = Slot(position: position, segment: segment, place: place)
    }

    // MARK: Real time

    /// Reads on from the second R wave.
    private func realTime() -> (slots: [Slot], rejected: Int)? {
        guard beats.beats.count > 1 else { return nil }
        let durationMS = Double(frames * linesPerFrame) * trMS
        guard beats.beats[1].startMS + durationMS < endMS else { return nil }
        var slots = [Slot?](repeating: nil, count: frames * linesPerFrame)
        var played = 0
        for (frame, shots) in segments.enumerated() {
            for (segment, shot) in shots.enumerated() {
                for (place, readout) in shot.enumerated() {
                    slots[frame * linesPerFrame + readout] = Slot(
                        position: beats.position(inBeat: 1, offsetMS: Double(played) * trMS), segment: segment,
                        place: place)
                    played += 1
                }
            }
        }
        return (slots.compactMap { $0 }, 0)
    }
}
