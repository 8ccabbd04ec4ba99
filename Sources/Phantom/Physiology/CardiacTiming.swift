/// When the events of a beat happen, at a patient's mean heart rate and at any other RR.
///
/// - Units: ms after the R wave.
/// - Convention: time 0 is the R wave, end-diastole and mitral closure; Weissler's intervals count from the Q wave,
///   `CardiacTiming.qToRMS` earlier. A beat of another length keeps its systole, its E and its A wave; diastasis takes
///   the difference (Feinstein's model), and only when it is used up are E and A squeezed together.
/// - Reference: Weissler, Harris, Schoenfeld 1968, Circulation 37:149 (LVET, PEP by sex); E and A wave lengths and
///   isovolumic relaxation within the ranges of adults; Bonnemains 2015, PLoS One (Feinstein's model).
public struct CardiacTiming: Sendable, Hashable {
    /// From Q wave to R wave, in which the heart has not moved yet.
    public static let qToRMS = 40.0

    /// Mean length of a beat.
    public let rrMS: Double
    /// Opening of the aortic valve.
    public let ejectionStartMS: Double
    /// Length of LV ejection.
    public let ejectionMS: Double
    /// From aortic closure to mitral opening.
    public let isovolumicRelaxationMS: Double
    /// Length of early filling, the tail included.
    public let eWaveMS: Double
    /// Length of atrial contraction, which ends at the next R wave; 0 in fibrillation.
    public let aWaveMS: Double

    /// End-systole: the aortic valve closes.
    public var endSystoleMS: Double { ejectionStartMS + ejectionMS }
    /// Opening of the mitral valve.
    public var mitralOpeningMS: Double { endSystoleMS + isovolumicRelaxationMS }
    /// Electromechanical systole, from the Q wave to aortic closure.
    public var electromechanicalSystoleMS: Double { Self.qToRMS + endSystoleMS }
    /// Quiet time between E and A wave; negative when they overlap.
    public var diastasisMS: Double { rrMS - aWaveMS - mitralOpeningMS - eWaveMS }

    /// The timing at a heart rate in beats per minute, of which rates below 40 and above 150 count as these.
    public init(heartRateBPM: Double, isFemale: Bool, hasAtrialContraction: Bool = true) {
        let rate = min(max(heartRateBPM, 40), 150)
        rrMS = 60_000 / rate
        ejectionStartMS = (isFemale ? 133 : 131) - 0.4 * rate - Self.qToRMS
        ejectionMS = isFemale ? 418 - 1.6 * rate : 413 - 1.7 * rate
        isovolumicRelaxationMS = min(max(120 - 0.6 * rate, 60), 90)
        aWaveMS = hasAtrialContraction ? 150 : 0
        eWaveMS = min(260, rrMS - ejectionStartMS - ejectionMS - isovolumicRelaxationMS)
    }

    /// The timing of a patient.
    public init(_ parameters: PatientParameters) {
        self.init(
            heartRateBPM: parameters.rhythm.heartRateBPM, isFemale: parameters.body.isFemale,
            hasAtrialContraction: parameters.rhythm.kind != .fibrillation)
    }

    /// The shortest beat in which the ventricles still fill; a shorter one is cut off by the next.
    public var shortestCycleMS: Double { mitralOpeningMS + 0.6 * (early + diastasis / 3 + late) }

    /// The phase, 0..<1 of the mean beat, that a beat of another length has reached at a time after its R wave.
    public func phase(atMS time: Double, rrMS cycle: Double) -> Double {
        let filling = max(cycle, shortestCycleMS) - mitralOpeningMS
        let quiet = max(filling - early - late, diastasis / 3)
        let squeeze = min(1, filling / (early + quiet + late))
        var reference = min(time, mitralOpeningMS)
        var rest = max(0, time - mitralOpeningMS)
        // Without an A wave the last part has no length.
        for (length, nominal) in [(squeeze * early, early), (squeeze * quiet, diastasis), (squeeze * late, late)]
        where length > 0 {
            let part = min(rest, length)
            reference += nominal * part / length
            rest -= part
        }
        return min(max(reference / rrMS, 0), 1.0.nextDown)
    }

    /// Filling before, in and after the part of diastole that stretches (at least 60 ms, around the lull of the flow).
    private var stretchable: ClosedRange<Double> {
        let low = mitralOpeningMS + 0.75 * eWaveMS
        let high = rrMS - 0.9 * aWaveMS
        guard high - low < 60 else { return low...high }
        let end = min((low + high) / 2 + 30, rrMS - 1)
        return (end - 60)...end
    }

    private var early: Double { stretchable.lowerBound - mitralOpeningMS }
    private var diastasis: Double { stretchable.upperBound - stretchable.lowerBound }
    private var late: Double { rrMS - stretchable.upperBound }
}
