/// A point, or sixteen: three coordinates of one kind of number.
public struct Point<L: Lane>: Sendable {
    /// First coordinate, mm.
    public var x: L
    /// Second coordinate, mm.
    public var y: L
    /// Third coordinate, mm.
    public var z: L

    /// Makes a point from its coordinates.
    @inlinable @inline(__always)
    public init(x: L, y: L, z: L) {
        self.x = x
        self.y = y
        self.z = z
    }
}

extension Point<Double> {
    /// The same point as a vector.
    public var vector: Vector3 { [x, y, z] }

    /// Makes a point from a vector.
    public init(_ v: Vector3) { self.init(x: v.x, y: v.y, z: v.z) }
}

extension Point<Dual> {
    /// A point whose coordinates are the variables of differentiation.
    public init(variable v: Vector3) {
        self.init(
            x: Dual(v.x, gradient: [1, 0, 0]), y: Dual(v.y, gradient: [0, 1, 0]), z: Dual(v.z, gradient: [0, 0, 1]))
    }
}

extension Affine {
    /// The image of a point of any kind of number.
    @inlinable @inline(__always)
    public func apply<L: Lane>(_ p: Point<L>) -> Point<L> {
        Point(
            x: L(x.x) * p.x + L(y.x) * p.y + L(z.x) * p.z + L(translation.x),
            y: L(x.y) * p.x + L(y.y) * p.y + L(z.y) * p.z + L(translation.y),
            z: L(x.z) * p.x + L(y.z) * p.y + L(z.z) * p.z + L(translation.z))
    }
}
