import Core

/// Samples moments of a patient on a grid: tiles of neighbouring points are pulled back to the material together and
/// painted with the few brushes that reach them.
struct Renderer: Sendable {
    /// Points of a tile along x and y; along z it takes up to `depth` sheets.
    ///
    /// Compact, as a tile needs every brush and every step of the motion that reaches any of its points.
    private static let width = 2 * Brick.width
    private static let depth = 8
    /// Tiles a block spans along each axis: brushes are preselected for a block.
    private static let blockTiles = 3

    let grid: Grid
    /// Offsets along the unit normal of the sheets whose sum is one grid z.
    let offsets: [Double]
    let painter: Painter
    /// The sheet that names are read from.
    let namedSheet: Int
    let normal: Vector3

    init(grid: Grid, offsets: [Double], painter: Painter) {
        self.grid = grid
        self.offsets = offsets
        self.painter = painter
        namedSheet = offsets.indices.min { abs(offsets[$0]) < abs(offsets[$1]) } ?? 0
        normal = normalize(grid.affine.z)
    }

    /// Renders all motions; [T, I, Z, Y, X] for the images, [T, Z, Y, X] for the labels.
    func render(
        _ motions: [HeartMotion], threads: Int, image: UnsafeMutableBufferPointer<Float>?,
        label: UnsafeMutableBufferPointer<UInt8>?
    ) {
        let slab = offsets.count == 1 ? Renderer.depth : 1
        let tiles = SIMD3(
            divide(grid.size.x, by: Renderer.width), divide(grid.size.y, by: Renderer.width),
            divide(grid.size.z, by: slab))
        let span = SIMD3(Renderer.blockTiles, Renderer.blockTiles, offsets.count == 1 ? Renderer.blockTiles : 1)
        let blocks = SIMD3(divide(tiles.x, by: span.x), divide(tiles.y, by: span.y), divide(tiles.z, by: span.z))
        let motions = motions.map(TiledMotion.init)
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
                                y: y * Renderer.width..<min((y + 1) * Renderer.width, grid.size.y),
                                z: z * slab..<min((z + 1) * slab, grid.size.z)))
                    }
                }
            }
            var scratch = Scratch(for: painter, vectors: regions.map { $0.bricks.count * offsets.count })
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
        let tile: Tile
        var all: Selection
        var block: Selection
        var chosen: Selection

        init(for painter: Painter, vectors: [Int]) {
            let stack = painter.stack
            tile = Tile(images: painter.images)
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

        /// Sixteen points at a time.
        var bricks: Bricks { Bricks(x: x, y: y, z: z) }
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

    /// One frame of a block: where its points come from decides which brushes it needs.
    private func render(
        _ regions: [Region], _ frame: Int, _ motion: TiledMotion, _ first: TiledMotion, _ scratch: inout Scratch,
        _ target: Target
    ) {
        let isHeld = frame > 0 && !motion.breathes && !first.breathes
        var balls: [Ball?] = []
        for (place, region) in regions.enumerated() {
            if isHeld && !motion.reaches(bounds(region)) {
                copy(region, from: 0, to: frame, target)
                balls.append(nil)
                continue
            }
            let points = scratch.points + scratch.starts[place]
            let count = region.bricks.count * offsets.count
            self.place(region, points)
            balls.append(motion.pullBack(points, count: count))
        }
        let known = balls.compactMap(\.self)
        if known.isEmpty { return }
        painter.select(scratch.all, in: Ball(holding: known), into: &scratch.block)
        for (place, region) in regions.enumerated() {
            guard let ball = balls[place] else { continue }
            paint(region, frame, scratch.points + scratch.starts[place], ball, &scratch, target)
        }
    }

    /// Paints the points of a tile, as many sheets at a time as its scratch holds.
    private func paint(
        _ region: Region, _ frame: Int, _ points: UnsafeMutablePointer<Point<Lanes>>, _ whole: Ball,
        _ scratch: inout Scratch, _ target: Target
    ) {
        let rows = region.bricks.count
        let step = max(Tile.capacity / rows, 1)
        for first in stride(from: 0, to: offsets.count, by: step) {
            let sheets = first..<min(first + step, offsets.count)
            let part = points + first * rows
            let ball = sheets.count == offsets.count ? whole : part.ball(rows * sheets.count)
            painter.select(scratch.block, in: ball, into: &scratch.chosen)
            let names = target.label != nil && sheets.contains(namedSheet)
            painter.paint(
                part, scratch.tile, rows: rows, sheets: sheets, selection: scratch.chosen, names: names)
            store(region, frame, sheets, scratch.tile, target, names: names)
        }
    }

    /// The points of a region, a brick at a time, one sheet after the other.
    private func place(_ region: Region, _ points: UnsafeMutablePointer<Point<Lanes>>) {
        let lattice = Brick.lattice(grid.affine)
        var count = 0
        for offset in offsets {
            for brick in region.bricks {
                points[count] = lattice.moved(by: grid.position(brick.x, brick.y, brick.z) + normal * offset)
                count += 1
            }
        }
    }

    /// Adds the sheets of a tile to the image, and keeps the names of one.
    private func store(
        _ region: Region, _ frame: Int, _ sheets: Range<Int>, _ tile: borrowing Tile, _ target: Target, names: Bool
    ) {
        let count = region.bricks.count
        for (index, brick) in region.bricks.enumerated() {
            let start = (brick.z * grid.size.y + brick.y) * grid.size.x + brick.x
            if let images = target.image?.values.baseAddress {
                for image in 0..<painter.images {
                    let values = tile.values + image * count * sheets.count
                    let pixels = images + (frame * painter.images + image) * grid.count + start
                    var sum = values[index]
                    for place in 1..<max(sheets.count, 1) { sum += values[place * count + index] }
                    if sheets.lowerBound > 0 { sum += brick.load(from: pixels, stride: grid.size.x) }
                    brick.store(sum, to: pixels, stride: grid.size.x)
                }
            }
            if names, let label = target.label?.values.baseAddress {
                let name = tile.names[(namedSheet - sheets.lowerBound) * count + index]
                brick.store(name.bytes, to: label + frame * grid.count + start, stride: grid.size.x)
            }
        }
    }

    private func copy(_ region: Region, from: Int, to: Int, _ target: Target) {
        for z in region.z {
            for y in region.y {
                let row = (z * grid.size.y + y) * grid.size.x + region.x.lowerBound
                if let image = target.image?.values.baseAddress {
                    for place in 0..<painter.images {
                        let source = image + (from * painter.images + place) * grid.count + row
                        let destination = image + (to * painter.images + place) * grid.count + row
                        destination.update(from: source, count: region.x.count)
                    }
                }
                if let label = target.label?.values.baseAddress {
                    (label + to * grid.count + row).update(
                        from: label + from * grid.count + row, count: region.x.count)
                }
            }
        }
    }
}
