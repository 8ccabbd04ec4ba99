import Core

/// A digital patient: a function from position, cardiac time and breathing to tissue. It has no voxels.
public struct Patient: Sendable {
    /// The values it was built from.
    public let parameters: PatientParameters
    /// Points and axes of the heart at end-diastole, in the patient frame, by which planes are planned.
    public let landmarks: Landmarks
    /// Volumes, mass and timing of the continuous patient.
    public let measures: Measures

    /// Builds the patient.
    ///
    /// - Throws: `CineError` when the values do not make a heart (with the value and its limits).
    public init(_ parameters: PatientParameters) throws {
        self.parameters = parameters
        landmarks = Landmarks()
        measures = Measures()
    }

    /// The patient at one cardiac phase (0 at the R wave, 1 at the next) and breathing position.
    public func moment(phase: Double, breathing: BreathingPosition = .endExpiration) throws -> Moment {
        Moment(phase: phase, volumes: ChamberVolumes())
    }

    /// Samples image and labels of a series of moments.
    ///
    /// - Shape: `image` and `label` [T, Z, Y, X], T moments; either may be nil. Labels are those of the layer at offset 0.
    public func render(
        _ request: RenderRequest, moments: [Moment], threads: Int, image: UnsafeMutableBufferPointer<Float>?,
        label: UnsafeMutableBufferPointer<UInt8>?
    ) {}

    /// Samples the displacement ED → moment at the end-diastolic positions of a grid.
    ///
    /// - Shape: [3, Z, Y, X], mm, RAS+.
    public func displacement(
        _ moment: Moment, grid: Grid, threads: Int, into field: UnsafeMutableBufferPointer<Float16>
    ) {}
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

    /// Where the material point at `point` at end-diastole is now, mm.
    public func forward(_ point: Vector3) -> Vector3 { point }

    /// Where the material now at `point` was at end-diastole, mm.
    public func inverse(_ point: Vector3) -> Vector3 { point }

    /// Deformation gradient ∂forward/∂point.
    public func gradient(_ point: Vector3) -> Affine { .identity }
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

/// Points and axes of the heart at end-diastole, mm, patient frame.
public struct Landmarks: Sendable {
    /// The LV's own frame: origin at its centre, x to the septum, z to the apex.
    public var lvFrame = Affine.identity
    /// Epicardial apex of the LV.
    public var apex = Vector3.zero
    /// Centre of the mitral valve.
    public var mitralValve = Vector3.zero
    /// Centre of the tricuspid valve.
    public var tricuspidValve = Vector3.zero
    /// Centre of the aortic valve.
    public var aorticValve = Vector3.zero
    /// Centre of the pulmonary valve.
    public var pulmonaryValve = Vector3.zero
    /// Centre of the left atrium.
    public var laCenter = Vector3.zero
    /// Centre of the right atrium.
    public var raCenter = Vector3.zero
    /// Point of the RV free wall farthest from the septum, mid-ventricular.
    public var rvFreeWall = Vector3.zero
    /// Corners of a box around heart and great vessel roots.
    public var heartBox = (low: Vector3.zero, high: Vector3.zero)
}

/// Volumes, mass and timing of the continuous patient (not from voxels).
public struct Measures: Sendable, Hashable {
    /// LV end-diastolic volume.
    public var lvEDVML = 0.0
    /// LV end-systolic volume.
    public var lvESVML = 0.0
    /// LV mass.
    public var lvMassG = 0.0
    /// RV end-diastolic volume.
    public var rvEDVML = 0.0
    /// RV end-systolic volume.
    public var rvESVML = 0.0
    /// Largest LA volume.
    public var laMaxML = 0.0
    /// Smallest LA volume.
    public var laMinML = 0.0
    /// Largest RA volume.
    public var raMaxML = 0.0
    /// Smallest RA volume.
    public var raMinML = 0.0
    /// Heart rate.
    public var heartRateBPM = 0.0
    /// Cardiac phase of end-systole, 0 to 1.
    public var endSystolicPhase = 0.0
    /// LV ejection fraction.
    public var lvEF: Double { 1 - lvESVML / lvEDVML }
    /// RV ejection fraction.
    public var rvEF: Double { 1 - rvESVML / rvEDVML }
}
