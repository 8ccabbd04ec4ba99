import Core

extension Tensor {
    /// What samples beyond the edges are.
    public enum Edge: Int, Sendable {
        /// Zero.
        case zero = 0
        /// The nearest sample of the edge.
        case nearest = 1
        /// The image mirrored.
        case mirror = 2
    }

    /// Images [N, C, (Z,) Y, X] sampled linearly at points.
    ///
    /// - Parameter points: [N, (Z',) Y', X', 2 or 3], x first; −1 and 1 are the centres of the first and the last sample.
    public func sampled(at points: Tensor, beyond edge: Edge = .zero) throws -> Tensor {
        try Torch.call("grid_sampler", self, points, 0, edge.rawValue, true)
    }

    /// Images moved by a field: the result at p is the image at p + u(p), linearly interpolated.
    ///
    /// - Shape: image [N, C, Y, X] and field [N, 2, Y, X], or [N, C, Z, Y, X] and [N, 3, Z, Y, X].
    /// - Units: samples; the field's channels are x, y (and z).
    public func warped(by field: Tensor, beyond edge: Edge = .nearest) throws -> Tensor {
        let size = Array(shape.dropFirst(2))
        guard [2, 3].contains(size.count), field.shape == [shape[0], size.count] + size else {
            throw CineError(
                .badData, "A field [N, \(size.count), ..] of an image \(self) was expected, found \(field).")
        }
        // Axis k of the points is axis (last − k) of the image. One sample has its centre at −1.
        let axes = size.indices.reversed().map { axis -> (count: Int, place: [Int]) in
            (size[axis], size.indices.map { $0 == axis ? size[axis] : 1 })
        }
        let scale = try Tensor(axes.map { 2 / Float(Swift.max($0.count - 1, 1)) }, device: device)
            .converted(to: field.dtype)
        let base = try Tensor.stacked(
            axes.map { axis in
                let line = axis.count == 1 ? [-1] : (0..<axis.count).map { 2 * Double($0) / Double(axis.count - 1) - 1 }
                return try Tensor(line, shape: axis.place, device: device).converted(to: field.dtype).expanded(to: size)
            }, axis: -1)
        return try sampled(at: field.movedAxis(1, to: -1) * scale + base, beyond: edge)
    }
}
