/// What the heart does at a moment: how far the beat is, how strong it is, and what the beat before left unfinished.
///
/// Nothing else moves the heart, so equal states are the same moment.
public struct BeatState: Sendable, Hashable {
    /// Phase of the mean beat that is reached, 0..<1.
    public var phase: Double
    /// Stroke volume relative to the mean beat.
    public var strokeFactor: Double
    /// What the beat before left unfinished.
    public var carriedOver: CarriedOver

    /// A moment of the mean beat, or of one of another strength and history.
    public init(phase: Double, strokeFactor: Double = 1, carriedOver: CarriedOver = .nothing) {
        self.phase = phase
        self.strokeFactor = strokeFactor
        self.carriedOver = carriedOver
    }

    /// Whether this is a moment of the mean beat.
    var isMean: Bool { strokeFactor == 1 && carriedOver == .nothing }
}

/// What a beat that was cut off left unfinished: its last values less those of the mean beat at the R wave.
public struct CarriedOver: Sendable, Hashable {
    /// Volumes in mL.
    public var volumes: ChamberVolumes
    /// Torsion of the LV relative to its peak.
    public var torsion: Double
    /// Descent of the right AV plane relative to its peak.
    public var rightLongitudinal: Double

    /// What a whole beat leaves.
    public static let nothing = CarriedOver(volumes: ChamberVolumes(), torsion: 0, rightLongitudinal: 0)
}

extension ChamberCurves {
    /// Volumes in a beat of any strength and history: continuous from beat to beat.
    ///
    /// A beat scales the mean beat's excursion by its stroke factor. What the beat before left unfinished stays in the
    /// ventricles until they fill again, and goes from the atria while they fill.
    public func volumes(of state: BeatState) -> ChamberVolumes {
        let now = volumes(at: state.phase)
        guard !state.isMean else { return now }
        let rest = volumes(at: 0)
        let share = carriedShares(at: state.phase)
        func value(_ chamber: KeyPath<ChamberVolumes, Double>, _ carriedShare: Double) -> Double {
            rest[keyPath: chamber] + state.strokeFactor * (now[keyPath: chamber] - rest[keyPath: chamber])
                + state.carriedOver.volumes[keyPath: chamber] * carriedShare
        }
        return ChamberVolumes(
            lvML: value(\.lvML, share.untilFilled), rvML: value(\.rvML, share.untilFilled),
            laML: value(\.laML, share.untilEjected), raML: value(\.raML, share.untilEjected))
    }

    /// Torsion relative to the mean beat's peak; what is left of the beat before goes while the ventricles eject.
    func torsion(of state: BeatState) -> Double {
        let now = torsion(at: state.phase)
        guard !state.isMean else { return now }
        return state.strokeFactor * now + state.carriedOver.torsion * carriedShares(at: state.phase).untilEjected
    }

    /// Descent of the right AV plane relative to the mean beat's peak; it stays down until the ventricles fill again.
    func rightLongitudinal(of state: BeatState) -> Double {
        let now = rightLongitudinal(at: state.phase)
        guard !state.isMean else { return now }
        return state.strokeFactor * now
            + state.carriedOver.rightLongitudinal * carriedShares(at: state.phase).untilFilled
    }

    /// What a beat cut off at a state leaves to the next.
    func leftOver(at state: BeatState) -> CarriedOver {
        let (end, rest) = (volumes(of: state), volumes(at: 0))
        return CarriedOver(
            volumes: ChamberVolumes(
                lvML: end.lvML - rest.lvML, rvML: end.rvML - rest.rvML, laML: end.laML - rest.laML,
                raML: end.raML - rest.raML),
            torsion: torsion(of: state), rightLongitudinal: rightLongitudinal(of: state))
    }

    /// Shares of what was carried over that are still there: of what waits for filling, and of what ejection ends.
    private func carriedShares(at phase: Double) -> (untilFilled: Double, untilEjected: Double) {
        let done = ejectionFractionDone(at: phase)
        return phase < endSystolicPhase ? (1, 1 - done) : (done, 0)
    }
}
