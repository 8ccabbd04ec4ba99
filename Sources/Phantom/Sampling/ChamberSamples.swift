import Core

/// A chamber at end-diastole as points and the volume each stands for: the quadrature of all its volumes.
///
/// - Error: the fractions at the surface make it second order; 1e-3 of a chamber at 2 mm, much less for
///   the ratio of two of its volumes.
struct ChamberSamples: Sendable {
    /// Points in the LV frame, sixteen at a time.
    private(set) var points: [Point<Lanes>] = []
    /// Volume of each point in mm³.
    private(set) var weights: [Lanes] = []
    private var count = 0
    /// Volume at end-diastole.
    private(set) var volumeML = 0.0

    /// Width of the surfaces: as in volumes of 1 mm, whatever the lattice, as det J changes across it.
    private static let rampMM = 0.7

    private init() {}

    /// Samples one class of an anatomy.
    init(anatomy: Anatomy, label: Label, spacingMM: Double) {
        let layout = anatomy.layout
        let box = layout.bounds(of: label)
        let size = SIMD3<Int>((box.high - box.low) / spacingMM) &+ 2
        let grid = Grid(
            affine: Affine(x: [spacingMM, 0, 0], y: [0, spacingMM, 0], z: [0, 0, spacingMM], translation: box.low),
            size: size)
        let painter = Painter(
            brushes: anatomy.heartBrushes, fractionOf: label, texture: anatomy.texture, rampMM: ChamberSamples.rampMM)
        collect(grid, painter, toFrame: layout.frame.inverse)
        volumeML = weights.reduce(0) { $0 + Double($1.sum()) } / 1000
    }

    private mutating func collect(_ grid: Grid, _ painter: Painter, toFrame: Affine) {
        let tile = Tile(images: painter.images)
        let place = UnsafeMutablePointer<Point<Lanes>>.allocate(capacity: Tile.capacity)
        defer { place.deallocate() }
        var all = Selection(for: painter.stack)
        var chosen = Selection(for: painter.stack)
        painter.stack.selectAll(into: &all)
        let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * Float(grid.affine.x.x)
        let (rows, sheets) = (8, 4)
        let unit = Float(grid.voxelVolumeMM3)
        for z in stride(from: 0, to: grid.size.z, by: sheets) {
            for y in stride(from: 0, to: grid.size.y, by: rows) {
                for x in stride(from: 0, to: grid.size.x, by: 16) {
                    for i in 0..<rows * sheets {
                        let p = grid.position(x, y + i % rows, z + i / rows)
                        place[i] = Point(x: Lanes(p.x) + ramp, y: Lanes(p.y), z: Lanes(p.z))
                    }
                    painter.select(all, in: place.ball(rows * sheets), into: &chosen)
                    if chosen.count == 0 && (chosen.base < 0 || painter.values[0][0][chosen.base] == 0) { continue }
                    painter.paint(place, tile, rows: rows * sheets, sheets: 0..<1, selection: chosen, names: false)
                    for i in 0..<rows * sheets where tile.values[i].max() > 0 {
                        let p = toFrame.apply(place[i])
                        for lane in 0..<16 where tile.values[i][lane] > 0 {
                            append(p, lane, weight: tile.values[i][lane] * unit)
                        }
                    }
                }
            }
        }
    }

    private mutating func append(_ p: Point<Lanes>, _ lane: Int, weight: Float) {
        let place = count % 16
        if place == 0 {
            points.append(Point(x: Lanes(), y: Lanes(), z: Lanes()))
            weights.append(Lanes())
        }
        let last = points.count - 1
        points[last].x[place] = p.x[lane]
        points[last].y[place] = p.y[lane]
        points[last].z[place] = p.z[lane]
        weights[last][place] = weight
        count += 1
    }

    /// One point in some, for a quick look.
    func thinned(by factor: Int) -> ChamberSamples {
        var result = ChamberSamples()
        for i in stride(from: 0, to: count, by: factor) {
            result.append(points[i / 16], i % 16, weight: weights[i / 16][i % 16])
        }
        result.volumeML = result.weights.reduce(0) { $0 + Double($1.sum()) } / 1000
        return result
    }

    /// Volume after a motion relative to that at end-diastole: the mean of det J over the chamber.
    func growth(after motion: HeartMotion, threads: Int) -> Double {
        let motion = TiledMotion(motion)
        let tiles = (points.count + Tile.capacity - 1) / Tile.capacity
        // A thread costs more than a few tiles, and the sum must not depend on how many there are.
        var sums = [Double](repeating: 0, count: tiles)
        sums.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            Workers.forEach(tiles, threads: tiles < 8 ? 1 : threads) { tile in
                shared.values[tile] = volume(ofTile: tile, after: motion)
            }
        }
        return sums.reduce(0, +) / (1000 * volumeML)
    }

    private func volume(ofTile tile: Int, after motion: TiledMotion) -> Double {
        let first = tile * Tile.capacity
        let count = min(Tile.capacity, points.count - first)
        return withUnsafeTemporaryAllocation(of: Point<Lanes>.self, capacity: count) { place in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: count) { determinants in
                let place = place.baseAddress.unsafelyUnwrapped
                for i in 0..<count { (place + i).initialize(to: points[first + i]) }
                motion.beat(place, determinants.baseAddress.unsafelyUnwrapped, count: count)
                return (0..<count).reduce(0.0) { $0 + Double((weights[first + $1] * determinants[$1]).sum()) }
            }
        }
    }
}

extension HeartLayout {
    /// A box of the patient frame around a chamber.
    func bounds(of label: Label) -> Bounds {
        let local: Bounds
        switch label {
        case .laCavity:
            local = Bounds(low: laCenter - laHalfAxes - 26 * scale, high: laCenter + laHalfAxes + 34 * scale)
        case .raCavity:
            local = Bounds(low: raCenter - raHalfAxes - 20 * scale, high: raCenter + raHalfAxes + 34 * scale)
        default:
            local = Bounds(low: rvCenter - rvHalfAxes - 30 * scale, high: rvCenter + rvHalfAxes + 6 * scale)
        }
        return local.mapped(by: frame)
    }
}
