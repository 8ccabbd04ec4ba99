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
    let painter: Painter
    /// The sheet that names are read from.
    let namedSheet: Int
    /// Box of the patient frame that holds all cardiac motion.
    let support: [Bounds]
    let toFrame: Affine
    let normal: Vector3

    init(grid: Grid, offsets: [Double], painter: Painter, motion: HeartMotion) {
        self.grid = grid
        self.offsets = offsets
        self.painter = painter
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
        let slab = offsets.count == 1 ? Renderer.depth : 1
        let slabs = divide(grid.size.z, by: slab)
        let blockColumns = divide(columns, by: Renderer.blockTiles)
        let blockRows = divide(rows, by: Renderer.blockTiles)
        let target = Target(image: image, label: label)
        Workers.forEach(blockColumns * blockRows * slabs, threads: threads) { item in
            let tile = Tile()
            var all = Selection(for: painter.stack)
            var block = Selection(for: painter.stack)
            var chosen = Selection(for: painter.stack)
            let z = item / (blockColumns * blockRows) * slab
            let rest = item % (blockColumns * blockRows)
            let firstRow = rest / blockColumns * Renderer.blockTiles
            let firstColumn = rest % blockColumns * Renderer.blockTiles
            let last = (
                column: min(firstColumn + Renderer.blockTiles, columns), row: min(firstRow + Renderer.blockTiles, rows)
            )
            let zs = z..<min(z + slab, grid.size.z)
            let region = Region(
                x: firstColumn * Renderer.width..<min(last.column * Renderer.width, grid.size.x),
                y: firstRow * Renderer.height..<min(last.row * Renderer.height, grid.size.y), z: zs)
            // The heart moves material into a block from up to 35 mm away.
            let ball = bounds(region)
            let reach = isMoving(ball) ? ball.radius + 35 : ball.radius
            painter.stack.selectAll(into: &all)
            painter.select(all, center: ball.center, radius: reach, into: &block)
            for row in firstRow..<last.row {
                for column in firstColumn..<last.column {
                    let region = Region(
                        x: column * Renderer.width..<min((column + 1) * Renderer.width, grid.size.x),
                        y: row * Renderer.height..<min((row + 1) * Renderer.height, grid.size.y), z: zs)
                    render(region, motions, block, &chosen, tile, target)
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
        _ region: Region, _ motions: [HeartMotion], _ block: borrowing Selection, _ chosen: inout Selection,
        _ tile: borrowing Tile, _ target: Target
    ) {
        let isStill = !isMoving(bounds(region))
        for (frame, motion) in motions.enumerated() {
            if frame > 0 && isStill && motion.respiration.isIdentity && motions[0].respiration.isIdentity {
                copy(region, from: 0, to: frame, target)
                continue
            }
            let rows = region.y.count * region.z.count
            let step = max(Tile.capacity / rows, 1)
            for first in stride(from: 0, to: offsets.count, by: step) {
                let sheets = first..<min(first + step, offsets.count)
                place(region, sheets: sheets, tile)
                motion.pullBack(tile, count: rows * sheets.count)
                let bounds = tile.bounds(rows * sheets.count)
                painter.select(block, center: bounds.center, radius: bounds.radius, into: &chosen)
                let names = target.label != nil && sheets.contains(namedSheet)
                painter.paint(tile, rows: rows, sheets: sheets, selection: chosen, names: names)
                store(region, frame, sheets, tile, target, names: names)
            }
        }
    }

    /// Fills the tile with the points of a region, sixteen along x at a time, one sheet after the other.
    private func place(_ region: Region, sheets: Range<Int>, _ tile: borrowing Tile) {
        let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let axis = grid.affine.x
        var count = 0
        for sheet in sheets {
            for z in region.z {
                for y in region.y {
                    let start = grid.position(region.x.lowerBound, y, z) + normal * offsets[sheet]
                    tile.points[count] = Point(
                        x: Lanes(start.x) + ramp * Float(axis.x), y: Lanes(start.y) + ramp * Float(axis.y),
                        z: Lanes(start.z) + ramp * Float(axis.z))
                    count += 1
                }
            }
        }
    }

    /// Adds the sheets of a tile to the image, and keeps the names of one.
    private func store(
        _ region: Region, _ frame: Int, _ sheets: Range<Int>, _ tile: borrowing Tile, _ target: Target, names: Bool
    ) {
        let rows = region.y.count * region.z.count
        for (row, at) in voxels(region).enumerated() {
            let start = frame * grid.count + at
            if let image = target.image {
                var sum = tile.values[row]
                for place in 1..<max(sheets.count, 1) { sum += tile.values[place * rows + row] }
                if region.x.count == 16 {
                    let place = UnsafeMutableRawPointer(image.baseAddress.unsafelyUnwrapped + start)
                    if sheets.lowerBound > 0 { sum += place.loadUnaligned(as: Lanes.self) }
                    withUnsafeBytes(of: sum) { place.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: 64) }
                } else if sheets.lowerBound > 0 {
                    for lane in 0..<region.x.count { image[start + lane] += sum[lane] }
                } else {
                    for lane in 0..<region.x.count { image[start + lane] = sum[lane] }
                }
            }
            if names, let label = target.label {
                let name = tile.names[(namedSheet - sheets.lowerBound) * rows + row]
                let bytes = SIMD16<UInt8>(truncatingIfNeeded: SIMD16<Int32>(name))
                for lane in 0..<region.x.count { label[start + lane] = bytes[lane] }
            }
        }
    }

    /// Memory index of each row of a region, in the order in which the tile holds them.
    private func voxels(_ region: Region) -> [Int] {
        region.z.flatMap { z in
            region.y.map { y in (z * grid.size.y + y) * grid.size.x + region.x.lowerBound }
        }
    }

    private func copy(_ region: Region, from: Int, to: Int, _ target: Target) {
        for row in voxels(region) {
            let source = from * grid.count + row
            let destination = to * grid.count + row
            for lane in 0..<region.x.count {
                if let image = target.image { image[destination + lane] = image[source + lane] }
                if let label = target.label { label[destination + lane] = label[source + lane] }
            }
        }
    }
}
