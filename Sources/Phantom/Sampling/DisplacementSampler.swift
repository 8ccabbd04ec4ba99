import Core

/// Samples where a motion takes the points of a grid.
struct DisplacementSampler: Sendable {
    let grid: Grid
    let motion: HeartMotion

    /// Fills [3, Z, Y, X].
    func sample(threads: Int, into field: UnsafeMutableBufferPointer<Float16>) {
        let target = SharedBuffer(field)
        let supports = MotionSupport(motion).all
        let isBreathing = !motion.respiration.isIdentity
        Workers.forEach(grid.size.z, threads: threads) { z in
            for y in 0..<grid.size.y {
                for x in stride(from: 0, to: grid.size.x, by: 16) {
                    let start = grid.position(x, y, z)
                    let end = grid.position(min(x + 15, grid.size.x - 1), y, z)
                    let row = Bounds(low: pointwiseMin(start, end), high: pointwiseMax(start, end))
                    let local = row.mapped(by: motion.toFrame)
                    let isMoving = isBreathing || supports.contains { $0.meets(local) }
                    store(isMoving ? displacement(start) : (Lanes(), Lanes(), Lanes()), x, y, z, target.values)
                }
            }
        }
    }

    private func displacement(_ start: Vector3) -> (Lanes, Lanes, Lanes) {
        let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let axis = grid.affine.x
        let p = Point(
            x: Lanes(start.x) + ramp * Float(axis.x), y: Lanes(start.y) + ramp * Float(axis.y),
            z: Lanes(start.z) + ramp * Float(axis.z))
        let q = motion.forward(p)
        return (q.x - p.x, q.y - p.y, q.z - p.z)
    }

    private func store(
        _ u: (Lanes, Lanes, Lanes), _ x: Int, _ y: Int, _ z: Int, _ field: UnsafeMutableBufferPointer<Float16>
    ) {
        let at = (z * grid.size.y + y) * grid.size.x + x
        let count = min(16, grid.size.x - x)
        for (component, value) in [u.0, u.1, u.2].enumerated() {
            let target = field.baseAddress.unsafelyUnwrapped + component * grid.count + at
            if count == 16 {
                value.store(halves: target)
            } else {
                for lane in 0..<count { target[lane] = Float16(value[lane]) }
            }
        }
    }
}
