import Core

/// A solid as a signed distance in mm (negative inside), in the patient frame at end-diastole.
///
/// - Error: capsules and planes are exact; the others are right to first order at their surface, which is what
///   partial volumes need; `range` bounds them elsewhere.
indirect enum Primitive: Sendable, Equatable {
    /// Half axes along the columns of a rotation.
    case ellipsoid(center: Vector3, axes: Affine, halfAxes: Vector3)
    /// The part of an ellipsoid against a normal.
    case cutEllipsoid(center: Vector3, axes: Affine, halfAxes: Vector3, point: Vector3, normal: Vector3)
    /// A cone with rounded ends.
    case capsule(from: Vector3, to: Vector3, radius: Double, endRadius: Double)
    /// The points against the normal.
    case halfSpace(point: Vector3, normal: Vector3)
    /// A flat disc.
    case disc(center: Vector3, normal: Vector3, radius: Double, halfThickness: Double)
    /// An upright elliptic cylinder.
    case torso(center: Vector3, halfWidth: Double, halfDepth: Double)
    /// All ribs: one slanted ring per `spacing` within the torso's wall.
    case ribs(RibCage)
    /// A column of vertebral bodies along z.
    case vertebrae(center: Vector3, radius: Double, spacing: Double, disc: Double)
    /// All that lies outside two ellipsoids that melt together.
    case outsideDomes(Ellipsoid, Ellipsoid, blend: Double)
    /// A spheroid of the LV frame clipped at the base: the LV's cavity.
    case lvCavity(LVSolid)
    /// A leaf along the LV's curved base.
    case lvBase(LVSolid, halfThickness: Double)
    /// What lies within the LV's epicardium, or some mm deeper.
    case lvBody(LVSolid, inset: Double)
    /// The inner share of the wall, by region.
    case lvScar(LVSolid)
    /// Ridges on the inside of the cavity.
    case lvTrabeculae(LVSolid)

    /// An ellipsoid along the patient axes.
    struct Ellipsoid: Sendable, Equatable {
        var center: Vector3
        var halfAxes: Vector3
    }

    /// The LV where it lies; a reference, so that primitives stay small to copy.
    final class LVSolid: Sendable, Equatable {
        let shape: VentricleShape
        let toFrame: Affine
        /// Share of the wall that is scar, from the endocardium outwards.
        let scar: RegionalField
        /// Depth and pattern of the trabeculae.
        let trabeculationMM: Double
        let ridges: Texture
        static func == (a: LVSolid, b: LVSolid) -> Bool { a === b }

        /// The coordinates of a point in which all these solids are formulated.
        @inline(__always)
        func prolate<L: Lane>(_ p: Point<L>) -> Prolate<L> { Prolate(toFrame.apply(p), focalMM: shape.focalMM) }

        /// How far the body ends beneath the base inside the cavity.
        static let baseDipMM = 2.0
        /// A bound of how far the ridges reach into the cavity.
        var deepestRidgeMM: Double { ridges.largest * trabeculationMM * 1.4 }

        init(layout: HeartLayout, lv: PatientParameters.LeftVentricle, seed: UInt64) {
            shape = layout.lv
            toFrame = layout.frame.inverse
            scar = RegionalField(segments: lv.scarTransmurality)
            trabeculationMM = lv.trabeculationMM
            ridges = Texture(seed: seed &+ 1, shortestMM: 9, longestMM: 18, count: 4)
        }
    }

    /// Rings of an elliptic torso, slanting down to the front.
    struct RibCage: Sendable, Equatable {
        var center: Vector3
        var halfWidth: Double
        var halfDepth: Double
        var spacing: Double
        var slant: Double
        var radius: Double
        var top: Double
        var bottom: Double
    }

    /// Signed distance at a point.
    @inline(__always)
    func distance<L: Lane>(_ p: Point<L>) -> L {
        switch self {
        case .ellipsoid(let center, let axes, let half): return Solid.ellipsoid(p, center, axes, half)
        case .cutEllipsoid(let center, let axes, let half, let point, let normal):
            return L.larger(Solid.ellipsoid(p, center, axes, half), Solid.plane(p, point, normal))
        case .capsule(let a, let b, let ra, let rb): return Solid.capsule(p, a, b, ra, rb)
        case .halfSpace(let point, let normal): return Solid.plane(p, point, normal)
        case .disc(let center, let normal, let radius, let half): return Solid.disc(p, center, normal, radius, half)
        case .torso(let center, let width, let depth): return Solid.torso(p, center, width, depth)
        case .ribs(let cage): return Solid.ribs(p, cage)
        case .vertebrae(let center, let radius, let spacing, let disc):
            return Solid.vertebrae(p, center, radius, spacing, disc)
        case .outsideDomes(let a, let b, let blend): return Solid.outsideDomes(p, a, b, blend)
        case .lvCavity(let lv): return Solid.cavity(lv.prolate(p), lv)
        case .lvBase(let lv, let half): return Solid.leaf(lv.prolate(p), lv, half)
        case .lvBody(let lv, let inset): return Solid.body(lv.prolate(p), lv) + L(inset)
        case .lvScar(let lv): return Solid.scar(lv.prolate(p), lv)
        case .lvTrabeculae(let lv): return Solid.trabeculae(p, lv.prolate(p), lv)
        }
    }
}
