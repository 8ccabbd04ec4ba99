import Core

extension Tensor {
    /// The sum of all elements, as a tensor of shape [].
    public func sum() throws -> Tensor { try Torch.call("sum", self) }

    /// Sums along axes.
    ///
    /// - Parameter keepingAxes: whether the axes stay, with size 1.
    public func sum(_ axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("sum.dim_IntList", self, axes, keepingAxes)
    }

    /// The mean of all elements, as a tensor of shape [].
    public func mean() throws -> Tensor { try Torch.call("mean", self) }

    /// Means along axes.
    ///
    /// - Parameter keepingAxes: whether the axes stay, with size 1.
    public func mean(_ axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("mean.dim", self, axes, keepingAxes)
    }

    /// Variances along axes.
    ///
    /// - Parameter unbiased: whether sums of squares are divided by N − 1 rather than N.
    /// - Parameter keepingAxes: whether the axes stay, with size 1.
    public func variance(_ axes: [Int], unbiased: Bool = true, keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("var.dim", self, axes, unbiased, keepingAxes)
    }

    /// The greatest of all elements.
    public func max() throws -> Tensor { try Torch.call("max", self) }

    /// The greatest elements along axes.
    public func max(_ axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("amax", self, axes, keepingAxes)
    }

    /// The least of all elements.
    public func min() throws -> Tensor { try Torch.call("min", self) }

    /// The least elements along axes.
    public func min(_ axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("amin", self, axes, keepingAxes)
    }

    /// Indices of the greatest elements along an axis, as int64.
    public func indexOfMax(_ axis: Int, keepingAxis: Bool = false) throws -> Tensor {
        try Torch.call("argmax", self, axis, keepingAxis)
    }

    /// Running sums along an axis.
    public func cumulativeSum(_ axis: Int) throws -> Tensor { try Torch.call("cumsum", self, axis) }

    /// The Euclidean norm of all elements.
    public func norm() throws -> Tensor { try Torch.call("linalg_vector_norm", self) }

    /// Euclidean norms along axes.
    public func norm(_ axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
        try Torch.call("linalg_vector_norm", self, 2.0, axes, keepingAxes)
    }

    /// Whether every element is finite.
    public func isFinite() throws -> Bool { try Torch.call("all", Torch.call("isfinite", self)).item() != 0 }
}
