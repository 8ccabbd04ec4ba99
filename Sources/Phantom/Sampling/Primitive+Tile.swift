import Core

extension Primitive {
    /// Distances at the points of a tile: one decision a tile, then a loop without any.
    func distances(_ points: UnsafePointer<Point<Lanes>>, _ count: Int, into result: UnsafeMutablePointer<Lanes>) {
        @inline(__always) func each(_ f: (Point<Lanes>) -> Lanes) {
            for i in 0..<count { result[i] = f(points[i]) }
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
        case .lvCavity(let lv): each { Solid.cavity($0, lv) }
        case .lvBase(let lv, let half): each { Solid.leaf($0, lv, half) }
        case .lvBody(let lv, let inset): each { Solid.body($0, lv) + Lanes(inset) }
        case .lvScar(let lv): each { Solid.scar($0, lv) }
        case .lvTrabeculae(let lv): each { Solid.trabeculae($0, lv) }
        }
    }
}
