import Core

extension Primitive {
    /// Distances at the points of a tile: one decision a tile, then a loop without any.
    func distances(
        _ points: UnsafePointer<Point<Lanes>>, _ count: Int, in tile: borrowing Tile, _ known: inout Tile.Known,
        into result: UnsafeMutablePointer<Lanes>
    ) {
        @inline(__always) func each(_ f: (Point<Lanes>) -> Lanes) {
            for i in 0..<count { result[i] = f(points[i]) }
        }
        @inline(__always) func each(_ lv: LVSolid, _ f: (Prolate<Lanes>) -> Lanes) {
            tile.findProlate(points, count, lv, &known)
            for i in 0..<count { result[i] = f(tile.prolate[i]) }
        }
        switch self {
        case .ellipsoid(let center, let axes, let half): each { Solid.ellipsoid($0, center, axes, half) }
        case .cutEllipsoid(let center, let axes, let half, let point, let normal):
            each { Lanes.larger(Solid.ellipsoid($0, center, axes, half), Solid.plane($0, point, normal)) }
        case .capsule(let a, let b, let ra, let rb): each { Solid.capsule($0, a, b, ra, rb) }
        case .halfSpace(let point, let normal): each { Solid.plane($0, point, normal) }
        case .disc(let center, let normal, let radius, let half): each { Solid.disc($0, center, normal, radius, half) }
        case .torso(let center, let width, let depth): each { Solid.torso($0, center, width, depth) }
        case .ribs(let cage): each { Solid.ribs($0, cage) }
        case .vertebrae(let center, let radius, let spacing, let disc):
            each { Solid.vertebrae($0, center, radius, spacing, disc) }
        case .outsideDomes(let a, let b, let blend): each { Solid.outsideDomes($0, a, b, blend) }
        case .lvCavity(let lv): each(lv) { Solid.cavity($0, lv) }
        case .lvBase(let lv, let half): each(lv) { Solid.leaf($0, lv, half) }
        case .lvBody(let lv, let inset): each(lv) { Solid.body($0, lv) + Lanes(inset) }
        case .lvScar(let lv): each(lv) { Solid.scar($0, lv) }
        case .lvTrabeculae(let lv):
            tile.findProlate(points, count, lv, &known)
            for i in 0..<count { result[i] = Solid.trabeculae(points[i], tile.prolate[i], lv) }
        }
    }
}

extension Tile {
    /// Fills the prolate coordinates once: all solids of the LV share them.
    func findProlate(
        _ points: UnsafePointer<Point<Lanes>>, _ count: Int, _ lv: Primitive.LVSolid, _ known: inout Known
    ) {
        if known.hasProlate { return }
        known.hasProlate = true
        for i in 0..<count { prolate[i] = lv.prolate(points[i]) }
    }
}
