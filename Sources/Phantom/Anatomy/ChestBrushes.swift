import Core
import Foundation

/// The brushes of the chest around the heart, from the skin inwards.
struct ChestBrushes {
    let chest: PatientParameters.Chest
    let seed: UInt64

    init(chest: PatientParameters.Chest, seed: UInt64) {
        self.chest = chest
        self.seed = seed
    }

    private var wall: Double { chest.subcutaneousFatMM }
    private var center: Vector3 { chest.torso.center }

    private func torso(inset: Double) -> Primitive {
        .torso(center: center, halfWidth: chest.halfWidthMM - inset, halfDepth: chest.halfDepthMM - inset)
    }

    /// Inset of the pleural cavity.
    private var cavityInset: Double { chest.wallMM }

    /// All brushes, in the order in which they cover one another.
    var all: [Brush] { bodyWall + cavity + lungs + abdomen + skeleton }

    private var bodyWall: [Brush] {
        [
            Brush(tissue: .skin, label: .skin, parts: [torso(inset: 0)]),
            Brush(tissue: .fat, label: .fat, parts: [torso(inset: 2)]),
            Brush(tissue: .muscle, label: .muscle, parts: [torso(inset: 2 + wall)]),
        ]
    }

    /// Fat of the mediastinum and the abdomen fills what nothing else does.
    private var cavity: [Brush] {
        [
            Brush(
                tissue: .corticalBone, label: .ribs, parts: [.ribs(cage(radius: 5.2))], clips: [torso(inset: 3 + wall)]),
            Brush(tissue: .marrow, label: .ribs, parts: [.ribs(cage(radius: 3.6))], clips: [torso(inset: 3 + wall)]),
            Brush(tissue: .fat, label: .fat, parts: [torso(inset: cavityInset)]),
        ]
    }

    private func cage(radius: Double) -> Primitive.RibCage {
        Primitive.RibCage(
            center: center, halfWidth: chest.halfWidthMM - wall - 14, halfDepth: chest.halfDepthMM - wall - 14,
            spacing: 27, slant: 0.42, radius: radius, top: 150, bottom: -130)
    }

    // MARK: Lungs

    private var lungs: [Brush] {
        let clips = [torso(inset: cavityInset), Primitive.outsideDomes(rightDome, leftDome, blend: 30)]
        var brushes: [Brush] = []
        for side in [1.0, -1.0] {
            let lung = Primitive.ellipsoid(
                center: [side * 88, -8, 20], axes: .identity, halfAxes: [74, 96, 165])
            brushes.append(Brush(tissue: .lung, label: .lung, parts: [lung], clips: clips, holes: [mediastinum]))
            let tree = vessels(
                from: [side * 36, -24, 40], towards: [side, -0.15, -0.1], radius: 5, depth: 5,
                seed: seed &+ (side > 0 ? 11 : 13))
            brushes.append(
                Brush(
                    tissue: side > 0 ? .venousBlood : .arterialBlood, label: nil, parts: tree,
                    clips: clips + [lung], holes: [mediastinum]))
        }
        return brushes
    }

    private var mediastinum: Primitive {
        .ellipsoid(center: [-4, -30, 30], axes: .identity, halfAxes: [34, 90, 190])
    }

    /// The two domes: the organs beneath lift them.
    private let rightDome = Primitive.Ellipsoid(center: [76, -4, -150], halfAxes: [92, 110, 98])
    private let leftDome = Primitive.Ellipsoid(center: [-74, -6, -156], halfAxes: [88, 108, 88])

    private var diaphragm: [Primitive] {
        [rightDome, leftDome].map { .ellipsoid(center: $0.center, axes: .identity, halfAxes: $0.halfAxes) }
    }

    // MARK: Abdomen

    private var abdomen: [Brush] {
        let below = [torso(inset: cavityInset)]
        let liver: [Primitive] = [
            .ellipsoid(center: [72, 0, -152], axes: .identity, halfAxes: [86, 98, 95]),
            .ellipsoid(center: [-6, 34, -142], axes: .identity, halfAxes: [66, 48, 58]),
        ]
        let stomach = Primitive.ellipsoid(center: [-62, 14, -146], axes: .identity, halfAxes: [44, 46, 58])
        return [
            Brush(tissue: .muscle, label: .muscle, parts: diaphragm, clips: below, growth: 0, blend: 30),
            Brush(tissue: .fat, label: .fat, parts: diaphragm, clips: below, growth: -3, blend: 30),
            Brush(tissue: .liver, label: .liver, parts: liver, clips: below, growth: -2, blend: 24),
            Brush(
                tissue: .venousBlood, label: nil,
                parts: vessels(
                    from: [20, -34, -120], towards: [0.8, 0.3, -0.2], radius: 4.5, depth: 4, seed: seed &+ 17),
                clips: [liver[0]]),
            Brush(
                tissue: .spleen, label: .spleen,
                parts: [.ellipsoid(center: [-112, -42, -132], axes: .identity, halfAxes: [26, 40, 48])], clips: below),
            Brush(tissue: .muscle, label: .stomach, parts: [stomach], clips: below),
            Brush(tissue: .stomachFluid, label: .stomach, parts: [stomach], clips: below, growth: -3),
            // The patient lies on the back: gas rises to the front.
            Brush(
                tissue: .air, label: .stomach, parts: [stomach],
                clips: below + [.halfSpace(point: [0, 30, 0], normal: [0, -1, 0])], growth: -3.5),
        ]
    }

    // MARK: Skeleton

    private var skeleton: [Brush] {
        let y = -chest.halfDepthMM + wall + 34
        let canal = Primitive.capsule(from: [0, y - 24, -260], to: [0, y - 24, 240], radius: 8, endRadius: 8)
        let arch = Primitive.capsule(from: [0, y - 24, -260], to: [0, y - 24, 240], radius: 13, endRadius: 13)
        let discs = Primitive.capsule(from: [0, y, -260], to: [0, y, 240], radius: 16, endRadius: 16)
        let sternumY = chest.halfDepthMM - wall - 15
        let sternum = Primitive.ellipsoid(center: [0, sternumY, 40], axes: .identity, halfAxes: [19, 6.5, 92])
        return [
            Brush(tissue: .muscle, label: .muscle, parts: backMuscles(y), clips: [torso(inset: 2 + wall)], blend: 6),
            Brush(tissue: .cartilage, label: .spine, parts: [discs]),
            Brush(
                tissue: .corticalBone, label: .spine,
                parts: [arch, .capsule(from: [0, y - 38, -260], to: [0, y - 38, 240], radius: 4, endRadius: 4)],
                blend: 6),
            Brush(
                tissue: .marrow, label: .spine,
                parts: [.vertebrae(center: [0, y, 0], radius: 19, spacing: 29, disc: 5)]),
            Brush(tissue: .spinalCanal, label: .spinalCanal, parts: [canal]),
            Brush(tissue: .corticalBone, label: .ribs, parts: [sternum]),
            Brush(tissue: .marrow, label: .ribs, parts: [sternum], growth: -1.8),
        ]
    }

    private func backMuscles(_ y: Double) -> [Primitive] {
        [-1.0, 1].map { side in
            .capsule(
                from: [side * 30, y - 26, -260], to: [side * 30, y - 26, 240], radius: 19, endRadius: 19)
        }
    }

    // MARK: Vessel trees

    /// A tree that forks `depth` times, thinner and shorter at each fork.
    private func vessels(from root: Vector3, towards: Vector3, radius: Double, depth: Int, seed: UInt64) -> [Primitive]
    {
        var random = Philox(seed: seed, patient: 1, stage: .texture)
        var parts: [Primitive] = []
        var tips = [(root, normalize(towards), radius)]
        for level in 0..<depth {
            var next: [(Vector3, Vector3, Double)] = []
            for (start, direction, radius) in tips {
                let end = start + direction * (30 - 3.5 * Double(level))
                parts.append(.capsule(from: start, to: end, radius: radius, endRadius: radius * 0.8))
                for _ in 0..<2 {
                    let turn = Vector3(random.normal(), random.normal(), random.normal()) * 0.55
                    next.append((end, normalize(direction + turn), radius * 0.72))
                }
            }
            tips = next
        }
        return parts
    }
}
