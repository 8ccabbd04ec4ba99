import CTorchInterface
import Core

// MARK: From Swift

extension Tensor {
    /// Copies values in C order, last index fastest.
    ///
    /// - Throws: `CineError(.badData)` when the values do not fill the shape.
    public convenience init<Scalar: TensorScalar>(
        _ values: [Scalar], shape: [Int]? = nil, device: Device = .cpu
    ) throws {
        let memory = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: values.count)
        _ = memory.initialize(from: values)
        try self.init(adopting: memory, shape: shape ?? [values.count], owner: AllocatedMemory(memory), device: device)
    }

    /// Uses memory as it is, without a copy on the CPU, for as long as `owner` keeps it; nobody else may write it.
    ///
    /// - Shape: C order, last index fastest.
    /// - Throws: `CineError(.badData)` when the values do not fill the shape.
    public convenience init<Scalar: TensorScalar>(
        adopting values: UnsafeMutableBufferPointer<Scalar>, shape: [Int], owner: AnyObject, device: Device = .cpu
    ) throws {
        guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == values.count else {
            throw CineError(.badData, "A tensor of shape \(shape) was expected, found \(values.count) values.")
        }
        let library = try Torch.library
        let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { owner in
            if let owner { Unmanaged<AnyObject>.fromOpaque(owner).release() }
        }
        let retained = Unmanaged.passRetained(owner)
        // Of an empty tensor libtorch reads nothing, so that any place will do.
        let start = values.baseAddress.map { UnsafeMutableRawPointer($0) } ?? retained.toOpaque()
        var result: CTorchTensor?
        let status = library.functions.wrap(
            start, shape.map { Int64($0) }, Int32(shape.count), Scalar.dtype.code, release, retained.toOpaque(), &result
        )
        guard status == 0, let result else {
            retained.release()
            throw CineError(.badData, "Cannot make a tensor of shape \(shape): \(library.lastError)")
        }
        try self.init(sharing: Tensor(owning: result, library).converted(to: device))
    }

    /// One number.
    public convenience init<Scalar: TensorScalar>(_ value: Scalar, device: Device = .cpu) throws {
        try self.init([value], shape: [], device: device)
    }
}

/// Frees memory with its last user.
private final class AllocatedMemory {
    private let memory: UnsafeMutableRawPointer?

    init<Scalar>(_ memory: UnsafeMutableBufferPointer<Scalar>) {
        self.memory = UnsafeMutableRawPointer(memory.baseAddress)
    }

    deinit { memory?.deallocate() }
}

// MARK: Into Swift

extension Tensor {
    /// Copies the values in C order, converted where they are of another type.
    ///
    /// - Cost: waits for the device.
    public func values<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) throws -> [Scalar] {
        try withValues(as: type) { Array($0) }
    }

    /// Reads the values in C order where they lie, or a copy when they lie otherwise, on a device or in another type.
    public func withValues<Scalar: TensorScalar, Result>(
        as type: Scalar.Type = Scalar.self, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
    ) throws -> Result {
        try converted(to: Scalar.dtype).withBytes { try body($0.assumingMemoryBound(to: Scalar.self)) }
    }

    /// The value of a tensor of one element; the real part of a complex one is not taken for it.
    ///
    /// - Throws: `CineError(.badData)` for more elements or a complex one.
    public func item() throws -> Double { try Torch.callNumber("item", self) }
}

// MARK: - Bytes

extension Tensor {
    /// Reads the bytes of the elements in C order, where they lie or in a copy.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        // A conjugate, and a part of one, may be only marked as such.
        let plain = try Torch.call("resolve_neg", Torch.call("resolve_conj", detached()))
        let here = try plain.converted(to: .cpu).contiguous()
        return try withExtendedLifetime(here) {
            try body(UnsafeRawBufferPointer(start: library.functions.data(here.handle), count: here.count * dtype.size))
        }
    }

    /// Bytes [count] as elements of another type.
    func viewed(as type: DType) throws -> Tensor {
        type == .uint8 ? self : try Torch.call("view.dtype", self, type)
    }
}
