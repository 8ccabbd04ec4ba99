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
    /// How much more than usual the right side descends, where its free wall alone could not empty it.
    private var rightGain = 1.0
    private let rv: ChamberSamples
    private let la: ChamberSamples
    private let ra: ChamberSamples
    /// cosμ, d³·2π·weight and mean contraction along the LV's rays.
    private let rays: [(q: Double, weight: Double, share: Double)]

    init(parameters: PatientParameters, curves: ChamberCurves, anatomy: Anatomy) {
        self.parameters = parameters
        self.curves = curves
        layout = anatomy.layout
        contraction = RegionalField(segments: parameters.lv.contraction)
        rv = ChamberSamples(anatomy: anatomy, label: .rvCavity, spacingMM: 2)
        la = ChamberSamples(anatomy: anatomy, label: .laCavity, spacingMM: 1.5)
        ra = ChamberSamples(anatomy: anatomy, label: .raCavity, spacingMM: 1.5)
        let field = contraction
        let d3 = layout.lv.focalMM * layout.lv.focalMM * layout.lv.focalMM / 1000
        rays = Quadrature.segments.map { q, weight in (q, 2 * .pi * d3 * weight, field.mean(q: q)) }
        for gain in [1, 1.15, 1.3, 1.5, 1.7, 2.0] {
            rightGain = gain
            if let moved = try? motion(phase: curves.endSystolicPhase, breathing: .endExpiration),
                moved.freeWall.squeeze < 0.8
            {
                break
            }
        }
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

    /// Descent of the LV's base by the longitudinal map at end-systole, mm.
    var leftDescentMM: Double {
        let frame = layout.longitudinalFrame
        return parameters.lv.longitudinalShortening * (frame.apical - frame.basal) / (1 - frame.apexShare)
    }

    /// Descent of the lateral tricuspid annulus at end-systole, mm: relative to the LV's, whose radial map adds a third.
    var rightDescentMM: Double { rightGain * parameters.rv.longitudinalGain * leftDescentMM * 1.33 }

    /// The motion at a cardiac phase.
    ///
    /// - Throws: `CineError` when a chamber cannot take its volume.
    func motion(phase: Double, breathing: BreathingPosition) throws -> HeartMotion {
        let volumes = curves.volumes(at: phase)
        let done = curves.ejectionFractionDone(at: phase)
        let rest = layout.lv.endo
        let endo: Double
        if abs(volumes.lvML - parameters.lv.edvML) < 1e-9 * parameters.lv.edvML {
            endo = rest
        } else {
            endo = try solve("LV", volumes.lvML, between: rest * 0.01, and: rest * 1.2) { lvVolumeML(endo: $0) }
        }
        let twist = curves.torsion(at: phase) * .pi / 180
        var motion = HeartMotion(
            frame: layout.frame, toFrame: layout.frame.inverse,
            leftAtrium: AtrialMap(frame: layout.leftAtrialFrame, widening: 0),
            rightAtrium: AtrialMap(frame: layout.rightAtrialFrame, widening: 0),
            freeWall: FreeWallMap(
                frame: layout.freeWallFrame, squeeze: 0, bulge: parameters.rv.dyskinesiaMM * done),
            ventricle: VentricleMap(
                shape: layout.lv, endoNow: endo, contraction: contraction,
                apexTwist: parameters.lv.apexRotationDeg * twist, baseTwist: parameters.lv.baseRotationDeg * twist),
            longitudinal: LongitudinalMap(
                frame: layout.longitudinalFrame, leftDescent: leftDescentMM * done,
                rightDescent: rightDescentMM * curves.rightLongitudinal(at: phase)),
            respiration: respiration(breathing))
        // The maps reach a little into one another's chambers: the third round changes volumes by less than 1e-4.
        for _ in 0..<3 {
            motion.leftAtrium = try fill("LA", la, volumes.laML, motion, \.leftAtrium)
            motion.rightAtrium = try fill("RA", ra, volumes.raML, motion, \.rightAtrium)
            motion.freeWall = try squeeze(volumes.rvML, motion)
        }
        return motion
    }

    private func squeeze(_ volumeML: Double, _ motion: HeartMotion) throws -> FreeWallMap {
        func map(_ squeeze: Double) -> FreeWallMap {
            FreeWallMap(frame: motion.freeWall.frame, squeeze: squeeze, bulge: motion.freeWall.bulge)
        }
        let share = try solve("RV", volumeML, between: 0.92, and: -0.25) {
            var trial = motion
            trial.freeWall = map($0)
            return rv.volumeML(after: trial)
        }
        return map(share)
    }

    private func fill(
        _ name: String, _ samples: ChamberSamples, _ volumeML: Double, _ motion: HeartMotion,
        _ path: WritableKeyPath<HeartMotion, AtrialMap>
    ) throws -> AtrialMap {
        let frame = motion[keyPath: path].frame
        let widening = try solve(name, volumeML, between: -0.6 * frame.radius, and: 0.85 * (frame.rim - frame.radius)) {
            var trial = motion
            trial[keyPath: path] = AtrialMap(frame: frame, widening: $0)
            return samples.volumeML(after: trial)
        }
        return AtrialMap(frame: frame, widening: widening)
    }

    private func solve(
        _ name: String, _ targetML: Double, between low: Double, and high: Double, _ volumeML: (Double) -> Double
    ) throws -> Double {
        if let root = Solver.root(of: { volumeML($0) - targetML }, between: low, and: high, tolerance: 1e-5) {
            return root
        }
        throw CineError(
            .badData,
            "the \(name) cannot reach \(targetML) mL: its walls allow \(volumeML(low))…\(volumeML(high)) mL;"
                + " choose volumes and shortening nearer to normal")
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
