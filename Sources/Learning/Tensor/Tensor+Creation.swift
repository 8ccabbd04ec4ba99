import Core

extension Tensor {
    /// Zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try full(shape, 0, dtype: dtype, device: device)
    }

    /// Ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try full(shape, 1, dtype: dtype, device: device)
    }

    /// One number everywhere.
    public static func full(
        _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try Torch.call("full", shape, value, named: ["dtype": dtype, "device": device])
    }

    /// 0, 1, 2 … below `count`.
    public static func range(_ count: Int, dtype: DType = .int64, device: Device = .cpu) throws -> Tensor {
        try Torch.call("arange", count, named: ["dtype": dtype, "device": device])
    }

    /// Numbers at equal distances, both ends included.
    public static func linear(
        from start: Double, through end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try Torch.call("linspace", start, end, count, named: ["dtype": dtype, "device": device])
    }

    /// Standard normal numbers of a stream, the same on every device and with every version of libtorch.
    public static func normal(
        _ shape: [Int], using random: inout Philox, device: Device = .cpu
    ) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape, device: device)
    }

    /// Numbers of a stream that are uniform in [−bound, bound), the same on every device and with every version of
    /// libtorch.
    public static func uniform(
        _ shape: [Int], bound: Double, using random: inout Philox, device: Device = .cpu
    ) throws -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { _ in Float(bound * (2 * random.uniform() - 1)) }
        return try Tensor(values, shape: shape, device: device)
    }

    /// Zeros of this tensor's shape, type and device.
    public func zerosLike() throws -> Tensor { try Torch.call("zeros_like", self) }

    /// Ones of this tensor's shape, type and device.
    public func onesLike() throws -> Tensor { try Torch.call("ones_like", self) }
}

// MARK: - Type, place and memory

extension Tensor {
    /// This tensor with another type of elements; itself when it has it.
    public func converted(to type: DType) throws -> Tensor {
        dtype == type ? self : try Torch.call("to.dtype", self, type)
    }

    /// This tensor on another device; itself when it lies there.
    public func converted(to device: Device) throws -> Tensor {
        self.device == device ? self : try Torch.call("to.device", self, device, dtype)
    }

    /// This tensor in C order, or with its channels last; itself when it lies so.
    public func contiguous(_ format: MemoryFormat = .contiguous) throws -> Tensor {
        isContiguous(format) ? self : try Torch.call("contiguous", self, named: ["memory_format": format])
    }

    /// Whether its elements lie in C order, or with its channels last.
    public func isContiguous(_ format: MemoryFormat = .contiguous) -> Bool {
        library.functions.is_contiguous(handle, Int32(format.rawValue)) != 0
    }

    /// A copy in memory of its own.
    public func copied() throws -> Tensor { try Torch.call("clone", self) }

    /// Overwrites the values with those of another tensor, which may be broadcast; not recorded for gradients.
    public func copy(from other: Tensor) throws {
        try Torch.withoutGradients { _ = try Torch.callAll("copy_", self, other) }
    }
}
