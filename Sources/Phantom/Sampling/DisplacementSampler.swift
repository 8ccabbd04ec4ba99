import Core

/// Samples where a motion takes the points of a grid.
struct DisplacementSampler: Sendable {
    /// Voxels of a tile along each axis: as many as its scratch holds.
    private static let width = 8

    let grid: Grid
    let motion: TiledMotion

    init(grid: Grid, motion: HeartMotion) {
        self.grid = grid
        self.motion = TiledMotion(motion)
    }

    /// Fills [3, Z, Y, X].
    func sample(threads: Int, into field: UnsafeMutableBufferPointer<Float16>) {
        let target = SharedBuffer(field)
        let size = grid.size
        let tiles = (size &+ (DisplacementSampler.width - 1)) / DisplacementSampler.width
        Workers.forEach(tiles.y * tiles.z, threads: threads) { item in
            let scratch = Scratch()
            func range(_ tile: Int, _ size: Int) -> Range<Int> {
                tile * DisplacementSampler.width..<min((tile + 1) * DisplacementSampler.width, size)
            }
            for tile in 0..<tiles.x {
                let bricks = Bricks(
                    x: range(tile, size.x), y: range(item % tiles.y, size.y), z: range(item / tiles.y, size.z))
                sample(bricks, scratch, target.values)
            }
        }
    }

    /// Points of a tile before and after the motion.
    private struct Scratch: ~Copyable {
        let before = UnsafeMutablePointer<Point<Lanes>>.allocate(capacity: Tile.capacity)
        let after = UnsafeMutablePointer<Point<Lanes>>.allocate(capacity: Tile.capacity)
        let determinants = UnsafeMutablePointer<Lanes>.allocate(capacity: Tile.capacity)

        deinit {
            before.deallocate()
            after.deallocate()
            determinants.deallocate()
        }
    }

    private func sample(
        _ bricks: Bricks, _ scratch: borrowing Scratch, _ field: UnsafeMutableBufferPointer<Float16>
    ) {
        let lattice = Brick.lattice(grid.affine)
        let count = bricks.count
        for (index, brick) in bricks.enumerated() {
            let point = lattice.moved(by: grid.position(brick.x, brick.y, brick.z))
            scratch.before[index] = point
            scratch.after[index] = point
        }
        motion.push(scratch.after, scratch.determinants, count: count)
        for (index, brick) in bricks.enumerated() {
            let (from, to) = (scratch.before[index], scratch.after[index])
            let start = field.baseAddress.unsafelyUnwrapped + (brick.z * grid.size.y + brick.y) * grid.size.x + brick.x
            for (component, way) in [to.x - from.x, to.y - from.y, to.z - from.z].enumerated() {
                brick.store(way.halves, to: start + component * grid.count, stride: grid.size.x)
            }
        }
    }
}
