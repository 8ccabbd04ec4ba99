import Core

/// A point's footprint on the grid.
struct GridPoint: Sendable {
    /// First grid index that it touches along z, y, x.
    var z: Int32
    var y: Int32
    var x: Int32
    /// Its number among the caller's points.
    var index: Int32
    /// Where along z, y, x it lies between the first and the last place that such a footprint allows, in [0, 1).
    var place: SIMD3<Float>
}

/// How an axis is cut into tiles: an even number of them, none narrower than a footprint, or a single one.
///
/// A footprint that starts in a tile ends in it or in the next. So tiles of the same parity never meet.
struct TileCut: Sendable {
    /// Number of grid indices.
    let size: Int
    /// Number of tiles.
    let count: Int

    init(size: Int) {
        self.size = size
        count = size == 1 ? 1 : max(size / KernelPolynomial.maximumWidth / 2 * 2, 2)
    }

    /// First index of a tile.
    func start(_ tile: Int) -> Int { tile * size / count }

    /// The tile of an index.
    func tile(_ index: Int) -> Int { ((index + 1) * count - 1) / size }
}

/// Points sorted by tiles of the grid, and along x within a tile.
struct GridPoints: Sendable {
    /// All points, tile by tile.
    let points: [GridPoint]
    /// How z and y are cut.
    let cuts: (z: TileCut, y: TileCut)
    private let starts: [Int]

    /// Sorts points given in grid units, [z, y, x].
    init(count: Int, layout: GridLayout, width: Int, position: (Int) -> SIMD3<Double>) {
        let cuts = (z: TileCut(size: layout.grid[0]), y: TileCut(size: layout.grid[1]))
        let grid = SIMD3<Double>(layout.grid)
        let taps = SIMD3(layout.isVolume ? Double(width) : 0, Double(width), Double(width))
        let columns = layout.grid[2] / 8 + 1
        var keys = [Int32](repeating: 0, count: count)
        var starts = [Int](repeating: 0, count: cuts.z.count * cuts.y.count * columns + 1)
        let unsorted = (0..<count).map { index in
            let u = position(index)
            let first = (u - taps / 2).rounded(.up)
            let place = SIMD3<Float>(first - u + taps / 2)
            // Wrapped last, where the number is whole, so that nothing is lost.
            let wrapped = first - grid * (first / grid).rounded(.down)
            let (z, y, x) = (Int(wrapped[0]), Int(wrapped[1]), Int(wrapped[2]))
            let key = (cuts.z.tile(z) * cuts.y.count + cuts.y.tile(y)) * columns + x / 8
            keys[index] = Int32(key)
            starts[key + 1] += 1
            return GridPoint(z: Int32(z), y: Int32(y), x: Int32(x), index: Int32(index), place: place)
        }
        for key in 1..<starts.count { starts[key] += starts[key - 1] }
        self.starts = (0...cuts.z.count * cuts.y.count).map { starts[$0 * columns] }
        self.cuts = cuts
        points = [GridPoint](unsafeUninitializedCapacity: count) { sorted, filled in
            for (point, key) in zip(unsorted, keys) {
                sorted[starts[Int(key)]] = point
                starts[Int(key)] += 1
            }
            filled = count
        }
    }

    /// The points of a tile.
    func range(z: Int, y: Int) -> Range<Int> {
        let tile = z * cuts.y.count + y
        return starts[tile]..<starts[tile + 1]
    }
}
