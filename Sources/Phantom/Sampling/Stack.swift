import Core

/// All brushes as flat lists, so that choosing those that reach a tile copies and allocates nothing.
struct Stack: Sendable {
    /// One brush: which primitives it is made of, in the order parts, clips, holes.
    struct Layer: Sendable {
        let first: Int
        let parts: Int
        let clips: Int
        let holes: Int
        /// The first of the brushes in a row that are made of the same parts.
        let source: Int
        let growth: Double
        let blend: Double
        let holeBlend: Double
        let label: Label?
        let tissue: Tissue
    }

    let layers: [Layer]
    let primitives: [Primitive]

    init(_ brushes: [Brush]) {
        var primitives: [Primitive] = []
        var layers: [Layer] = []
        for (index, brush) in brushes.enumerated() {
            let follows = index > 0 && brush.isGrown(from: brushes[index - 1])
            layers.append(
                Layer(
                    first: primitives.count, parts: brush.parts.count, clips: brush.clips.count,
                    holes: brush.holes.count, source: follows ? layers[index - 1].source : index,
                    growth: brush.growth, blend: brush.blend, holeBlend: brush.holeBlend, label: brush.label,
                    tissue: brush.tissue))
            primitives += brush.parts + brush.clips + brush.holes
        }
        self.layers = layers
        self.primitives = primitives
    }

    /// Everything.
    func selectAll(into selection: inout Selection) {
        selection.clear()
        for (index, layer) in layers.enumerated() {
            selection.open(layer: index)
            for i in layer.first..<layer.first + layer.parts { selection.add(part: i) }
            for i in layer.first + layer.parts..<layer.first + layer.parts + layer.clips { selection.add(clip: i) }
            let holes = layer.first + layer.parts + layer.clips
            for i in holes..<holes + layer.holes { selection.add(hole: i) }
            selection.close()
        }
    }

    /// What of a selection matters within a ball of material points.
    ///
    /// What is left out changes nothing there: it is bounded away from every point of the ball.
    func select(
        _ from: borrowing Selection, in ball: Ball, ramp: Double, into result: inout Selection
    ) {
        result.clear()
        result.base = from.base
        // Single precision moves a point by less.
        let ball = Ball(center: ball.center, radius: ball.radius + 0.01)
        let edge = ramp / 2
        var known = KnownRanges()
        var measured = (source: -1, parts: Int32(0), melted: Primitive.Interval(low: 0, high: 0))
        primitives.withUnsafeBufferPointer { primitives in
            for entry in 0..<from.count {
                let chosen = from.entries[entry]
                let layer = layers[Int(chosen.layer)]
                // A wall and its lumen are the same parts, and the lumen has none that the wall has not.
                if measured.source != layer.source || measured.parts != chosen.parts {
                    let melted = result.measure(from.parts(chosen), blend: layer.blend) {
                        primitives[$0].range(in: ball, &known)
                    }
                    measured = (layer.source, chosen.parts, melted)
                }
                let melted = measured.melted
                if melted.low > layer.growth + edge { continue }
                result.open(layer: Int(chosen.layer))
                // A part melts only with what is less than the blend away, and lowers that by a quarter of it at most: what
                // is more than twice the blend and that quarter above the result had no share in it.
                let limit = min(melted.high, layer.growth + edge) + 2.25 * layer.blend
                for (place, i) in from.parts(chosen).enumerated() where result.ranges[place].low <= limit {
                    result.add(part: i)
                }
                let isFull = melted.high - layer.growth < -edge
                if !cut(chosen, from, edge, &result, { primitives[$0].range(in: ball, &known) }) { continue }
                if isFull && result.openIsWhole && layer.label != nil {
                    result.clear()
                    result.base = Int(chosen.layer)
                } else {
                    result.close()
                }
            }
        }
    }

    /// Adds the clips and holes that cut the open brush.
    ///
    /// - Returns: whether anything of it is left.
    @inline(__always)
    private func cut(
        _ chosen: Selection.Entry, _ from: borrowing Selection, _ edge: Double, _ result: inout Selection,
        _ range: (Int) -> Primitive.Interval
    ) -> Bool {
        let holeBlend = layers[Int(chosen.layer)].holeBlend
        for i in from.clips(chosen) {
            let bounds = range(i)
            if bounds.low > edge { return false }
            // What melts with a hole must be known as deep as that reaches.
            if bounds.high > -edge - holeBlend { result.add(clip: i) }
        }
        for i in from.holes(chosen) {
            let bounds = range(i)
            if bounds.high < -edge { return false }
            if bounds.low < edge + holeBlend { result.add(hole: i) }
        }
        return true
    }

    /// Distances of a chosen brush at some points, into `tile.distances`.
    func distances(
        _ selection: borrowing Selection, _ entry: Selection.Entry, at points: UnsafeMutablePointer<Point<Lanes>>,
        in tile: borrowing Tile, _ known: inout Tile.Known, count: Int
    ) {
        let layer = layers[Int(entry.layer)]
        // A wall and its lumen are the same parts, grown differently; the wall comes first and holds no fewer of them.
        if known.source != layer.source {
            melt(selection, entry, at: points, in: tile, &known, count: count)
            known.source = layer.source
        }
        let growth = Lanes(layer.growth)
        for k in 0..<count { tile.distances[k] = tile.melted[k] - growth }
        primitives.withUnsafeBufferPointer { primitives in
            for i in selection.clips(entry) {
                primitives[i].distances(points, count, in: tile, &known, into: tile.parts)
                for k in 0..<count { tile.distances[k] = Lanes.larger(tile.distances[k], tile.parts[k]) }
            }
            for i in selection.holes(entry) {
                primitives[i].distances(points, count, in: tile, &known, into: tile.parts)
                if layer.holeBlend > 0 {
                    let blend = layer.holeBlend
                    for k in 0..<count {
                        tile.distances[k] = Lanes(0) - Solid.melt(Lanes(0) - tile.distances[k], tile.parts[k], blend)
                    }
                } else {
                    for k in 0..<count {
                        tile.distances[k] = Lanes.larger(tile.distances[k], Lanes(0) - tile.parts[k])
                    }
                }
            }
        }
    }

    /// The union of a brush's chosen parts, into `tile.melted`.
    private func melt(
        _ selection: borrowing Selection, _ entry: Selection.Entry, at points: UnsafeMutablePointer<Point<Lanes>>,
        in tile: borrowing Tile, _ known: inout Tile.Known, count: Int
    ) {
        let blend = layers[Int(entry.layer)].blend
        primitives.withUnsafeBufferPointer { primitives in
            for (place, i) in selection.parts(entry).enumerated() {
                if place == 0 {
                    primitives[i].distances(points, count, in: tile, &known, into: tile.melted)
                    continue
                }
                primitives[i].distances(points, count, in: tile, &known, into: tile.parts)
                if blend > 0 {
                    for k in 0..<count { tile.melted[k] = Solid.melt(tile.melted[k], tile.parts[k], blend) }
                } else {
                    for k in 0..<count { tile.melted[k] = Lanes.smaller(tile.melted[k], tile.parts[k]) }
                }
            }
        }
    }
}
