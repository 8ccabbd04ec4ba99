import Core
import Scanner

extension Recipe.VolumeRequest {
    /// The grid around a heart, or along its short-axis stack.
    ///
    /// - Parameter stack: the slices as planned.
    func grid(for planner: SlicePlanner, stack: [Grid]) -> Grid {
        if along == .sax, let first = stack.first, let size, let perThick = slicesPerThick {
            return Self.grid(dividing: first, slices: stack.count, by: perThick, width: size[0], height: size[1])
        }
        let spacingMM = spacingMM ?? 1.25
        guard let size, size.count == 3 else {
            return planner.heartVolume(spacingMM: spacingMM, marginMM: marginMM ?? 0)
        }
        let box = planner.landmarks.heartBox
        return Grid(
            center: (box.low + box.high) * 0.5, spacingMM: Vector3(repeating: spacingMM),
            size: SIMD3(size[0], size[1], size[2]))
    }

    /// The fine slices of a stack: its own pixels about the middle, and `perThick` slices about the centre of each.
    ///
    /// - Parameter first: the first slice, whose z axis reaches to the next.
    /// - Returns: a grid in which slice i of the stack is at (i + ½) perThick − ½.
    static func grid(dividing first: Grid, slices: Int, by perThick: Int, width: Int, height: Int) -> Grid {
        let depth = first.affine.z / Double(perThick)
        let corner = first.position((first.size.x - width) / 2, (first.size.y - height) / 2, 0)
        return Grid(
            affine: Affine(
                x: first.affine.x, y: first.affine.y, z: depth,
                translation: corner - depth * (Double(perThick - 1) / 2)),
            size: [width, height, slices * perThick])
    }
}
