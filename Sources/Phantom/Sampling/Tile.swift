import Core

/// Scratch for painting a tile: distances, values and names of its points.
struct Tile: ~Copyable {
    /// Most vectors of sixteen points a tile may hold.
    static let capacity = 64

    /// What of the scratch holds for the points being painted.
    struct Known {
        /// The brush whose parts, melted together, `melted` holds.
        var source = -1
        var hasProlate = false
    }

    let distances = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)
    let parts = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)
    let melted = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)
    let prolate = UnsafeMutablePointer<Prolate<Lanes>>.allocate(capacity: capacity)
    let covers = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)
    /// Of each image in turn.
    let values: UnsafeMutablePointer<Lanes>
    let grains = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)
    let names = UnsafeMutablePointer<Lanes>.allocate(capacity: capacity)

    init(images: Int) { values = .allocate(capacity: images * Tile.capacity) }

    deinit {
        distances.deallocate()
        covers.deallocate()
        parts.deallocate()
        melted.deallocate()
        prolate.deallocate()
        values.deallocate()
        grains.deallocate()
        names.deallocate()
    }
}

extension UnsafeMutablePointer<Point<Lanes>> {
    /// The smallest box that holds the first `count` vectors of points.
    func bounds(_ count: Int) -> Bounds {
        var low = self[0]
        var high = low
        for i in 1..<max(count, 1) {
            let p = self[i]
            low = Point(
                x: Lanes.smaller(low.x, p.x), y: Lanes.smaller(low.y, p.y), z: Lanes.smaller(low.z, p.z))
            high = Point(x: Lanes.larger(high.x, p.x), y: Lanes.larger(high.y, p.y), z: Lanes.larger(high.z, p.z))
        }
        return Bounds(
            low: [Double(low.x.least), Double(low.y.least), Double(low.z.least)],
            high: [Double(high.x.most), Double(high.y.most), Double(high.z.most)])
    }

    /// A ball that holds the first `count` vectors of points: about the middle of their box, through the farthest.
    func ball(_ count: Int) -> Ball {
        let center = bounds(count).center
        var farthest = Lanes()
        for i in 0..<count {
            let (x, y, z) = (self[i].x - Lanes(center.x), self[i].y - Lanes(center.y), self[i].z - Lanes(center.z))
            farthest = Lanes.larger(farthest, x * x + y * y + z * z)
        }
        return Ball(center: center, radius: Double(farthest.most).squareRoot())
    }

    /// Replaces every point by its image.
    @inline(__always)
    func map(_ count: Int, _ f: (Point<Lanes>) -> Point<Lanes>) {
        for i in 0..<count { self[i] = f(self[i]) }
    }
}

/// All points within a distance of one.
struct Ball: Sendable {
    var center: Vector3
    var radius: Double

    /// A ball that holds several.
    init(holding balls: [Ball]) {
        let low = balls.reduce(Vector3(repeating: .infinity)) { pointwiseMin($0, $1.center - $1.radius) }
        let high = balls.reduce(Vector3(repeating: -.infinity)) { pointwiseMax($0, $1.center + $1.radius) }
        let center = (low + high) * 0.5
        self.center = center
        radius = balls.reduce(0) { max($0, length($1.center - center) + $1.radius) }
    }

    init(center: Vector3, radius: Double) {
        self.center = center
        self.radius = radius
    }
}

/// A box along the axes of some frame.
struct Bounds: Sendable {
    var low: Vector3
    var high: Vector3

    var center: Vector3 { (low + high) * 0.5 }
    var radius: Double { length(high - low) * 0.5 }

    /// Whether two boxes have a point in common.
    func meets(_ other: Bounds) -> Bool {
        !any(low .> other.high) && !any(other.low .> high)
    }

    /// The box grown on all sides.
    func grown(by margin: Double) -> Bounds { Bounds(low: low - margin, high: high + margin) }

    /// The smallest box that holds two.
    func union(_ other: Bounds) -> Bounds {
        Bounds(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high))
    }

    /// The smallest box in another frame that holds this one.
    func mapped(by map: Affine) -> Bounds {
        let half = (high - low) * 0.5
        let reach = Vector3(
            abs(map.x.x) * half.x + abs(map.y.x) * half.y + abs(map.z.x) * half.z,
            abs(map.x.y) * half.x + abs(map.y.y) * half.y + abs(map.z.y) * half.z,
            abs(map.x.z) * half.x + abs(map.y.z) * half.y + abs(map.z.z) * half.z)
        return Bounds(low: map(center) - reach, high: map(center) + reach)
    }
}
