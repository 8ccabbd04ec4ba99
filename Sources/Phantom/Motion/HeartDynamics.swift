import Core

/// Finds the motion that gives every chamber its volume at a moment.
///
/// Nothing is prescribed but the volume curves and the descent of the AV plane: the endocardium, the RV's free wall and
/// the atria's width follow from the volumes, by one-dimensional equations.
struct HeartDynamics: Sendable {
    let parameters: PatientParameters
    let curves: ChamberCurves
    let layout: HeartLayout
    private let contraction: RegionalField
    /// Its septal body takes long to find.
    private let freeWallFrame: FreeWallMap.Frame
    let walls: [MovingWall]
    /// cosμ, d³·2π·weight and mean contraction along the LV's rays.
    private let rays: [(q: Double, weight: Double, share: Double)]

    init(parameters: PatientParameters, curves: ChamberCurves, anatomy: Anatomy) {
        self.parameters = parameters
        self.curves = curves
        layout = anatomy.layout
        contraction = RegionalField(segments: parameters.lv.contraction)
        freeWallFrame = layout.freeWallFrame
        walls = MovingWall.all(of: anatomy, volumes: curves.volumes(at: 0))
        let field = contraction
        let d3 = layout.lv.focalMM * layout.lv.focalMM * layout.lv.focalMM / 1000
        rays = Quadrature.segments.map { q, weight in (q, 2 * .pi * d3 * weight, field.mean(q: q)) }
    }

    /// LV volume when the contracting endocardium is at coshλ − 1 = h.
    func lvVolumeML(endo h: Double) -> Double {
        let rest = layout.lv.endo
        return rays.reduce(0) { sum, ray in
            let s = 1 - ray.q * ray.q
            let still = Prolate<Double>.volume(h: rest, s: s)
            return sum + ray.weight * (still + ray.share * (Prolate<Double>.volume(h: h, s: s) - still))
        }
    }

    /// coshλ − 1 of the contracting endocardium at a volume.
    private func endocardium(lvML: Double) throws -> Double {
        let rest = layout.lv.endo
        if abs(lvML - parameters.lv.edvML) < 1e-9 * parameters.lv.edvML { return rest }
        let (low, high) = (rest * 0.01, rest * 1.2)
        if let root = Solver.root(of: { lvVolumeML(endo: $0) - lvML }, between: low, and: high) {
            return root
        }
        let limits = [low, high].map { Words.number(lvVolumeML(endo: $0)) }.joined(separator: "…")
        throw CineError(
            .badData,
            "the LV cannot reach \(Words.number(lvML)) mL: its walls allow \(limits) mL; choose a volume nearer to normal"
        )
    }

    /// Descent of the LV's base by the longitudinal map at end-systole, mm; the radial map adds a little.
    var leftDescentMM: Double {
        let columns = layout.longitudinalFrame.columns
        return parameters.lv.longitudinalShortening * (columns.apical - columns.basal)
    }

    /// The motion at a moment of a beat.
    ///
    /// - Throws: `CineError` when a chamber cannot take its volume.
    func motion(_ state: BeatState, breathing: BreathingPosition, threads: Int = 1) throws -> HeartMotion {
        let volumes = curves.volumes(of: state)
        // The share of the mean stroke volume that is missing now, whatever beat it went in.
        let done = (parameters.lv.edvML - volumes.lvML) / curves.strokeVolumeML
        let endo = try endocardium(lvML: volumes.lvML)
        let descent = leftDescentMM * done
        let rightDescent = parameters.rv.tapseMM * curves.rightLongitudinal(of: state) - descent
        let twist = curves.torsion(of: state) * .pi / 180
        var motion = HeartMotion(
            frame: layout.frame, toFrame: layout.frame.inverse,
            leftAtrium: AtrialMap(frame: layout.leftAtrialFrame, widening: 0),
            rightAtrium: AtrialMap(frame: layout.rightAtrialFrame, widening: 0),
            rightDescent: RightDescentMap(frame: layout.rightDescentFrame, descent: rightDescent),
            freeWall: FreeWallMap(
                frame: freeWallFrame, squeeze: 0, bulge: parameters.rv.dyskinesiaMM * done),
            ventricle: VentricleMap(
                shape: layout.lv, endoNow: endo, contraction: contraction,
                apexTwist: parameters.lv.apexRotationDeg * twist, baseTwist: parameters.lv.baseRotationDeg * twist),
            longitudinal: LongitudinalMap(frame: layout.longitudinalFrame, descent: descent),
            respiration: respiration(breathing))
        try settle(&motion, volumes, threads: threads)
        return motion
    }

    /// Moves the walls until every chamber has its volume: first by a few points of each, then by all.
    ///
    /// - Error: 1e-5 of each volume.
    private func settle(_ motion: inout HeartMotion, _ volumes: ChamberVolumes, threads: Int) throws {
        var slopes = walls.map(\.slope)
        try settle(&motion, volumes, by: \.fewSamples, within: 1e-3, &slopes, threads: 1)
        try settle(&motion, volumes, by: \.samples, within: 1e-5, &slopes, threads: threads)
    }

    /// A secant step for each wall in turn, as they reach a little into one another.
    private func settle(
        _ motion: inout HeartMotion, _ volumes: ChamberVolumes, by samples: KeyPath<MovingWall, ChamberSamples>,
        within tolerance: Double, _ slopes: inout [Double], threads: Int
    ) throws {
        var last = [(place: Double, miss: Double)?](repeating: nil, count: walls.count)
        for _ in 0..<24 {
            var isSettled = true
            for (index, wall) in walls.enumerated() {
                let place = motion[keyPath: wall.place]
                let target = volumes[keyPath: wall.volume] / wall.volumeAtED
                let miss = wall[keyPath: samples].growth(after: motion, threads: threads) - target
                if abs(miss) < tolerance * target { continue }
                isSettled = false
                if let last = last[index], abs(place - last.place) > 1e-9 {
                    let secant = (miss - last.miss) / (place - last.place)
                    // The other walls moved, too: only a slope of the right sign and size is believed.
                    if (0.2...4).contains(secant / wall.slope) { slopes[index] = secant }
                }
                last[index] = (place, miss)
                let next = min(max(place - miss / slopes[index], wall.range.lowerBound), wall.range.upperBound)
                if next == place { throw unreachable(wall, volumes, motion) }
                motion[keyPath: wall.place] = next
            }
            if isSettled { return }
        }
        throw CineError(.badData, "the volumes of RV and atria do not settle; choose volumes nearer to normal")
    }

    private func unreachable(_ wall: MovingWall, _ volumes: ChamberVolumes, _ motion: HeartMotion) -> CineError {
        let limit = wall.samples.growth(after: motion, threads: 1) * wall.volumeAtED
        let wanted = volumes[keyPath: wall.volume]
        return CineError(
            .badData,
            "the \(wall.name) cannot reach \(Words.number(wanted)) mL: its walls allow \(limit < wanted ? "at most" : "no less than")"
                + " \(Words.number(limit)) mL; choose volumes and shortening nearer to normal")
    }

    private func respiration(_ breathing: BreathingPosition) -> RespiratoryMap {
        let r = parameters.respiration
        return RespiratoryMap(
            center: layout.frame(Vector3(15, 0, -10)), halfWidth: parameters.chest.halfWidthMM,
            halfDepth: parameters.chest.halfDepthMM, diaphragm: breathing.diaphragmMM,
            descent: r.trackingFactor * breathing.diaphragmMM, anterior: r.anteriorFactor * breathing.laggedMM,
            rotation: r.rotationDeg * .pi / 180 * breathing.diaphragmMM / r.diaphragmMM)
    }
}
