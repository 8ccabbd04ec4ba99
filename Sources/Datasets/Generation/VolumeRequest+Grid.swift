import Core
import Phantom
import Scanner

extension Recipe.VolumeRequest {
    /// The grid around a heart, or along its short-axis stack.
    ///
    /// - Parameter stack: the slices as planned.
    func grid(for planner: SlicePlanner, stack: [Grid]) -> Grid {
        if along == .sax, let first = stack.first, let size, let perThick = slicesPerThick {
            var whole = first
            whole.size.z = stack.count
            return whole.dividingSlices(by: perThick, width: size[0], height: size[1])
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

    /// What is sampled at a voxel: along the stack it has the contrast of slices.
    func layer(of scan: CineProtocol, tissues: [Tissue: Relaxation]) -> SampleLayer {
        along == .sax ? scan.volumeLayer(like: .sax, tissues: tissues) : scan.volumeLayer(tissues: tissues)
    }
}

extension Grid {
    /// The fine slices of a stack: its own pixels about the middle, and `count` slices about the centre of each.
    ///
    /// - Returns: a grid in which slice i of the stack is at (i + ½) count − ½.
    public func dividingSlices(by count: Int, width: Int, height: Int) -> Grid {
        let depth = affine.z / Double(count)
        let corner = position((size.x - width) / 2, (size.y - height) / 2, 0)
        return Grid(
            affine: Affine(
                x: affine.x, y: affine.y, z: depth, translation: corner - depth * (Double(count - 1) / 2)),
            size: [width, height, size.z * count])
    }
}
