import Core

/// Samples moments of a patient on a grid: tiles of neighbouring points are pulled back to the material together and
/// painted with the few brushes that reach them.
struct Renderer: Sendable {
    /// Points of a tile along x and y; along z it takes up to `depth` sheets.
    private static let width = 16
    private static let height = 8
    private static let depth = 4
    /// Tiles a block spans along each axis: brushes are preselected for a block.
    private static let blockTiles = 3

    let grid: Grid
    /// Offsets along the unit normal of the sheets whose sum is one grid z.
    let offsets: [Double]
    /// One painter a sheet.
    let painters: [Painter]
    /// The sheet that names are read from.
    let namedSheet: Int
    /// Box of the patient frame that holds all cardiac motion.
    let support: [Bounds]
    let toFrame: Affine
    let normal: Vector3

    init(grid: Grid, offsets: [Double], painters: [Painter], motion: HeartMotion) {
        self.grid = grid
        self.offsets = offsets
        self.painters = painters
        namedSheet = offsets.indices.min { abs(offsets[$0]) < abs(offsets[$1]) } ?? 0
        support = motion.supports
        toFrame = motion.toFrame
        normal = normalize(grid.affine.z)
    }

    /// Renders all motions; [T, Z, Y, X] for both results.
    func render(
        _ motions: [HeartMotion], threads: Int, image: UnsafeMutableBufferPointer<Float>?,
        label: UnsafeMutableBufferPointer<UInt8>?
    ) {
        let columns = divide(grid.size.x, by: Renderer.width)
        let rows = divide(grid.size.y, by: Renderer.height)
        let isVolume = offsets.count == 1
        let slab = isVolume ? Renderer.depth : 1
        let slabs = divide(grid.size.z, by: slab)
        let blockColumns = divide(columns, by: Renderer.blockTiles)
        let blockRows = divide(rows, by: Renderer.blockTiles)
        let target = Target(image: image, label: label)
        Workers.forEach(blockColumns * blockRows * slabs, threads: threads) { item in
            let tile = Tile()
            let z = item / (blockColumns * blockRows) * slab
            let rest = item % (blockColumns * blockRows)
            let firstRow = rest / blockColumns * Renderer.blockTiles
            let firstColumn = rest % blockColumns * Renderer.blockTiles
            let last = (
                column: min(firstColumn + Renderer.blockTiles, columns), row: min(firstRow + Renderer.blockTiles, rows)
            )
            let zs = z..<min(z + slab, grid.size.z)
            let block = Region(
                x: firstColumn * Renderer.width..<min(last.column * Renderer.width, grid.size.x),
                y: firstRow * Renderer.height..<min(last.row * Renderer.height, grid.size.y), z: zs)
            // The heart moves material into a block from up to 35 mm away.
            let ball = bounds(block)
            let reach = isMoving(ball) ? ball.radius + 35 : ball.radius
            let preselected = painters[0].select(painters[0].everything, center: ball.center, radius: reach)
            for row in firstRow..<last.row {
                for column in firstColumn..<last.column {
                    let region = Region(
                        x: column * Renderer.width..<min((column + 1) * Renderer.width, grid.size.x),
                        y: row * Renderer.height..<min((row + 1) * Renderer.height, grid.size.y), z: zs)
                    render(region, motions, preselected, tile, target)
                }
            }
        }
    }

    /// Where the results go.
    private struct Target: @unchecked Sendable {
        // Safe to share: every tile writes its own voxels, and the caller waits for all of them.
        let image: UnsafeMutableBufferPointer<Float>?
        let label: UnsafeMutableBufferPointer<UInt8>?
    }

    /// A box of voxels.
    private struct Region {
        let x: Range<Int>
        let y: Range<Int>
        let z: Range<Int>
    }

    private func divide(_ a: Int, by b: Int) -> Int { (a + b - 1) / b }

    private func bounds(_ region: Region) -> Bounds {
        let low = Vector3(Double(region.x.lowerBound), Double(region.y.lowerBound), Double(region.z.lowerBound))
        let high = Vector3(
            Double(region.x.upperBound - 1), Double(region.y.upperBound - 1), Double(region.z.upperBound - 1))
        let box = Bounds(low: low, high: high).mapped(by: grid.affine)
        let reach = offsets.map(abs).max() ?? 0
        return box.grown(by: reach)
    }

    private func isMoving(_ bounds: Bounds) -> Bool {
        let local = bounds.mapped(by: toFrame)
        return support.contains { $0.meets(local) }
    }

    private func render(
        _ region: Region, _ motions: [HeartMotion], _ preselected: Painter.Selection, _ tile: borrowing Tile,
        _ target: Target
    ) {
        let isStill = !isMoving(bounds(region))
        for (frame, motion) in motions.enumerated() {
            if frame > 0 && isStill && motion.respiration.isIdentity && motions[0].respiration.isIdentity {
                copy(region, from: 0, to: frame, target)
                continue
            }
            if offsets.count == 1 {
                let count = place(region, sheets: 0..<1, tile)
                paint(motion, count, preselected, painters[0], tile, names: target.label != nil)
                store(region, frame, tile, 0, target, adding: false, named: true)
            } else {
                for sheet in offsets.indices {
                    let named = target.label != nil && sheet == namedSheet
                    let count = place(region, sheets: sheet..<sheet + 1, tile)
                    paint(motion, count, preselected, painters[sheet], tile, names: named)
                    store(region, frame, tile, 0, target, adding: sheet > 0, named: named)
                }
            }
        }
    }

    /// Fills the tile with the points of a region, sixteen along x at a time.
    private func place(_ region: Region, sheets: Range<Int>, _ tile: borrowing Tile) -> Int {
        let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let a = grid.affine
        var count = 0
        for z in region.z {
            for sheet in sheets {
                for y in region.y {
                    let start =
                        grid.position(region.x.lowerBound, y, z) + normal * offsets[sheet]
                    tile.points[count] = Point(
                        x: Lanes(start.x) + ramp * Float(a.x.x), y: Lanes(start.y) + ramp * Float(a.x.y),
                        z: Lanes(start.z) + ramp * Float(a.x.z))
                    count += 1
                }
            }
        }
        return count
    }

    private func paint(
        _ motion: HeartMotion, _ count: Int, _ preselected: Painter.Selection, _ painter: Painter,
        _ tile: borrowing Tile, names: Bool
    ) {
        motion.pullBack(tile, count: count)
        let bounds = tile.bounds(count)
        let selection = painter.select(preselected, center: bounds.center, radius: bounds.radius)
        painter.paint(tile, count: count, selection: selection, names: names)
    }

    private func store(
        _ region: Region, _ frame: Int, _ tile: borrowing Tile, _ first: Int, _ target: Target, adding: Bool, named: Bool
    ) {
        var vector = first
        for z in region.z {
            for y in region.y {
                let start = ((frame * grid.size.z + z) * grid.size.y + y) * grid.size.x + region.x.lowerBound
                if let image = target.image {
                    let values = tile.values[vector]
                    if adding {
                        for lane in 0..<region.x.count { image[start + lane] += values[lane] }
                    } else {
                        for lane in 0..<region.x.count { image[start + lane] = values[lane] }
                    }
                }
                if named, let label = target.label {
                    let names = tile.names[vector]
                    for lane in 0..<region.x.count { label[start + lane] = UInt8(truncatingIfNeeded: names[lane]) }
                }
                vector += 1
            }
        }
    }

    private func copy(_ region: Region, from: Int, to: Int, _ target: Target) {
        for z in region.z {
            for y in region.y {
                let row = (z * grid.size.y + y) * grid.size.x + region.x.lowerBound
                let source = from * grid.count + row
                let destination = to * grid.count + row
                for lane in 0..<region.x.count {
                    if let image = target.image { image[destination + lane] = image[source + lane] }
                    if let label = target.label { label[destination + lane] = label[source + lane] }
                }
            }
        }
    }
}
