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
    /// Boxes of the LV frame outside which the heart moves nothing, at any of the moments.
    let supports: [Bounds]
    let toFrame: Affine
    let normal: Vector3

    init(grid: Grid, offsets: [Double], painter: Painter, motion: HeartMotion) {
        self.grid = grid
        self.offsets = offsets
        self.painter = painter
        namedSheet = offsets.indices.min { abs(offsets[$0]) < abs(offsets[$1]) } ?? 0
        supports = MotionSupport(motion).all
        toFrame = motion.toFrame
        normal = normalize(grid.affine.z)
    }

    /// Renders all motions; [T, Z, Y, X] for both results.
    func render(
        _ motions: [HeartMotion], threads: Int, image: UnsafeMutableBufferPointer<Float>?,
        label: UnsafeMutableBufferPointer<UInt8>?
    ) {
        let slab = offsets.count == 1 ? Renderer.depth : 1
        let tiles = SIMD3(
            divide(grid.size.x, by: Renderer.width), divide(grid.size.y, by: Renderer.height),
            divide(grid.size.z, by: slab))
        let span = SIMD3(Renderer.blockTiles, Renderer.blockTiles, offsets.count == 1 ? Renderer.blockTiles : 1)
        let blocks = SIMD3(divide(tiles.x, by: span.x), divide(tiles.y, by: span.y), divide(tiles.z, by: span.z))
        let target = Target(image: image.map(SharedBuffer.init), label: label.map(SharedBuffer.init))
        Workers.forEach(blocks.x * blocks.y * blocks.z, threads: threads) { item in
            let first = SIMD3(item % blocks.x, item / blocks.x % blocks.y, item / (blocks.x * blocks.y)) &* span
            let last = pointwiseMin(first &+ span, tiles)
            var regions: [Region] = []
            for z in first.z..<last.z {
                for y in first.y..<last.y {
                    for x in first.x..<last.x {
                        regions.append(
                            Region(
                                x: x * Renderer.width..<min((x + 1) * Renderer.width, grid.size.x),
                                y: y * Renderer.height..<min((y + 1) * Renderer.height, grid.size.y),
                                z: z * slab..<min((z + 1) * slab, grid.size.z)))
                    }
                }
            }
            var scratch = Scratch(for: painter.stack, vectors: regions.map { $0.rows * offsets.count })
            for (frame, motion) in motions.enumerated() {
                render(regions, frame, motion, motions[0], &scratch, target)
            }
        }
    }

    /// Scratch of one block: its material points, tile by tile, and the brushes that matter there.
    private struct Scratch: ~Copyable {
        let points: UnsafeMutablePointer<Point<Lanes>>
        /// Where the points of each tile start.
        let starts: [Int]
        let tile = Tile()
        var all: Selection
        var block: Selection
        var chosen: Selection

        init(for stack: Stack, vectors: [Int]) {
            points = .allocate(capacity: vectors.reduce(0, +))
            starts = vectors.indices.map { vectors[..<$0].reduce(0, +) }
            all = Selection(for: stack)
            block = Selection(for: stack)
            chosen = Selection(for: stack)
            stack.selectAll(into: &all)
        }

        deinit { points.deallocate() }
    }

    /// Where the results go.
    private struct Target: Sendable {
        let image: SharedBuffer<Float>?
        let label: SharedBuffer<UInt8>?
    }

    /// A box of voxels.
    private struct Region {
        let x: Range<Int>
        let y: Range<Int>
        let z: Range<Int>

        /// Vectors of sixteen points in one sheet.
        var rows: Int { y.count * z.count }
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
        return supports.contains { $0.meets(local) }
    }

    /// One frame of a block: where its points come from decides which brushes it needs.
    private func render(
        _ regions: [Region], _ frame: Int, _ motion: HeartMotion, _ first: HeartMotion, _ scratch: inout Scratch,
        _ target: Target
    ) {
        let support = MotionSupport(motion)
        let isHeld = frame > 0 && motion.respiration.isIdentity && first.respiration.isIdentity
        var bounds: [Bounds?] = []
        for (place, region) in regions.enumerated() {
            if isHeld && !isMoving(self.bounds(region)) {
                copy(region, from: 0, to: frame, target)
                bounds.append(nil)
                continue
            }
            let points = scratch.points + scratch.starts[place]
            let count = region.rows * offsets.count
            self.place(region, points)
            motion.pullBack(points, count: count, support: support)
            bounds.append(points.bounds(count))
        }
        guard let whole = bounds.compactMap(\.self).reduce(nil, { $0?.union($1) ?? $1 }) as Bounds? else { return }
        painter.select(scratch.all, center: whole.center, radius: whole.radius, into: &scratch.block)
        for (place, region) in regions.enumerated() where bounds[place] != nil {
            paint(region, frame, scratch.points + scratch.starts[place], &scratch, target)
        }
    }

    /// Paints the points of a tile, as many sheets at a time as its scratch holds.
    private func paint(
        _ region: Region, _ frame: Int, _ points: UnsafeMutablePointer<Point<Lanes>>, _ scratch: inout Scratch,
        _ target: Target
    ) {
        let rows = region.rows
        let step = max(Tile.capacity / rows, 1)
        for first in stride(from: 0, to: offsets.count, by: step) {
            let sheets = first..<min(first + step, offsets.count)
            let part = points + first * rows
            let bounds = part.bounds(rows * sheets.count)
            painter.select(scratch.block, center: bounds.center, radius: bounds.radius, into: &scratch.chosen)
            let names = target.label != nil && sheets.contains(namedSheet)
            painter.paint(
                part, scratch.tile, rows: rows, sheets: sheets, selection: scratch.chosen, names: names)
            store(region, frame, sheets, scratch.tile, target, names: names)
        }
    }

    /// The points of a region, sixteen along x at a time, one sheet after the other.
    private func place(_ region: Region, _ points: UnsafeMutablePointer<Point<Lanes>>) {
        let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let axis = grid.affine.x
        var count = 0
        for offset in offsets {
            for z in region.z {
                for y in region.y {
                    let start = grid.position(region.x.lowerBound, y, z) + normal * offset
                    points[count] = Point(
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
        let rows = region.rows
        for (row, at) in voxels(region).enumerated() {
            let start = frame * grid.count + at
            if let image = target.image?.values {
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
            if names, let label = target.label?.values {
                let name = tile.names[(namedSheet - sheets.lowerBound) * rows + row]
                if region.x.count == 16 {
                    name.store(bytes: label.baseAddress.unsafelyUnwrapped + start)
                } else {
                    for lane in 0..<region.x.count { label[start + lane] = UInt8(name[lane]) }
                }
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
                if let image = target.image?.values { image[destination + lane] = image[source + lane] }
                if let label = target.label?.values { label[destination + lane] = label[source + lane] }
            }
        }
    }
}
