import Core

/// A digital patient: a function from position, cardiac time and breathing to tissue.
///
/// It has no voxels.
/// - Convention: material points are named by their position at end-diastole and end-expiration, patient frame, mm.
public struct Patient: Sendable {
    /// The values it was built from.
    public let parameters: PatientParameters
    /// Volumes and activations over a beat.
    public let curves: ChamberCurves
    /// Points and axes of the heart at end-diastole, in the patient frame, by which planes are planned.
    public let landmarks: Landmarks
    /// Volumes, mass and timing of the continuous patient.
    public let measures: Measures
    let anatomy: Anatomy
    let dynamics: HeartDynamics

    /// Builds the patient.
    ///
    /// - Cost: about 0.5 s, most of it for sizing RV and atria; less on several threads, with the same result.
    /// - Throws: `CineError` when the values do not make a heart (with the value and its limits).
    public init(_ parameters: PatientParameters, threads: Int = 1) throws {
        self.parameters = parameters
        curves = ChamberCurves(parameters: parameters)
        anatomy = try Anatomy.sized(for: parameters, atED: curves.volumes(at: 0), threads: threads)
        dynamics = HeartDynamics(parameters: parameters, curves: curves, anatomy: anatomy)
        landmarks = Landmarks(anatomy.layout, parameters)
        measures = Measures(parameters, curves, anatomy)
    }

    /// The patient at one cardiac phase (0 at the R wave, 1 at the next) and breathing position.
    ///
    /// - Cost: about 5 ms, for the volumes of RV and atria; less on several threads, with the same result.
    public func moment(
        phase: Double, breathing: BreathingPosition = .endExpiration, threads: Int = 1
    ) throws -> Moment {
        try moment(BeatState(phase: phase), breathing: breathing, threads: threads)
    }

    /// The patient at a moment of any beat, ectopic and fibrillating ones too.
    ///
    /// A moment of the mean beat is the same as that of its phase, to the last bit.
    /// - Cost: as for a phase.
    /// - Throws: `CineError` when a chamber cannot take the volume that the beat asks for.
    public func moment(
        _ state: BeatState, breathing: BreathingPosition = .endExpiration, threads: Int = 1
    ) throws -> Moment {
        Moment(
            phase: state.phase, volumes: curves.volumes(of: state),
            motion: try dynamics.motion(state, breathing: breathing, threads: threads))
    }

    /// The patient at a time of a series of beats.
    public func moment(
        in beats: BeatSequence, atMS time: Double, breathing: BreathingPosition = .endExpiration, threads: Int = 1
    ) throws -> Moment {
        try moment(beats.state(at: beats.position(atMS: time)), breathing: breathing, threads: threads)
    }
}

/// Where breathing has moved the body.
public struct BreathingPosition: Sendable, Hashable {
    /// Diaphragm below its end-expiratory position, mm.
    public var diaphragmMM: Double
    /// The same with the lag of the front-back motion, mm.
    public var laggedMM: Double

    /// Makes a position.
    public init(diaphragmMM: Double, laggedMM: Double) {
        self.diaphragmMM = diaphragmMM
        self.laggedMM = laggedMM
    }

    /// The rest position, in which scans are planned.
    public static let endExpiration = BreathingPosition(diaphragmMM: 0, laggedMM: 0)
}

/// The patient frozen at one time: the map from end-diastole and its inverse.
public struct Moment: Sendable {
    /// Cardiac phase, 0 at the R wave, 1 at the next.
    public let phase: Double
    /// Volumes of the four chambers.
    public let volumes: ChamberVolumes
    let motion: HeartMotion

    /// Where the material point at `point` at end-diastole is now, mm.
    public func forward(_ point: Vector3) -> Vector3 { motion.forward(Point(point)).vector }

    /// Where the material now at `point` was at end-diastole, mm.
    ///
    /// - Error: 1e-9 mm against `forward`; 1e-3 mm in the single precision of the samplers.
    public func inverse(_ point: Vector3) -> Vector3 { motion.inverse(Point(point)).vector }

    /// Deformation gradient ∂forward/∂point: its columns are what becomes of the axes; exact.
    public func gradient(_ point: Vector3) -> Affine {
        let f = motion.forward(Point<Dual>(variable: point))
        return Affine(
            x: [f.x.gradient.x, f.y.gradient.x, f.z.gradient.x], y: [f.x.gradient.y, f.y.gradient.y, f.z.gradient.y],
            z: [f.x.gradient.z, f.y.gradient.z, f.z.gradient.z])
    }
}

/// Volumes of the four chambers in mL.
public struct ChamberVolumes: Sendable, Hashable {
    /// Left ventricle.
    public var lvML = 0.0
    /// Right ventricle.
    public var rvML = 0.0
    /// Left atrium.
    public var laML = 0.0
    /// Right atrium.
    public var raML = 0.0
}
