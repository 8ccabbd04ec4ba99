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
    init() {}

    init(_ parameters: PatientParameters, _ curves: ChamberCurves, _ anatomy: Anatomy) {
        let start = curves.volumes(at: 0)
        let end = curves.volumes(at: curves.endSystolicPhase)
        let stroke = start.lvML - end.lvML
        lvEDVML = start.lvML
        lvESVML = end.lvML
        lvMassG = anatomy.layout.lv.wallVolumeMM3 / 1000 * VentricleShape.density
        rvEDVML = start.rvML
        rvESVML = start.rvML - stroke
        laMaxML = parameters.la.maxML
        laMinML = parameters.la.maxML * (1 - parameters.la.emptyingFraction)
        raMaxML = parameters.ra.maxML
        raMinML = parameters.ra.maxML * (1 - parameters.ra.emptyingFraction)
        heartRateBPM = parameters.rhythm.heartRateBPM
        endSystolicPhase = curves.endSystolicPhase
    }

    /// LV ejection fraction.
    public var lvEF: Double { 1 - lvESVML / lvEDVML }
    /// RV ejection fraction.
    public var rvEF: Double { 1 - rvESVML / rvEDVML }
}
