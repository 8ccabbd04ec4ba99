import Core

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

    init() {}

    init(_ layout: HeartLayout, _ parameters: PatientParameters) {
        lvFrame = layout.frame
        apex = layout.place([0, 0, layout.apexZ])
        mitralValve = layout.place(layout.mitralValve)
        tricuspidValve = layout.place(layout.tricuspidValve)
        aorticValve = layout.place(layout.aorticValve)
        pulmonaryValve = layout.place(layout.pulmonaryValve)
        laCenter = layout.place(layout.laCenter)
        raCenter = layout.place(layout.raCenter)
        rvFreeWall = layout.place([layout.rvCenter.x + layout.rvHalfAxes.x, layout.rvCenter.y, layout.rvCenter.z])
        func around(_ center: Vector3, _ half: Vector3) -> Bounds {
            // The box of a rotated ellipsoid, not that of its box.
            let f = layout.frame
            let reach = Vector3(
                length([f.x.x * half.x, f.y.x * half.y, f.z.x * half.z]),
                length([f.x.y * half.x, f.y.y * half.y, f.z.y * half.z]),
                length([f.x.z * half.x, f.y.z * half.y, f.z.z * half.z]))
            return Bounds(low: f(center) - reach, high: f(center) + reach)
        }
        let box = around([0, 0, 0], [layout.epiRadius, layout.epiRadius, layout.apexZ])
            .union(around(layout.rvCenter, layout.rvHalfAxes + parameters.rv.wallMM))
            .union(around(layout.laCenter, layout.laHalfAxes + 10)).union(
                around(layout.raCenter, layout.raHalfAxes + 8)
            )
            .union(around(layout.pulmonaryValve, [14, 14, 14]))
        heartBox = (box.low, box.high)
    }
}
