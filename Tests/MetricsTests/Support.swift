import Core

/// Uniform numbers in [0, 1), by seed.
func uniform(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var random = Philox(seed: seed, patient: 0, stage: .recipe)
    return (0..<count).map { _ in Float(random.uniform()) }
}

/// A smooth picture and a noisy copy of it.
func pictures(_ shape: [Int], seed: UInt64 = 1, noise: Float = 0.1) -> (image: [Float], reference: [Float]) {
    let count = shape.reduce(1, *)
    let width = shape[shape.count - 1]
    let reference = (0..<count).map { index -> Float in
        let (x, y) = (Float(index % width), Float(index / width))
        return 0.5 + 0.2 * (x * 0.4).sine + 0.2 * (y * 0.3).sine
    }
    return (zip(reference, uniform(count, seed: seed)).map { $0 + noise * ($1 - 0.5) }, reference)
}

extension Float {
    /// Bhaskara's sine: smooth enough for a picture, and the same everywhere.
    var sine: Float {
        let turns = self / (2 * .pi)
        let t = 2 * (turns - turns.rounded(.down))
        let (half, sign): (Float, Float) = t < 1 ? (t, 1) : (t - 1, -1)
        return sign * 16 * half * (1 - half) / (5 - 4 * half * (1 - half))
    }
}

/// A grid along the patient axes with other spacings along each.
func grid(_ size: SIMD3<Int>, spacingMM: Vector3 = [1.25, 1.5, 8]) -> Grid {
    Grid(center: [10, -20, 30], spacingMM: spacingMM, size: size)
}

/// An ellipsoid about a voxel position, radii in mm.
func ellipsoid(_ grid: Grid, center: Vector3, radiiMM: Vector3) -> Volume<Bool> {
    var mask = Volume(grid: grid, repeating: false)
    let middle = grid.affine(center)
    for z in 0..<grid.size.z {
        for y in 0..<grid.size.y {
            for x in 0..<grid.size.x {
                let offset = (grid.position(x, y, z) - middle) / radiiMM
                mask[x, y, z] = dot(offset, offset) <= 1
            }
        }
    }
    return mask
}
