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
    /// What the volumes at its R wave differ by from the mean beat's, in mL: the beat before was cut off.
    public let carriedOver: ChamberVolumes

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

extension ChamberCurves {
    /// Volumes in a beat of any strength and history: continuous from beat to beat.
    ///
    /// A beat scales the mean beat's excursion by its stroke factor. What the beat before left unfinished stays in the
    /// ventricles until they fill again, and goes from the atria while they fill.
    public func volumes(at phase: Double, in beat: Beat) -> ChamberVolumes {
        let rest = volumes(at: 0)
        let now = volumes(at: phase)
        let done = ejectionFractionDone(at: phase)
        let isSystole = phase < endSystolicPhase
        func value(_ chamber: KeyPath<ChamberVolumes, Double>, _ carriedShare: Double) -> Double {
            rest[keyPath: chamber] + beat.strokeFactor * (now[keyPath: chamber] - rest[keyPath: chamber])
                + beat.carriedOver[keyPath: chamber] * carriedShare
        }
        let ventricles = isSystole ? 1 : done
        let atria = isSystole ? 1 - done : 0
        return ChamberVolumes(
            lvML: value(\.lvML, ventricles), rvML: value(\.rvML, ventricles), laML: value(\.laML, atria),
            raML: value(\.raML, atria))
    }
}
