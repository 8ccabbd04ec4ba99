import Core

extension Tensor {
    /// The same elements in C order in another shape, in which one size may be −1: what is left.
    public func reshaped(_ shape: [Int]) throws -> Tensor { try Torch.call("reshape", self, shape) }

    /// Axes from `first` through `last` as one.
    public func flattened(from first: Int = 0, through last: Int = -1) throws -> Tensor {
        try Torch.call("flatten.using_ints", self, first, last)
    }

    /// Axes in another order, a view.
    public func permuted(_ axes: [Int]) throws -> Tensor { try Torch.call("permute", self, axes) }

    /// An axis at another place, the order of the others kept, a view.
    public func movedAxis(_ axis: Int, to place: Int) throws -> Tensor {
        try Torch.call("movedim.int", self, axis, place)
    }

    /// Two axes exchanged, a view.
    public func transposed(_ first: Int = -2, _ second: Int = -1) throws -> Tensor {
        try Torch.call("transpose.int", self, first, second)
    }

    /// With a new axis of size 1, a view.
    public func unsqueezed(_ axis: Int) throws -> Tensor { try Torch.call("unsqueeze", self, axis) }

    /// Without an axis of size 1, a view.
    public func squeezed(_ axis: Int) throws -> Tensor { try Torch.call("squeeze.dim", self, axis) }

    /// Axes of size 1 repeated to a shape, a view; −1 keeps a size.
    public func expanded(to shape: [Int]) throws -> Tensor { try Torch.call("expand", self, shape) }

    /// Tensors one after another along an axis.
    public static func concatenated(_ tensors: [Tensor], axis: Int) throws -> Tensor {
        try Torch.call("cat", OperatorArgument.tensors(tensors), axis)
    }

    /// Tensors of one shape along a new axis.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
        try Torch.call("stack", OperatorArgument.tensors(tensors), axis)
    }

    /// Parts of given sizes along an axis, views.
    public func split(_ sizes: [Int], axis: Int) throws -> [Tensor] {
        try Torch.callAll("split_with_sizes", self, sizes, axis, limit: sizes.count)
    }

    /// Slices along an axis, without it, views.
    public func unstacked(axis: Int = 0) throws -> [Tensor] {
        let shape = shape
        let index = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(index) else {
            throw CineError(.badData, "Axis \(axis) was expected to exist in \(self).")
        }
        return try Torch.callAll("unbind.int", self, axis, limit: Swift.max(1, shape[index]))
    }

    /// What lies beyond the edges.
    public enum Padding: Sendable {
        /// A number.
        case constant(Double)
        /// The image mirrored about its outermost samples.
        case reflect
        /// The outermost samples repeated.
        case replicate
        /// The image repeated: of time in a heart's cycle.
        case circular

        fileprivate var mode: StaticString {
            switch self {
            case .constant: "constant"
            case .reflect: "reflect"
            case .replicate: "replicate"
            case .circular: "circular"
            }
        }
    }

    /// Samples added before and after each of the last axes.
    ///
    /// - Parameter widths: (before, after) of the last axis, then of the one before it, and so on.
    public func padded(_ widths: [(Int, Int)], _ padding: Padding = .constant(0)) throws -> Tensor {
        let flat = widths.flatMap { [$0.0, $0.1] }
        if case .constant(let value) = padding { return try Torch.call("constant_pad_nd", self, flat, value) }
        return try Torch.call("pad", self, flat, padding.mode)
    }

    /// Moved in a circle along axes.
    public func rolled(_ shifts: [Int], axes: [Int]) throws -> Tensor { try Torch.call("roll", self, shifts, axes) }

    /// Mirrored along axes.
    public func flipped(_ axes: [Int]) throws -> Tensor { try Torch.call("flip", self, axes) }
}

// MARK: - Indexing

/// Which indices of an axis are taken.
public enum TensorIndex: ExpressibleByIntegerLiteral {
    /// All.
    case all
    /// One, and the axis goes; negative ones count from the end.
    case at(Int)
    /// Those of a range, each `step`-th.
    case range(Range<Int>, step: Int = 1)
    /// A new axis of size 1.
    case newAxis

    /// One index.
    public init(integerLiteral value: Int) { self = .at(value) }
}

extension Tensor {
    /// A part of the tensor, a view: an index for each axis from the first on, as in `x[.all, 0, .range(2..<5)]`.
    public subscript(_ indices: TensorIndex...) -> Tensor {
        get throws {
            var (result, axis) = (self, 0)
            for index in indices {
                switch index {
                case .all: axis += 1
                case .at(let index): result = try Torch.call("select.int", result, axis, index)
                case .range(let range, let step):
                    result = try Torch.call("slice.Tensor", result, axis, range.lowerBound, range.upperBound, step)
                    axis += 1
                case .newAxis:
                    result = try result.unsqueezed(axis)
                    axis += 1
                }
            }
            return result
        }
    }

    /// Slices along an axis at indices (int64), in their order.
    public func gathered(_ indices: Tensor, axis: Int) throws -> Tensor {
        try Torch.call("index_select", self, axis, indices)
    }

    /// One axis more, at the end, with 1 at the index that each element (int64) names and 0 elsewhere.
    public func oneHot(classes: Int) throws -> Tensor { try Torch.call("one_hot", self, classes) }
}
