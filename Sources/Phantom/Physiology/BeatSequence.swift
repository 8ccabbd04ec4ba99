import Core
import Foundation

/// The beats of a stretch of time: sinus rhythm with its variability, ectopic beats, or atrial fibrillation.
///
/// - Sinus: RR follows a Gaussian process with a bimodal spectrum, 0.1 Hz and breathing, power 1 : 2.
/// - Ectopic: coupling 0.5-0.7 RR and a compensatory pause (together 2 RR); the beat ejects 0.7 of what it finds, the
///   one after it 1.1-1.2 of the mean.
/// - Fibrillation: independent log-normal RR (coefficient of variation at least 0.2), stroke volume a saturating
///   function of the RR before.
/// - Units: ms from the start of the sequence, which is an R wave.
/// - Reference: McSharry 2003, doi:10.1109/TBME.2003.808805 (spectrum).
public struct BeatSequence: Sendable {
    /// The beats in order, without gaps.
    public let beats: [Beat]
    /// The curves that all beats share.
    public let curves: ChamberCurves

    /// Draws beats until a duration is covered.
    ///
    /// - Parameters:
    ///   - parameters: The patient.
    ///   - durationMS: Time to cover.
    ///   - breathHold: Whether the heart rate drifts by `breathHoldDrift` over `driftMS`, and on.
    ///   - driftMS: Length of the breath-hold; nil is the duration.
    ///   - random: The stream, stage `rhythm`.
    public init(
        parameters: PatientParameters, durationMS: Double, breathHold: Bool = false, driftMS: Double? = nil,
        random: inout Philox
    ) {
        let curves = ChamberCurves(parameters: parameters)
        let rhythm = parameters.rhythm
        let variability = SinusVariability(
            deviationMS: rhythm.rrDeviationMS, breathingHz: 1 / parameters.respiration.periodS, random: &random)
        let ectopicChance = min(rhythm.ectopicShare / max(1 - rhythm.ectopicShare, 0.5), 1)
        // Strong beats may not empty a ventricle beyond 85 %.
        let strongest = 0.85 / max(parameters.lv.ejectionFraction, curves.strokeVolumeML / parameters.rv.edvML)
        let relative = max(rhythm.rrDeviationMS / curves.timing.rrMS, 0.2)

        var builder = Builder(curves: curves, strongest: strongest)
        while builder.timeMS < durationMS {
            let drift = breathHold ? rhythm.breathHoldDrift * builder.timeMS / (driftMS ?? durationMS) : 0
            let mean = curves.timing.rrMS / (1 + drift)
            switch rhythm.kind {
            case .fibrillation:
                let width = log(1 + relative * relative).squareRoot()
                let rr = mean * exp(width * random.normal() - width * width / 2)
                builder.append(.fibrillation, rrMS: max(rr, 300), factor: curves.timing.fillingFactor(builder.lastRRMS))
            case .sinus, .ectopic:
                let rr = max(mean + variability.value(atMS: builder.timeMS), 300)
                let kind = builder.beats.last?.kind == .ectopic ? Beat.Kind.postEctopic : .sinus
                let factor = kind == .postEctopic ? 1.1 + 0.1 * random.uniform() : 1
                guard rhythm.kind == .ectopic, random.uniform() < ectopicChance else {
                    builder.append(kind, rrMS: rr, factor: factor)
                    continue
                }
                let coupling = rr * (0.5 + 0.2 * random.uniform())
                builder.append(kind, rrMS: coupling, cycleMS: rr, factor: factor)
                builder.append(.ectopic, rrMS: 2 * rr - coupling, factor: 0.7)
            }
        }
        self.beats = builder.beats
        self.curves = curves
    }

    /// Where a time lies; times before the first and after the last beat count as its start and end.
    public func position(atMS time: Double) -> BeatPosition {
        var low = 0
        var high = beats.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if beats[middle].startMS <= time { low = middle } else { high = middle - 1 }
        }
        return position(inBeat: low, offsetMS: time - beats[low].startMS)
    }

    /// Where a time after (or before) a beat's R wave lies; times before the first and after the last beat count as its
    /// start and end.
    ///
    /// Equal offsets in equal beats give equal positions, to the last bit, wherever the beats are.
    public func position(inBeat index: Int, offsetMS: Double) -> BeatPosition {
        var (index, time) = (index, offsetMS)
        while time < 0, index > 0 {
            index -= 1
            time += beats[index].rrMS
        }
        while time >= beats[index].rrMS, index < beats.count - 1 {
            time -= beats[index].rrMS
            index += 1
        }
        let beat = beats[index]
        let inside = min(max(time, 0), beat.rrMS)
        return BeatPosition(
            beat: index, timeMS: inside, phase: curves.timing.phase(atMS: inside, rrMS: beat.cycleMS))
    }

    /// What the heart does at a position.
    public func state(at position: BeatPosition) -> BeatState {
        let beat = beats[position.beat]
        return BeatState(phase: position.phase, strokeFactor: beat.strokeFactor, carriedOver: beat.carriedOver)
    }

    /// Volumes at a time: what the scanner sees, irregular beats included.
    public func volumes(atMS time: Double) -> ChamberVolumes {
        curves.volumes(of: state(at: position(atMS: time)))
    }
}

extension CardiacTiming {
    /// Stroke volume after a beat of some RR, relative to that after the mean: filling saturates.
    fileprivate func fillingFactor(_ previousRRMS: Double) -> Double {
        func filling(_ rr: Double) -> Double { 1 - exp(-max(rr - mitralOpeningMS, 0) / 200) }
        return 0.5 + 0.5 * filling(previousRRMS) / filling(rrMS)
    }
}

/// Lays beats end to end and carries over what the one before left.
private struct Builder {
    let curves: ChamberCurves
    let strongest: Double
    var beats: [Beat] = []
    var carriedOver = CarriedOver.nothing

    var timeMS: Double { beats.last?.endMS ?? 0 }
    var lastRRMS: Double { beats.last?.rrMS ?? curves.timing.rrMS }

    mutating func append(_ kind: Beat.Kind, rrMS: Double, cycleMS: Double? = nil, factor: Double) {
        let missing = -min(carriedOver.volumes.lvML, carriedOver.volumes.rvML) / curves.strokeVolumeML
        // An early ectopic beat ejects a share of what it finds; no beat ejects what is not there.
        let wanted = kind == .ectopic ? factor * (1 - missing) : min(factor, max(1, factor) - missing)
        let beat = Beat(
            startMS: timeMS, rrMS: rrMS, cycleMS: cycleMS ?? rrMS, kind: kind,
            strokeFactor: min(max(wanted, 0), max(strongest - missing, 0)), carriedOver: carriedOver)
        beats.append(beat)
        let timing = curves.timing
        guard beat.cycleMS > rrMS || rrMS < timing.shortestCycleMS else { return carriedOver = .nothing }
        carriedOver = curves.leftOver(
            at: BeatState(
                phase: timing.phase(atMS: rrMS, rrMS: beat.cycleMS), strokeFactor: beat.strokeFactor,
                carriedOver: beat.carriedOver))
    }
}

/// Beat-to-beat changes of RR: a sum of cosines in two narrow bands.
private struct SinusVariability {
    private var waves: [(amplitudeMS: Double, hertz: Double, angle: Double)] = []

    init(deviationMS: Double, breathingHz: Double, random: inout Philox) {
        let count = 8
        for (center, power) in [(0.1, 1.0 / 3), (breathingHz, 2.0 / 3)] {
            // A cosine of amplitude a has the power a²/2.
            let amplitude = deviationMS * (2 * power / Double(count)).squareRoot()
            for _ in 0..<count {
                waves.append((amplitude, center + 0.01 * random.normal(), 2 * .pi * random.uniform()))
            }
        }
    }

    func value(atMS time: Double) -> Double {
        waves.reduce(0) { $0 + $1.amplitudeMS * cos(2 * .pi * $1.hertz * time / 1000 + $1.angle) }
    }
}
