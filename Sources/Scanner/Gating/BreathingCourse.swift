import Core
import Phantom

/// How the diaphragm moves while a slice is scanned.
struct BreathingCourse: Sendable {
    private let lagMS: Double
    private let middleMS: Double
    private let riseMMPerMS: Double
    private let curve: RespirationCurve?
    private let breathesFromMS: Double

    /// Draws the course.
    ///
    /// A breath-hold is at its rest position half way through the scan, where `SliceMotion` puts it, and rises by its
    /// drift; once it fails, breaths come on top.
    init(
        _ settings: GatingSettings, respiration: PatientParameters.Respiration, scanMS: ClosedRange<Double>,
        random: inout Philox
    ) {
        var respiration = respiration
        respiration.diaphragmMM = settings.tidalMM ?? respiration.diaphragmMM
        lagMS = 1000 * respiration.lagS
        middleMS = (scanMS.lowerBound + scanMS.upperBound) / 2
        let failing = random.uniform()
        let failureMS = scanMS.lowerBound + random.uniform() * (scanMS.upperBound - scanMS.lowerBound)
        switch settings.breathing {
        case .none:
            (riseMMPerMS, curve, breathesFromMS) = (0, nil, .infinity)
        case .free:
            riseMMPerMS = 0
            curve = RespirationCurve(parameters: respiration, durationMS: scanMS.upperBound, random: &random)
            breathesFromMS = -.infinity
        case .breathHold:
            riseMMPerMS = (settings.driftMMPerS ?? respiration.breathHoldDriftMMPerS) / 1000
            let fails = failing < settings.breathHoldFailure
            curve =
                fails
                ? RespirationCurve(
                    parameters: respiration, durationMS: scanMS.upperBound, firstBreathMS: failureMS, random: &random)
                : nil
            breathesFromMS = fails ? failureMS : .infinity
        }
    }

    /// Where breathing has moved the body at a time.
    func position(atMS time: Double) -> BreathingPosition {
        BreathingPosition(diaphragmMM: diaphragmMM(atMS: time), laggedMM: diaphragmMM(atMS: time - lagMS))
    }

    private func diaphragmMM(atMS time: Double) -> Double {
        let held = -riseMMPerMS * (time - middleMS)
        guard let curve, time > breathesFromMS else { return held }
        // A failed hold goes on from where it was; free breathing has no such place.
        let start = breathesFromMS.isFinite ? curve.diaphragmMM(atMS: breathesFromMS) : 0
        return held + curve.diaphragmMM(atMS: time) - start
    }
}
