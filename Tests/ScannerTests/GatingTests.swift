import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

/// A scan of the reference patient, 25 frames of 150 lines unless changed.
struct Scan {
    var gating = GatingSettings(.prospective)
    var sampling = SamplingSettings()
    var parameters = PatientParameters()
    var trMS = 3.0
    var frames = 25
    var matrix = 150

    /// A patient whose every beat is the mean beat.
    static var regular: Scan {
        var scan = Scan()
        scan.parameters.rhythm.rrDeviationMS = 0
        return scan
    }

    func with(_ change: (inout Scan) -> Void) -> Scan {
        var scan = self
        change(&scan)
        return scan
    }

    func pattern(seed: UInt64 = 1, slice: Int = 0) throws -> SamplingPattern {
        try SamplingPattern(
            sampling, matrix: matrix, frames: frames, seed: seed, patient: 0, view: .sax, slice: slice)
    }

    func clock(seed: UInt64 = 1, slice: Int = 0) throws -> ScanClock {
        try ScanClock(
            gating, pattern: pattern(seed: seed, slice: slice), trMS: trMS, parameters: parameters, seed: seed,
            patient: 0, view: .sax, slice: slice)
    }

    var rrMS: Double { CardiacTiming(parameters).rrMS }
}

/// The way from one phase to another, around the beat, −½ to ½.
func turn(_ from: Double, _ to: Double) -> Double { (to - from) - (to - from).rounded() }

/// Rounding of a few operations on times of 1e4 ms, over an RR of 1e3 ms.
private let rounding = 1e-13 * 1e4 / 1e3

@Suite("Gating: line order") struct LineOrderTests {
    @Test("Every readout is dealt once, to segments of equal size but for one", arguments: LineOrder.allCases)
    func dealt(order: LineOrder) {
        for (count, views) in [(150, 12), (7, 3), (5, 9), (1, 1), (21, 7)] {
            let lines = (0..<count).map { 3 * $0 }
            let segments = order.segments(of: count, views: views, lines: lines, centre: count)
            #expect(segments.joined().sorted() == Array(0..<count))
            let sizes = segments.map(\.count)
            #expect(sizes.allSatisfy { $0 <= views } && (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            #expect(segments.count == Int((Double(count) / Double(views)).rounded(.up)))
        }
    }

    @Test("Linear segments are neighbours, interleaved ones spread, centric ones go outwards")
    func orders() {
        let lines = Array(20..<32)
        func segments(_ order: LineOrder) -> [[Int]] { order.segments(of: 12, views: 4, lines: lines, centre: 26) }
        #expect(segments(.linear) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
        #expect(segments(.interleaved) == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]])
        #expect(segments(.centric) == [[6, 5, 7, 4], [8, 3, 9, 2], [10, 1, 11, 0]])
        #expect(LineOrder.centric.segments(of: 4, views: 2, lines: nil, centre: 0) == [[0, 1], [2, 3]])
    }
}

@Suite("Gating: a perfect scan") struct PerfectGatingTests {
    @Test("Prospective segments are centred on their frames, in one beat each", arguments: LineOrder.allCases)
    func prospective(order: LineOrder) throws {
        let scan = Scan.regular.with { $0.gating.lineOrder = order }
        let clock = try scan.clock()
        // 923.08 ms / 25 frames / 3 ms: 12 lines fit, 150 lines take 13 beats.
        #expect(clock.segments[0].count == 13)
        for (frame, shots) in clock.segments.enumerated() {
            for (segment, shot) in shots.enumerated() {
                for (place, line) in shot.enumerated() {
                    let readout = clock.readouts[frame * 150 + line]
                    let late = Double(place - shot.count / 2) * 3 / scan.rrMS
                    #expect(abs(turn(Double(frame) / 25 + late, readout.heart.phase)) < rounding)
                    #expect(readout.heart.isMean && readout.breathing == .endExpiration)
                    #expect(readout.segment == segment)
                    #expect(abs(readout.timeMS - (Double(segment + 1) + Double(frame) / 25 + late) * scan.rrMS) < 1e-8)
                }
            }
        }
        #expect(clock.rejectedBeats == 0)
    }

    @Test("Prospective and retrospective scans agree line by line where frames are whole segments apart")
    func agreement() throws {
        for views in [12, 11, 1] {
            let prospective = Scan.regular.with {
                $0.trMS = $0.rrMS / 25 / Double(views)
                $0.matrix = 12 * views
            }
            let one = try prospective.clock()
            let two = try prospective.with { $0.gating.mode = .retrospective }.clock()
            #expect(one.segments == two.segments && one.segments[0].count == 12)
            for (a, b) in zip(one.readouts, two.readouts) {
                #expect(abs(turn(a.heart.phase, b.heart.phase)) < rounding)
                #expect(a.segment == b.segment)
            }
        }
    }

    @Test("Retrospective readouts are within half a segment of their frames")
    func retrospective() throws {
        let scan = Scan.regular.with { $0.gating.mode = .retrospective }
        let clock = try scan.clock()
        for (number, readout) in clock.readouts.enumerated() {
            let away = abs(turn(Double(number / 150) / 25, readout.heart.phase)) * scan.rrMS
            // Half of 12 lines of 3 ms; the last repetition of a beat may be a whole one short of the trigger.
            #expect(away <= (number < 150 || number >= 24 * 150 ? 36 : 18) + 1e-9)
        }
    }

    @Test("All fidelities agree on the middle readouts, and on everything when a segment is one line")
    func fidelities() throws {
        let clock = try Scan.regular.clock()
        let (frame, shot) = (clock.readouts(at: .frame), clock.readouts(at: .shot))
        for number in frame.indices {
            #expect(abs(turn(frame[number].heart.phase, shot[number].heart.phase)) < rounding)
        }
        for (t, shots) in clock.segments.enumerated() {
            for segment in shots {
                let middle = t * 150 + segment[segment.count / 2]
                #expect(clock.readouts[middle] == shot[middle])
            }
        }
        let single = try Scan.regular.with {
            $0.gating.viewsPerSegment = 1
            $0.matrix = 20
        }.clock()
        #expect(single.readouts(at: .shot) == single.readouts)
        let still = single.readouts(at: .frame)
        for number in still.indices {
            #expect(abs(turn(still[number].heart.phase, single.readouts[number].heart.phase)) < rounding)
        }
    }

    @Test("Equal beats share their stills: one a frame, or one a frame and place")
    func stills() throws {
        let clock = try Scan.regular.clock()
        #expect(clock.stills(at: .frame).count == 25)
        #expect(clock.stills(at: .frame).map(\.heart) == (0..<25).map { BeatState(phase: Double($0) / 25) })
        #expect(clock.stills(at: .shot).count == 25)
        #expect(clock.stills(at: .readout).count == 25 * 12)
        let moving = try Scan.regular.with { $0.gating.breathing = .breathHold }.clock()
        #expect(moving.stills(at: .frame).count == 25)
        #expect(moving.stills(at: .shot).count == 25 * 13)
        #expect(moving.stills(at: .readout).count == 25 * 150)
    }

    @Test("Stills hold every readout once, with its own moment", arguments: Fidelity.allCases)
    func partition(fidelity: Fidelity) throws {
        let clock = try Scan().with {
            $0.gating.mode = .retrospective
            $0.gating.breathing = .free
            $0.parameters.rhythm.kind = .fibrillation
            $0.matrix = 40
        }.clock()
        let seen = clock.readouts(at: fidelity)
        let stills = clock.stills(at: fidelity)
        #expect(stills.flatMap(\.readouts).sorted() == Array(seen.indices))
        for still in stills {
            #expect(
                still.readouts.allSatisfy { seen[$0].heart == still.heart && seen[$0].breathing == still.breathing })
        }
    }

    @Test("Real time reads on, frame after frame; frames stand for their middle readout")
    func realTime() throws {
        let scan = Scan.regular.with {
            $0.gating.mode = .realTime
            $0.sampling = SamplingSettings(.radialGolden)
            $0.sampling.spokesPerFrame = 13
        }
        let clock = try scan.clock()
        for (number, readout) in clock.readouts.enumerated() {
            #expect(abs(readout.timeMS - scan.rrMS - 3 * Double(number)) < 1e-8)
            #expect(abs(turn(3 * Double(number) / scan.rrMS, readout.heart.phase)) < rounding)
        }
        let shots = clock.readouts(at: .shot)
        #expect(clock.stills(at: .frame).count == 25)
        for frame in 0..<25 {
            #expect(clock.frameStates[frame] == clock.readouts[frame * 13 + 6].heart)
            #expect(shots[frame * 13].heart == clock.frameStates[frame])
        }
    }
}

@Suite("Gating: faults") struct GatingFaultTests {
    /// Phase errors of the readouts that stand for their frames, in ms of the mean beat.
    private func errorsMS(_ scan: Scan, frames: Range<Int>, seed: UInt64 = 1) throws -> [Double] {
        let clock = try scan.clock(seed: seed)
        return frames.flatMap { frame in
            clock.segments[frame].map { shot in
                let readout = clock.readouts[frame * clock.linesPerFrame + shot[shot.count / 2]]
                return turn(Double(frame) / Double(scan.frames), readout.heart.phase) * scan.rrMS
            }
        }
    }

    @Test("A scanner plays one readout at a time", arguments: GatingSettings.Mode.allCases)
    func oneAtATime(mode: GatingSettings.Mode) throws {
        for kind in PatientParameters.Rhythm.Kind.allCases {
            let clock = try Scan().with {
                $0.gating.mode = mode
                $0.gating.triggerJitterMS = 30
                $0.gating.falseTrigger = 0.2
                $0.gating.missedTrigger = 0.1
                $0.parameters.rhythm.kind = kind
                $0.parameters.rhythm.ectopicShare = 0.2
            }.clock()
            // Frames may share a retrospective readout: then it is the same line at the same time.
            let times = Set(clock.readouts.map { ($0.timeMS * 1e6).rounded() / 1e6 }).sorted()
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 > 3 - 1e-5 })
            #expect(mode == .retrospective || times.count == clock.readouts.count)
            #expect(clock.readouts.allSatisfy { (0..<1).contains($0.heart.phase) })
        }
    }

    @Test(
        "Jittered triggers shift whole segments, by the jitter",
        arguments: [GatingSettings.Mode.prospective, .retrospective])
    func jitter(mode: GatingSettings.Mode) throws {
        let scan = Scan.regular.with {
            $0.gating.mode = mode
            $0.gating.triggerJitterMS = 15
        }
        // Systole and early diastole, which no interval stretches; 20 scans of 13 segments, all frames alike.
        let errors = try (0..<20).flatMap { try errorsMS(scan, frames: 8..<9, seed: UInt64($0)) }
        let deviation = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        // Retrospective slots are up to 18 ms off their frames, which adds 18/√3 ms. Four errors of an SD of 260 values.
        let expected = mode == .prospective ? 15 : (15 * 15 + 18 * 18 / 3.0).squareRoot()
        #expect(abs(deviation / expected - 1) < 4 / (2 * 260.0).squareRoot())
    }

    @Test("The T wave triggers 250 to 350 ms late, as often as asked")
    func falseTriggers() throws {
        let scan = Scan.regular.with { $0.gating.falseTrigger = 0.3 }
        let errors = try (0..<30).flatMap { try errorsMS(scan, frames: 5..<6, seed: UInt64($0)) }
        let late = errors.filter { $0 > 1 }
        #expect(late.allSatisfy { (250 - 1e-6...350 + 1e-6).contains($0) })
        // A trigger after a late one comes while the scanner is busy, so fewer than 0.3 of 390 are asked; the share of
        // late ones among those that are heard is still 0.3. Four standard errors.
        let share = Double(late.count) / Double(errors.count)
        let standardError = (0.3 * 0.7 / 390).squareRoot()
        #expect(abs(share - 0.3) < 4 * standardError)
        #expect(errors.filter { $0 <= 1 }.allSatisfy { abs($0) < 1e-8 })
    }

    @Test("Missed triggers cost time and nothing else in a prospective scan")
    func missed() throws {
        let scan = Scan.regular
        let slow = try scan.with { $0.gating.missedTrigger = 0.4 }.clock()
        let fast = try scan.clock()
        #expect(slow.readouts.map(\.heart) == fast.readouts.map(\.heart))
        let ends = [slow, fast].map { $0.readouts.map(\.timeMS).max() ?? 0 }
        #expect(ends[0] > ends[1] + 3 * scan.rrMS)
    }

    @Test("Retrospective scans follow a varying RR, prospective ones lose late diastole")
    func varyingRR() throws {
        // One line a segment, so that retrospective slots are 3 ms apart.
        let scan = Scan().with {
            $0.parameters.rhythm.rrDeviationMS = 60
            $0.gating.viewsPerSegment = 1
            $0.matrix = 20
        }
        func mean(_ errors: [Double]) -> Double { errors.map(abs).reduce(0, +) / Double(errors.count) }
        let retrospective = scan.with { $0.gating.mode = .retrospective }
        // Systole is the same in all beats; late diastole moves with the end of the beat.
        #expect(try mean(errorsMS(scan, frames: 1..<9)) < 1e-8)
        for frames in [1..<9, 21..<25] { #expect(try mean(errorsMS(retrospective, frames: frames)) < 1.5) }
        let (lost, kept) = (
            try mean(errorsMS(scan, frames: 21..<25)), try mean(errorsMS(retrospective, frames: 21..<25))
        )
        #expect(lost > 10 * kept, "\(lost) \(kept)")
    }

    @Test("Rejection takes regular beats only", arguments: [GatingSettings.Mode.prospective, .retrospective])
    func rejection(mode: GatingSettings.Mode) throws {
        let scan = Scan.regular.with {
            $0.gating.mode = mode
            $0.parameters.rhythm.kind = .ectopic
            $0.parameters.rhythm.ectopicShare = 0.25
        }
        func isOdd(_ clock: ScanClock) -> Bool {
            // The first frame of a prospective scan starts in the beat before.
            clock.readouts.dropFirst(150).contains {
                let beat = clock.beats.beats[$0.beat]
                return abs(beat.rrMS / scan.rrMS - 1) > 0.2
            }
        }
        let all = try scan.clock(seed: 4)
        let picked = try scan.with { $0.gating.arrhythmiaWindowPercent = 20 }.clock(seed: 4)
        #expect(isOdd(all) && all.rejectedBeats == 0)
        #expect(!isOdd(picked) && picked.rejectedBeats > 0)
        // Where no beat is regular the scan still ends.
        let wild = try scan.with {
            $0.parameters.rhythm.kind = .fibrillation
            $0.parameters.rhythm.rrDeviationMS = 400
            $0.gating.arrhythmiaWindowPercent = 1
        }.clock()
        #expect(wild.rejectedBeats > 13)
    }

    @Test("Ectopic beats are seen with their own strength")
    func ectopic() throws {
        let clock = try Scan.regular.with { $0.gating.ectopicShare = 0.4 }.clock(seed: 2)
        let factors = Set(clock.readouts.map(\.heart.strokeFactor))
        #expect(factors.contains { $0 < 0.9 } && factors.contains { $0 > 1.05 })
        let state = clock.readouts[150 * 9].heart
        #expect(clock.beats.beats[clock.readouts[150 * 9].beat].strokeFactor == state.strokeFactor)
    }

    @Test("A breath-hold drifts about the middle of the scan")
    func drift() throws {
        let clock = try Scan.regular.with {
            $0.gating.breathing = .breathHold
            $0.gating.driftMMPerS = 0.5
        }.clock()
        let times = clock.readouts.map(\.timeMS)
        let middle = ((times.min() ?? 0) + (times.max() ?? 0)) / 2
        for readout in clock.readouts {
            #expect(abs(readout.breathing.diaphragmMM + 0.5 * (readout.timeMS - middle) / 1000) < 1e-9)
            #expect(abs(readout.breathing.laggedMM - readout.breathing.diaphragmMM - 0.5 * 0.35) < 1e-9)
        }
        let own = try Scan.regular.with { $0.gating.breathing = .breathHold }.clock()
        let span = own.readouts.map(\.breathing.diaphragmMM)
        let speed = ((span.max() ?? 0) - (span.min() ?? 0)) / ((times.max() ?? 0) - (times.min() ?? 0)) * 1000
        // The patient's own 0.15 mm/s; a heart rate that rises makes the scan a little shorter or longer.
        #expect(abs(speed - 0.15) < 0.15)
    }

    @Test("A breath-hold that fails goes on from where it was")
    func failure() throws {
        var failures = 0
        for seed in 0..<20 as Range<UInt64> {
            let scan = Scan.regular.with {
                $0.gating.breathing = .breathHold
                $0.gating.driftMMPerS = 0
                $0.gating.breathHoldFailure = 0.5
                $0.gating.mode = .realTime
                $0.frames = 40
            }
            let places = try scan.clock(seed: seed).readouts.map(\.breathing.diaphragmMM)
            // 12·1.5 mm × 4.1/(2.25 s) in 3 ms is 0.1 mm.
            #expect(zip(places, places.dropFirst()).allSatisfy { abs($0 - $1) < 0.11 })
            let start = places.firstIndex { $0 != 0 }
            if start != nil { failures += 1 }
        }
        // Four standard errors of 20 draws.
        #expect(abs(failures - 10) <= 9 && failures > 1)
    }

    @Test("Free breathing moves by the excursion asked for")
    func free() throws {
        func places(_ mm: Double) throws -> [Double] {
            try Scan.regular.with {
                $0.gating.breathing = .free
                $0.gating.tidalMM = mm
            }.clock().readouts.map(\.breathing.diaphragmMM)
        }
        let (shallow, deep) = (try places(5), try places(15))
        for (a, b) in zip(shallow, deep) { #expect(abs(3 * a - b) < 1e-9) }
        #expect((deep.max() ?? 0) - (deep.min() ?? 0) > 10)
    }

    @Test("A clock depends on seed, patient, view and slice alone")
    func reproducible() throws {
        let scan = Scan().with { $0.gating.triggerJitterMS = 5 }
        #expect(try scan.clock().readouts == scan.clock().readouts)
        #expect(try scan.clock().readouts != scan.clock(seed: 2).readouts)
        #expect(try scan.clock().readouts != scan.clock(slice: 1).readouts)
        // Faults do not change the rhythm.
        let calm = try Scan().clock()
        let shaken = try scan.clock()
        let common = min(calm.beats.beats.count, shaken.beats.beats.count)
        #expect(calm.beats.beats.prefix(common) == shaken.beats.beats.prefix(common))
    }

    @Test("Eddy-current phases follow the order of play")
    func eddy() throws {
        let scan = Scan.regular.with {
            $0.sampling.eddyPhaseDeg = 3
            $0.matrix = 24
            $0.frames = 4
            $0.gating.viewsPerSegment = 12
        }
        func phases(_ order: LineOrder, _ mode: GatingSettings.Mode = .prospective) throws -> [Double] {
            try scan.with {
                $0.gating.lineOrder = order
                $0.gating.mode = mode
            }.clock().eddyPhasesRad.map { $0 * 180 / .pi }
        }
        let linear = try phases(.linear)
        // Within a segment steps of one line of 23; back to its start, eleven.
        #expect(abs(linear[0] - 3 * 11 / 23.0) < 1e-12 && abs(linear[1] + 3 / 23.0) < 1e-12)
        #expect(abs(linear[24 + 2] - 3 / 23.0) < 1e-12)
        let interleaved = try phases(.interleaved)
        #expect(abs(interleaved[2] + 3 * 2 / 23.0) < 1e-12)
        // In real time the first readout has none before it, and the next frame follows the last.
        let running = try phases(.linear, .realTime)
        #expect(running[0] == 0 && abs(abs(running[24]) - 3) < 1e-12)
        #expect(try scan.with { $0.sampling.eddyPhaseDeg = 0 }.clock().eddyPhasesRad.allSatisfy { $0 == 0 })
    }
}

@Suite("Gating: settings") struct GatingSettingsTests {
    private func decoded(_ text: String) throws -> GatingSettings {
        try JSONDecoder().decode(GatingSettings.self, from: Data(text.utf8))
    }

    @Test("Settings survive a round trip; absent keys keep their defaults")
    func roundTrip() throws {
        #expect(try decoded("{}") == GatingSettings())
        var settings = GatingSettings(.realTime)
        settings.viewsPerSegment = 9
        settings.lineOrder = .centric
        settings.arrhythmiaWindowPercent = 15
        settings.triggerJitterMS = 7
        settings.missedTrigger = 0.1
        settings.falseTrigger = 0.2
        settings.falseTriggerDelayMS = 280
        settings.breathing = .breathHold
        settings.driftMMPerS = 0.4
        settings.breathHoldFailure = 0.3
        settings.tidalMM = 9
        settings.rrDeviationMS = 33
        settings.ectopicShare = 0.1
        let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        #expect(try decoded(text) == settings)
        #expect(text.contains("\"real_time\"") && text.contains("\"breath_hold\""))
    }

    @Test(
        "Impossible values are refused by name",
        arguments: [
            "views_per_segment", "arrhythmia_window_percent", "trigger_jitter_ms", "missed_trigger", "false_trigger",
            "false_trigger_delay_ms", "drift_mm_per_s", "breath_hold_failure", "tidal_mm", "rr_deviation_ms",
            "ectopic_share",
        ])
    func refused(key: String) {
        let error = #expect(throws: CineError.self) { try decoded("{\"\(key)\": -9}") }
        #expect(error?.message.contains("`\(key)`") == true && error?.message.contains("-9") == true)
    }

    @Test("A prospective scan with frames closer than readouts says what to change")
    func crowded() {
        let error = #expect(throws: CineError.self) { try Scan.regular.with { $0.frames = 400 }.clock() }
        #expect(error?.message.contains("frames") == true && error?.kind == .badData)
    }
}
