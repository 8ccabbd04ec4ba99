/// Volumes of the four chambers and the activations that move the heart, over one beat.
///
/// What the ventricles eject they take back as E wave, diastolic flow and A wave; the atria run against them:
/// a reservoir that fills while the ventricles eject, a conduit that empties with the E wave, a booster with the A wave.
///
/// - Units: mL, ms; phase 0..<1 of the mean beat, taken modulo 1.
/// - Convention: phase 0 is the R wave: both ventricles at their end-diastolic, both atria at their smallest volume.
/// - Error: end-diastolic, end-systolic, largest and smallest volumes are exact to rounding (1e-12); all curves are C².
/// - Cost: about 15 incomplete beta functions for the four volumes, 0.5 µs.
/// - Reference: Young & Cowan 2012, doi:10.1186/1532-429X-14-49 (torsion); shapes of the flows: design choice.
public struct ChamberCurves: Sendable {
    /// When the events of the mean beat happen.
    public let timing: CardiacTiming
    /// Phase at which the LV is at its end-systolic volume.
    public var endSystolicPhase: Double { timing.endSystoleMS / timing.rrMS }

    let strokeVolumeML: Double
    private let lvEDV: Double
    private let lv: LobeCurve
    private let rv: LobeCurve
    private let la: LobeCurve
    private let ra: LobeCurve
    private let twist: LobeCurve
    private let rightDescent: LobeCurve

    /// The curves of a patient.
    public init(parameters: PatientParameters) {
        let timing = CardiacTiming(parameters)
        let stroke = parameters.lv.edvML * parameters.lv.ejectionFraction
        let share = timing.aWaveMS > 0 ? parameters.rhythm.atrialFillingShare : 0
        self.timing = timing
        strokeVolumeML = stroke
        lvEDV = parameters.lv.edvML

        let lvEjection = FlowLobe(
            startMS: timing.ejectionStartMS, durationMS: timing.ejectionMS, rise: 1.3, fall: 2.1)
        // The right ventricle opens 5 ms earlier, closes 10 ms later and peaks lower.
        let rvEjection = FlowLobe(
            startMS: timing.ejectionStartMS - 5, durationMS: timing.ejectionMS + 15, rise: 1.3, fall: 1.7)
        let eWave = FlowLobe(startMS: timing.mitralOpeningMS, durationMS: timing.eWaveMS, rise: 1.7, fall: 2.6)
        let aWave = FlowLobe(startMS: timing.rrMS - 150, durationMS: 150, rise: 2, fall: 2)
        let slowFilling = FlowLobe(
            startMS: timing.mitralOpeningMS, durationMS: timing.rrMS - timing.mitralOpeningMS, rise: 2, fall: 2)
        let slowReservoir = FlowLobe(startMS: 0, durationMS: timing.mitralOpeningMS, rise: 2, fall: 2)

        func ventricle(_ edv: Double, _ ejection: FlowLobe) -> LobeCurve {
            LobeCurve(
                start: edv,
                [
                    (-stroke, ejection), (0.93 * (1 - share) * stroke, eWave),
                    (0.07 * (1 - share) * stroke, slowFilling), (share * stroke, aWave),
                ])
        }
        func atrium(_ atrium: PatientParameters.Atrium, _ ejection: FlowLobe) -> LobeCurve {
            let reservoir = atrium.maxML * atrium.emptyingFraction
            // The booster takes 0.45 of the emptying where the A wave fills 0.30; it cannot give more than that wave.
            let booster = min(min(1.5 * share, 0.6) * reservoir, 0.9 * share * stroke)
            return LobeCurve(
                start: atrium.maxML - reservoir,
                [
                    (0.8 * reservoir, ejection), (0.2 * reservoir, slowReservoir), (booster - reservoir, eWave),
                    (-booster, aWave),
                ])
        }
        lv = ventricle(parameters.lv.edvML, lvEjection)
        rv = ventricle(parameters.rv.edvML, rvEjection)
        la = atrium(parameters.la, lvEjection)
        ra = atrium(parameters.ra, rvEjection)

        let relaxation = timing.isovolumicRelaxationMS
        twist = LobeCurve(
            start: 0,
            [
                (1, FlowLobe(startMS: 0, durationMS: timing.endSystoleMS, rise: 1.2, fall: 1.2)),
                (-1, FlowLobe(startMS: timing.endSystoleMS, durationMS: 2 * relaxation, rise: 2, fall: 2)),
            ])
        let lateReturn = share > 0 ? 1.0 / 3 : 0
        rightDescent = LobeCurve(start: 0, [(1, rvEjection), (lateReturn - 1, eWave), (-lateReturn, aWave)])
    }

    /// Volumes at a phase.
    public func volumes(at phase: Double) -> ChamberVolumes {
        let time = milliseconds(phase)
        return ChamberVolumes(
            lvML: lv.value(atMS: time), rvML: rv.value(atMS: time), laML: la.value(atMS: time),
            raML: ra.value(atMS: time))
    }

    /// Volumes at a time after the R wave in a steady rhythm of another RR: systole as it was, diastasis stretched.
    public func volumes(atMS time: Double, rrMS: Double) -> ChamberVolumes {
        volumes(at: timing.phase(atMS: time, rrMS: rrMS))
    }

    /// Rates of change of the volumes at a phase, mL/s.
    public func flows(at phase: Double) -> ChamberVolumes {
        let time = milliseconds(phase)
        return ChamberVolumes(
            lvML: 1000 * lv.rate(atMS: time), rvML: 1000 * rv.rate(atMS: time), laML: 1000 * la.rate(atMS: time),
            raML: 1000 * ra.rate(atMS: time))
    }

    /// Share of the LV stroke volume that is out: 0 at end-diastole, 1 at end-systole.
    ///
    /// Drives longitudinal shortening.
    public func ejectionFractionDone(at phase: Double) -> Double {
        (lvEDV - lv.value(atMS: milliseconds(phase))) / strokeVolumeML
    }

    /// Torsion relative to its peak: 0 at end-diastole, 1 at end-systole, half released when the mitral valve opens,
    /// gone one isovolumic relaxation later.
    public func torsion(at phase: Double) -> Double { twist.value(atMS: milliseconds(phase)) }

    /// Descent of the right AV plane relative to its peak; the last third of the return is the right atrium's work.
    ///
    /// Without atrial contraction the whole return is early.
    public func rightLongitudinal(at phase: Double) -> Double { rightDescent.value(atMS: milliseconds(phase)) }

    private func milliseconds(_ phase: Double) -> Double { (phase - phase.rounded(.down)) * timing.rrMS }
}
