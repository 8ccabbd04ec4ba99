import Core
import Foundation

/// The brushes of the heart, from the pericardium inwards.
struct HeartBrushes {
    let layout: HeartLayout
    let parameters: PatientParameters
    private let solid: Primitive.LVSolid

    init(layout: HeartLayout, parameters: PatientParameters) {
        self.layout = layout
        self.parameters = parameters
        solid = Primitive.LVSolid(layout: layout, lv: parameters.lv, seed: parameters.textureSeed)
    }

    private func at(_ p: Vector3) -> Vector3 { layout.place(p) }
    private var k: Double { layout.scale }

    /// All brushes, in the order in which they cover one another.
    var all: [Brush] {
        sac + veins + descendingAorta + rightAtrium + leftAtrium + pulmonaryArtery + rightVentricle + ascendingAorta
            + grooves + valves + leftVentricle
    }

    // MARK: Shapes shared between brushes

    private func ellipsoid(_ center: Vector3, _ half: Vector3) -> Primitive {
        var axes = layout.frame
        axes.translation = .zero
        return .ellipsoid(center: at(center), axes: axes, halfAxes: half)
    }

    private func tube(_ a: Vector3, _ b: Vector3, _ ra: Double, _ rb: Double) -> Primitive {
        .capsule(from: at(a), to: at(b), radius: ra, endRadius: rb)
    }

    /// Body, cut short of the tricuspid plane by the thickness of its wall, and outflow tract, cut at the pulmonary valve.
    private var rvParts: [Primitive] {
        var axes = layout.frame
        axes.translation = .zero
        return [
            .cutEllipsoid(
                center: at(layout.rvCenter), axes: axes, halfAxes: layout.rvHalfAxes,
                point: at(layout.tricuspidValve) + tricuspidNormal * parameters.rv.wallMM, normal: tricuspidNormal * -1),
            tube(layout.conus, layout.pulmonaryValve, layout.conusRadius, 12.5 * k),
        ]
    }

    /// Across the tricuspid valve, towards the RV.
    private var tricuspidNormal: Vector3 { normalize(layout.frame.rotate([0.05, 0.2, 1])) }

    /// The closed valve.
    private var tricuspidLeaf: Primitive {
        .disc(
            center: at(layout.tricuspidValve), normal: tricuspidNormal, radius: 1.2 * layout.tricuspidRadius,
            halfThickness: 0.9)
    }

    /// The side of the RA.
    private var aboveTricuspid: Primitive { .halfSpace(point: at(layout.tricuspidValve), normal: tricuspidNormal) }

    private var belowTricuspid: Primitive { aboveTricuspid.flipped }

    private var rvClips: [Primitive] {
        let along = normalize(layout.pulmonaryValve - layout.conus)
        return [.halfSpace(point: at(layout.pulmonaryValve), normal: layout.frame.rotate(along))]
    }

    /// The column of the LV, up through the aortic root and the left atrium.
    private var rvHoles: [Primitive] {
        let radius = layout.epiRadius - 1
        return [tube([0, 0, layout.baseZ + 30], [0, 0, layout.baseZ - 60], radius, radius)]
    }

    // MARK: Brushes

    private var sac: [Brush] {
        let lv = ellipsoid([0, 0, 2], Vector3(layout.epiRadius, layout.epiRadius, layout.apexZ))
        let parts = [
            lv, ellipsoid(layout.rvCenter, layout.rvHalfAxes), ellipsoid(layout.laCenter, layout.laHalfAxes),
            ellipsoid(layout.raCenter, layout.raHalfAxes), rvParts[1],
        ]
        let fat = parameters.chest.epicardialFatMM
        return [
            Brush(tissue: .valve, label: .otherHeart, parts: parts, growth: 3.5 + fat + 1.3, blend: 24),
            Brush(tissue: .fat, label: .otherHeart, parts: parts, growth: 3.5 + fat, blend: 24),
        ]
    }

    private var veins: [Brush] {
        let ra = at(layout.raCenter)
        let superior: [Primitive] = [
            .capsule(from: ra + [0, -6, 8], to: ra + [6, -10, 44], radius: 10, endRadius: 9.5),
            .capsule(from: ra + [6, -10, 44], to: ra + [12, -4, 105], radius: 9.5, endRadius: 9),
        ]
        let inferior: [Primitive] = [
            .capsule(from: ra + [2, -6, -8], to: ra + [6, -18, -48], radius: 11.5, endRadius: 12),
            .capsule(from: ra + [6, -18, -48], to: ra + [2, -34, -170], radius: 12, endRadius: 12),
        ]
        return [
            Brush(tissue: .valve, label: .otherHeart, parts: superior + inferior, growth: 1.2, blend: 4),
            Brush(tissue: .venousBlood, label: .venaCava, parts: superior + inferior, blend: 4),
        ]
    }

    private var rightAtrium: [Brush] {
        let k = layout.raHalfAxes.x / 23
        let body = [
            ellipsoid(layout.raCenter, layout.raHalfAxes),
            tube(layout.raCenter, layout.tricuspidValve, 16 * k, min(16.5 * k, 1.13 * layout.tricuspidRadius)),
            // The appendage reaches forward, around the aortic root.
            tube(
                layout.raCenter + Vector3(-6, -14, 0) * k, layout.raCenter + Vector3(-12, -34, 2) * k, 9 * k, 5 * k),
        ]
        // Rounded off where its wall meets the leaf at a sharp angle.
        return chamber(
            body, wallMM: 2.2, blood: .venousBlood, label: .raCavity, blend: 8 * k, clips: [aboveTricuspid],
            leaf: tricuspidLeaf)
    }

    private var leftAtrium: [Brush] {
        let c = layout.laCenter
        let k = layout.laHalfAxes.x / 23
        let body = [
            ellipsoid(c, layout.laHalfAxes),
            tube(c, layout.mitralValve - Vector3(0, 0, 3), 15 * k, min(14 * k, 15 * self.k)),
            tube(c + Vector3(-8, -12, 4) * k, c + Vector3(-24, -28, 8) * k, 7 * k, 4 * k),
        ]
        let ostia = pulmonaryVeinPaths
        let lumen = ostia.map { Primitive.capsule(from: $0.0, to: $0.1, radius: 5.5, endRadius: 5) }
        let wall = Brush(tissue: .valve, label: .otherHeart, parts: lumen, growth: 1, blend: 0)
        let veins = Brush(tissue: .arterialBlood, label: .pulmonaryVein, parts: lumen)
        return [wall, veins] + chamber(body, wallMM: 2, blood: .arterialBlood, label: .laCavity, blend: 8 * k)
    }

    /// From within the atrium towards the hila, two on each side.
    private var pulmonaryVeinPaths: [(Vector3, Vector3)] {
        let c = at(layout.laCenter)
        return [
            (c + [10, -8, 8], c + [48, -14, 16]), (c + [10, -10, -6], c + [46, -20, -14]),
            (c + [-10, -8, 8], c + [-46, -16, 18]), (c + [-10, -10, -6], c + [-44, -22, -12]),
        ]
    }

    private func chamber(
        _ body: [Primitive], wallMM: Double, blood: Tissue, label: Label, blend: Double, clips: [Primitive] = [],
        leaf: Primitive? = nil
    ) -> [Brush] {
        [
            Brush(tissue: .myocardium, label: .otherHeart, parts: body, clips: clips, growth: wallMM, blend: blend),
            Brush(
                tissue: blood, label: label, parts: body, clips: clips, holes: leaf.map { [$0] } ?? [], blend: blend,
                holeBlend: 4),
        ]
    }

    private var pulmonaryArtery: [Brush] {
        let root = at(layout.pulmonaryValve)
        let fork = root + [-6, -26, 24]
        let parts: [Primitive] = [
            .capsule(from: root, to: fork, radius: 12.5 * k, endRadius: 13),
            .capsule(from: fork, to: fork + [30, -14, 0], radius: 10.5, endRadius: 9.5),
            .capsule(from: fork + [30, -14, 0], to: fork + [78, -20, -6], radius: 9.5, endRadius: 7.5),
            .capsule(from: fork, to: fork + [-30, -26, 4], radius: 10, endRadius: 7.5),
        ]
        let clip = rvClips.map(\.flipped)
        return [
            Brush(tissue: .valve, label: .otherHeart, parts: parts, clips: clip, growth: 1.4, blend: 5),
            Brush(tissue: .venousBlood, label: .pulmonaryArtery, parts: parts, clips: clip, blend: 5),
        ]
    }

    private var rightVentricle: [Brush] {
        let wall = parameters.rv.wallMM
        let septal = at([layout.epiRadius * 0.75, 4, layout.apexZ * 0.42])
        let free = at([layout.rvCenter.x + layout.rvHalfAxes.x * 0.72, 8, layout.apexZ * 0.28])
        let tree = at([layout.rvCenter.x + layout.rvHalfAxes.x * 0.5, 18 * k, layout.baseZ + 34])
        return [
            Brush(
                tissue: .myocardium, label: .rvWall, parts: rvParts, clips: rvClips, holes: rvHoles,
                growth: parameters.rv.wallMM, blend: 10 * k),
            // The orifice through the wall of the RV's base, rounded off beneath the valve.
            Brush(
                tissue: .venousBlood, label: .rvCavity,
                parts: [
                    tube(
                        layout.tricuspidValve, layout.tricuspidValve + Vector3(0, 0, wall + 6), layout.tricuspidRadius,
                        1.2 * layout.tricuspidRadius)
                ], clips: [belowTricuspid, ellipsoid(layout.rvCenter, layout.rvHalfAxes)],
                holes: rvHoles + [tricuspidLeaf], holeBlend: 5),
            // It ends beneath the LV's surface, which covers it; between the two it is rounded off.
            Brush(
                tissue: .venousBlood, label: .rvCavity, parts: rvParts, clips: rvClips,
                holes: rvHoles + [.lvBody(solid, inset: 1.5)], blend: 10 * k, holeBlend: 5),
            // Moderator band and an anterior papillary muscle.
            Brush(
                tissue: .myocardium, label: nil,
                parts: [
                    .capsule(from: septal, to: free, radius: 2, endRadius: 2.4),
                    .capsule(from: free, to: tree, radius: 3.2, endRadius: 1.8),
                ], clips: [rvParts[0]]),
        ]
    }

    private var ascendingAorta: [Brush] {
        let path = Array(aorticPath[...archEnd])
        var lumen = pipe(path)
        // Three sinuses above the valve.
        let axis = normalize(path[1].0 - path[0].0)
        let side = normalize(cross(axis, [1, 0, 0]))
        let other = cross(axis, side)
        for i in 0..<3 {
            let angle = Double(i) * 2 * .pi / 3
            let c = path[0].0 + axis * 8 + (side * cos(angle) + other * sin(angle)) * (6.5 * k)
            lumen.append(.capsule(from: c, to: c + axis * 3, radius: 9.5 * k, endRadius: 9 * k))
        }
        // Its wall must not close the descending part.
        let end = Primitive.halfSpace(
            point: aorticPath[archEnd].0, normal: normalize(aorticPath[archEnd].0 - aorticPath[archEnd - 1].0))
        return aorta(lumen, clips: [end])
    }

    /// Beneath the left atrium, which may lie on it.
    private var descendingAorta: [Brush] { aorta(pipe(Array(aorticPath[archEnd...])), clips: []) }

    private func aorta(_ lumen: [Primitive], clips: [Primitive]) -> [Brush] {
        [
            Brush(tissue: .valve, label: .otherHeart, parts: lumen, clips: clips, growth: 1.5, blend: 4),
            Brush(tissue: .arterialBlood, label: .aorta, parts: lumen, blend: 4),
        ]
    }

    private func pipe(_ path: [(Vector3, Double)]) -> [Primitive] {
        zip(path, path.dropFirst()).map { a, b in .capsule(from: a.0, to: b.0, radius: a.1, endRadius: b.1) }
    }

    /// Where the arch ends in the centre line.
    private let archEnd = 6

    /// Centre line and radius of the aorta, from the valve up, over the arch and down beside the spine.
    private var aorticPath: [(Vector3, Double)] {
        let root = at(layout.aorticValve)
        return [
            (root, 12 * k), (root + [11, 4, 24], 14), (root + [17, 9, 48], 14.5), (root + [13, 4, 72], 14),
            (root + [4, -8, 86], 13.5), (root + [-5, -24, 88], 13), (Vector3(-24, -44, root.z + 74), 12.5),
            (Vector3(-28, -52, root.z + 52), 12), (Vector3(-28, -56, root.z), 11.5), (Vector3(-22, -56, -80), 11),
            (Vector3(-14, -52, -200), 10),
        ]
    }

    /// Fat and coronary arteries of the atrioventricular and interventricular grooves.
    private var grooves: [Brush] {
        let radius = layout.epiRadius + 1.5
        let z = layout.baseZ - 1
        let ring = stride(from: 100.0, through: 290.0, by: 19).map { degrees in
            let angle = degrees * .pi / 180
            return Vector3((radius - 3) * cos(angle), (radius - 3) * sin(angle), z - 4)
        }
        let front = groove(side: -1, to: 1)
        let back = groove(side: 1, to: 0.85)
        let fat = [ring, front, back].flatMap { path in chain(path, radius: 4) }
        let vessels = [ring, front, back].flatMap { path in chain(path, radius: 1.5) }
        return [
            Brush(tissue: .fat, label: .otherHeart, parts: fat, holes: [.lvBody(solid, inset: 0)], blend: 3),
            Brush(tissue: .arterialBlood, label: .otherHeart, parts: vessels),
        ]
    }

    /// Points just outside the LV where the RV meets it, from the base towards the apex (1).
    private func groove(side: Double, to end: Double) -> [Vector3] {
        var degrees = 65.0
        return stride(from: 0.0, through: end, by: end / 12).map { t in
            let q = VentricleShape.base + (0.93 - VentricleShape.base) * t
            // Below the RV's apex the groove goes straight on.
            degrees = insertion(q: q, side: side) ?? degrees
            let p = layout.lv.epicardium(q: q, degrees: side * degrees)
            // Just outside, across the axis.
            return p + normalize(Vector3(p.x, p.y, 0)) * 2.2
        }
    }

    /// The angle from the septum at which the LV leaves the RV.
    private func insertion(q: Double, side: Double) -> Double? {
        Solver.root(
            of: { degrees in
                let p = layout.lv.epicardium(q: q, degrees: side * degrees)
                return length((p - layout.rvCenter) / layout.rvHalfAxes) - 1
            }, between: 10, and: 140, tolerance: 1e-3)
    }

    private func chain(_ path: [Vector3], radius: Double) -> [Primitive] {
        zip(path, path.dropFirst()).map { tube($0, $1, radius, radius) }
    }

    /// Leaflets: those of the LV lie on its curved base, which its cavity covers from the other side.
    private var valves: [Brush] {
        let pulmonary = layout.frame.rotate(normalize(layout.pulmonaryValve - layout.conus))
        let up = Vector3(0, 0, 14 * k)
        let (mitral, aortic) = (layout.mitralValve, layout.aorticValve)
        return [
            Brush(
                tissue: .valve, label: .otherHeart, parts: [.lvBase(solid, halfThickness: 1.1)],
                clips: [tube(mitral - up, mitral + up, 17 * k, 17 * k)]),
            Brush(
                tissue: .valve, label: .otherHeart, parts: [.lvBase(solid, halfThickness: 1.1)],
                clips: [tube(aortic - up, aortic + up, 13 * k, 13 * k)]),
            Brush(
                tissue: .valve, label: .otherHeart,
                parts: [
                    tricuspidLeaf,
                    .disc(center: at(layout.pulmonaryValve), normal: pulmonary, radius: 13 * k, halfThickness: 0.8),
                ]),
        ]
    }

    private var leftVentricle: [Brush] {
        let lv = parameters.lv
        var brushes = [Brush(tissue: .myocardium, label: .lvMyocardium, parts: [.lvBody(solid, inset: 0)])]
        if lv.scarTransmurality.contains(where: { $0 > 0 }) {
            brushes.append(Brush(tissue: .scar, label: nil, parts: [.lvScar(solid)]))
        }
        brushes.append(Brush(tissue: .arterialBlood, label: .lvCavity, parts: [.lvCavity(solid)]))
        brushes.append(
            Brush(tissue: .myocardium, label: nil, parts: [.lvTrabeculae(solid)], clips: [.lvCavity(solid)]))
        let muscles = papillaryMuscles
        brushes.append(
            Brush(tissue: .myocardium, label: nil, parts: muscles.bellies, clips: [.lvCavity(solid)], blend: 2))
        brushes.append(Brush(tissue: .valve, label: nil, parts: muscles.chordae, clips: [.lvCavity(solid)]))
        return brushes
    }

    /// Anterolateral and posteromedial muscle: from the wall below mid-cavity to free tips, with chordae to the valve.
    private var papillaryMuscles: (bellies: [Primitive], chordae: [Primitive]) {
        var bellies: [Primitive] = []
        var chordae: [Primitive] = []
        for degrees in [222.0, 118.0] {
            let root = layout.endocardium(degrees: degrees, q: 0.62, inwards: 0.93)
            let middle = layout.endocardium(degrees: degrees, q: 0.34, inwards: 0.70)
            let tip = layout.endocardium(degrees: degrees, q: 0.02, inwards: 0.58)
            bellies.append(tube(root, middle, 4.6 * k, 4.6 * k))
            bellies.append(tube(middle, tip, 4.6 * k, 3 * k))
            for spread in [-0.5, 0.1, 0.6] {
                let leaflet = layout.mitralValve + Vector3(9 * spread, -9 * spread, 0) * k
                chordae.append(tube(tip, leaflet, 0.5, 0.4))
            }
        }
        return (bellies, chordae)
    }
}

extension Primitive {
    /// The other side of a plane.
    var flipped: Primitive {
        guard case .halfSpace(let point, let normal) = self else { return self }
        return .halfSpace(point: point, normal: normal * -1)
    }
}
