import Core
import Foundation

/// Where the parts of the heart lie at end-diastole, in the LV frame (x to the septum, y inferior, z to the apex).
///
/// It says how large they are, too. The motion and the anatomy are both built from it.
struct HeartLayout: Sendable {
    /// The left ventricle.
    let lv: VentricleShape
    /// LV frame → patient frame.
    let frame: Affine
    /// z of the endocardial rim of the base.
    let baseZ: Double
    /// Radius of the endocardial rim of the base.
    let baseRadius: Double
    /// Largest epicardial radius.
    let epiRadius: Double
    /// z of the epicardial apex.
    let apexZ: Double
    /// Length scale relative to the mean heart.
    let scale: Double
    /// x of the outermost epicardium on the side of the septum.
    let septumX: Double
    /// The inner wall of the chest around the heart.
    let chestWall: EllipticCylinder
    /// Ellipsoid of the RV's endocardium.
    var rvCenter: Vector3
    var rvHalfAxes: Vector3
    /// Plane of the tricuspid valve: nothing of the RV above it but the outflow tract.
    let tricuspidZ: Double
    let mitralValve: Vector3
    let aorticValve: Vector3
    var tricuspidValve: Vector3
    /// Radius of the tricuspid orifice.
    var tricuspidRadius: Double
    let pulmonaryValve: Vector3
    var laCenter: Vector3
    var laHalfAxes: Vector3
    var raCenter: Vector3
    var raHalfAxes: Vector3
    /// Where the outflow tract leaves the RV's body.
    let conus: Vector3
    /// Radius of the outflow tract there.
    var conusRadius: Double { 16 * scale }

    /// Lays out a heart around its left ventricle; the other chambers still have to be sized.
    init(lv: VentricleShape, chest: PatientParameters.Chest) {
        self.lv = lv
        frame = HeartLayout.frame(chest)
        let d = lv.focalMM
        let sinh = (lv.endo * (2 + lv.endo)).squareRoot()
        baseZ = d * (1 + lv.endo) * VentricleShape.base
        baseRadius = d * sinh * (1 - VentricleShape.base * VentricleShape.base).squareRoot()
        let apexHeight = lv.epi(q: 1.0, s: 0.0, cosine: 1, sine: 0)
        apexZ = d * (1 + apexHeight)
        epiRadius = HeartLayout.largestRadius(lv)
        let scale = (d * sinh / 26.6 + d * (1 + lv.endo) / 59.4) / 2
        self.scale = scale
        tricuspidZ = baseZ - 4 * scale
        let baseZ = baseZ
        let baseRadius = baseRadius
        mitralValve = [-0.30 * baseRadius, 0.18 * baseRadius, baseZ + 1]
        aorticValve = [0.42 * baseRadius, -0.36 * baseRadius, baseZ + 1]
        let septum = HeartLayout.epicardium(lv).reduce(0) { max($0, $1.x) }
        septumX = septum
        chestWall = EllipticCylinder(
            halfWidth: chest.halfWidthMM - chest.wallMM, halfDepth: chest.halfDepthMM - chest.wallMM, toPatient: frame)
        tricuspidValve = [septum + 16 * scale, 6 * scale, tricuspidZ]
        tricuspidRadius = 15 * scale
        conus = [septum + 6 * scale, -28 * scale, baseZ + 14 * scale]
        pulmonaryValve = [epiRadius * 0.62, -epiRadius - 10 * scale, baseZ - 10 * scale]
        // About the septum: so its outline meets the LV's some 70° to either side.
        rvCenter = [septum, 0, baseZ + 18 * scale]
        rvHalfAxes = [36 * scale, 43 * scale, 66 * scale]
        laCenter = [mitralValve.x - 1 * scale, mitralValve.y + 4 * scale, baseZ - 27 * scale]
        laHalfAxes = [23 * scale, 21 * scale, 24 * scale]
        raCenter = [tricuspidValve.x - 1 * scale, tricuspidValve.y + 4 * scale, tricuspidZ - 22 * scale]
        raHalfAxes = [23 * scale, 24 * scale, 27 * scale]
    }

    /// The LV frame in the body: apex to the left, front and feet.
    private static func frame(_ chest: PatientParameters.Chest) -> Affine {
        let azimuth = chest.axisAzimuthDeg * .pi / 180
        let elevation = chest.axisElevationDeg * .pi / 180
        let roll = chest.axisRollDeg * .pi / 180
        let z = Vector3(-cos(elevation) * sin(azimuth), cos(elevation) * cos(azimuth), -sin(elevation))
        let level = normalize(cross([0, 0, 1], z)) * -1
        let down = cross(z, level)
        let x = level * cos(roll) + down * sin(roll)
        return Affine(x: x, y: cross(z, x), z: z, translation: [-42, 6, 0])
    }

    /// Largest epicardial radius.
    private static func largestRadius(_ lv: VentricleShape) -> Double {
        epicardium(lv).reduce(0) { max($0, ($1.x * $1.x + $1.y * $1.y).squareRoot()) }
    }

    /// Points all over the epicardium, LV frame.
    private static func epicardium(_ lv: VentricleShape) -> [Vector3] {
        (0...40).flatMap { i -> [Vector3] in
            let q = VentricleShape.base + (1 - VentricleShape.base) * Double(i) / 40
            return (0..<36).map { lv.epicardium(q: q, degrees: Double($0) * 10) }
        }
    }

    /// The circular sections that hold the epicardium, shrinking to nothing at a length along the axis.
    ///
    /// - Reference: smallest enclosing circle by steps towards the farthest point, Bădoiu & Clarkson 2003.
    private func septalBody(length: Double) -> FreeWallMap.Circle {
        // What each point asks of the section at the equator.
        let points = HeartLayout.epicardium(lv).map { p in
            let shrink = (1 - p.z * p.z / (length * length)).squareRoot()
            return SIMD2(p.x / shrink, p.y / shrink)
        }
        func distance(_ p: SIMD2<Double>, _ center: SIMD2<Double>) -> Double {
            ((p - center) * (p - center)).sum().squareRoot()
        }
        var center = SIMD2<Double>.zero
        for step in 1...200 {
            let farthest = points.max { distance($0, center) < distance($1, center) } ?? center
            center += (farthest - center) / Double(step + 1)
        }
        let radius = points.reduce(0) { max($0, distance($1, center)) }
        return FreeWallMap.Circle(x: center.x, y: center.y, radius: radius + 0.3)
    }

    /// A point of the LV frame in the patient frame.
    func place(_ p: Vector3) -> Vector3 { frame(p) }

    /// A point on the LV's endocardium, by angle in degrees and cosμ, moved inwards by a factor.
    func endocardium(degrees: Double, q: Double, inwards factor: Double) -> Vector3 {
        lv.point(h: lv.endo, q: q, degrees: degrees) * Vector3(factor, factor, 1)
    }

    /// The columns that shorten along the axis.
    private var columns: Columns {
        Columns(
            roof: min(laCenter.z - laHalfAxes.z, raCenter.z - raHalfAxes.z) - 14 * scale, basal: baseZ - 7,
            apical: apexZ + 2, floor: apexZ + 24)
    }

    /// The longitudinal motion.
    var longitudinalFrame: LongitudinalMap.Frame {
        LongitudinalMap.Frame(
            columns: columns, core: epiRadius + 1.5, rightReach: rvCenter.x + rvHalfAxes.x * 0.75)
    }

    /// The side of the tricuspid valve.
    var rightDescentFrame: RightDescentMap.Frame {
        RightDescentMap.Frame(
            columns: columns, septal: epiRadius + 1, lateral: tricuspidAnnulus.x, middle: tricuspidValve.y,
            halfWidth: 20 * scale)
    }

    /// The lateral tricuspid annulus: where the RV's ellipsoid meets the plane of the valve.
    var tricuspidAnnulus: Vector3 {
        let up = (tricuspidZ - rvCenter.z) / rvHalfAxes.z
        let lateral = rvCenter.x + rvHalfAxes.x * max(0, 1 - up * up).squareRoot()
        return [lateral, tricuspidValve.y, tricuspidZ]
    }

    /// The rays of the RV's bellows.
    var freeWallFrame: FreeWallMap.Frame {
        let length = apexZ + 6
        return FreeWallMap.Frame(
            septum: septalBody(length: length), septumLength: length, center: rvCenter, halfAxes: rvHalfAxes,
            // It crosses the sections at an angle.
            conus: conus, pulmonaryValve: pulmonaryValve, conusRadius: 1.25 * conusRadius, basal: tricuspidZ,
            apical: rvCenter.z + rvHalfAxes.z, chestWall: chestWall)
    }

    /// The surroundings of the left atrium.
    var leftAtrialFrame: AtrialMap.Frame { atrialFrame(laCenter, laHalfAxes) }

    /// The surroundings of the right atrium.
    var rightAtrialFrame: AtrialMap.Frame { atrialFrame(raCenter, raHalfAxes) }

    private func atrialFrame(_ center: Vector3, _ half: Vector3) -> AtrialMap.Frame {
        let radius = max(half.x, half.y) + 2
        return AtrialMap.Frame(
            axisX: center.x, axisY: center.y, radius: radius, rim: radius + 30, roof: center.z - half.z - 20,
            basal: baseZ - 5)
    }
}
