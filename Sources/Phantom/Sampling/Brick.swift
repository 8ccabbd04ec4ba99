import Core

/// Sixteen voxels side by side, four rows of four: what a vector of points covers.
///
/// Square, as compact tiles meet fewer surfaces than long ones. At the edge of a grid some of the sixteen lie beyond it.
struct Brick {
    /// Voxels along x and along y.
    static let width = 4

    /// The first voxel.
    let x: Int
    let y: Int
    let z: Int
    /// How many of its voxels are within the grid.
    let columns: Int
    let rows: Int

    /// Where the sixteen lie relative to the first.
    static func lattice(_ affine: Affine) -> Point<Lanes> {
        let along = Lanes(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)
        let down = Lanes(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)
        return Point(
            x: along * Float(affine.x.x) + down * Float(affine.y.x),
            y: along * Float(affine.x.y) + down * Float(affine.y.y),
            z: along * Float(affine.x.z) + down * Float(affine.y.z))
    }

    /// Writes its voxels, rows `stride` apart.
    @inline(__always)
    func store<T: SIMDScalar>(_ values: SIMD16<T>, to first: UnsafeMutablePointer<T>, stride: Int) {
        if columns == Brick.width && rows == Brick.width {
            let place = UnsafeMutableRawPointer(first)
            let step = stride * MemoryLayout<T>.stride
            place.storeBytes(of: values.lowHalf.lowHalf, as: SIMD4<T>.self)
            (place + step).storeBytes(of: values.lowHalf.highHalf, as: SIMD4<T>.self)
            (place + 2 * step).storeBytes(of: values.highHalf.lowHalf, as: SIMD4<T>.self)
            (place + 3 * step).storeBytes(of: values.highHalf.highHalf, as: SIMD4<T>.self)
            return
        }
        for row in 0..<rows {
            for column in 0..<columns { first[row * stride + column] = values[row * Brick.width + column] }
        }
    }

    /// Reads its voxels, 0 beyond the grid.
    @inline(__always)
    func load(from first: UnsafePointer<Float>, stride: Int) -> Lanes {
        var values = Lanes()
        for row in 0..<rows {
            for column in 0..<columns { values[row * Brick.width + column] = first[row * stride + column] }
        }
        return values
    }
}

/// The bricks of a box of voxels, z by z.
struct Bricks: Sequence, IteratorProtocol {
    private let x: Range<Int>
    private let y: Range<Int>
    private let z: Range<Int>
    private var at: SIMD3<Int>

    init(x: Range<Int>, y: Range<Int>, z: Range<Int>) {
        (self.x, self.y, self.z) = (x, y, z)
        at = SIMD3(x.lowerBound, y.lowerBound, z.lowerBound)
    }

    /// How many there are.
    var count: Int { Bricks.across(x) * Bricks.across(y) * z.count }

    private static func across(_ range: Range<Int>) -> Int { (range.count + Brick.width - 1) / Brick.width }

    mutating func next() -> Brick? {
        guard at.z < z.upperBound else { return nil }
        let brick = Brick(
            x: at.x, y: at.y, z: at.z, columns: Swift.min(Brick.width, x.upperBound - at.x),
            rows: Swift.min(Brick.width, y.upperBound - at.y))
        at.x += Brick.width
        if at.x >= x.upperBound { (at.x, at.y) = (x.lowerBound, at.y + Brick.width) }
        if at.y >= y.upperBound { (at.y, at.z) = (y.lowerBound, at.z + 1) }
        return brick
    }
}

extension Point<Lanes> {
    /// The same points elsewhere.
    @inline(__always)
    func moved(by way: Vector3) -> Point<Lanes> {
        Point(x: x + Lanes(way.x), y: y + Lanes(way.y), z: z + Lanes(way.z))
    }
}
