import CTorchInterface
import Core

/// The tensor engine, libtorch: whether it is there, and how it works.
///
/// It is a shared library that is opened when a tensor is first made; nothing else of the program needs it.
public enum Torch {
    /// The engine's table.
    ///
    /// - Throws: `CineError` that names what is missing and how to install it.
    static var library: TorchLibrary { get throws { try TorchLibrary.shared.get() } }

    /// Why there is no tensor engine; nil when there is one.
    public static var unavailability: CineError? {
        if case .failure(let error) = TorchLibrary.shared { error } else { nil }
    }

    /// Whether there is a tensor engine.
    public static var isAvailable: Bool { unavailability == nil }

    /// The version of libtorch, as "1.13.1".
    public static var version: String {
        get throws { try library.functions.library_version().map { String(cString: $0) } ?? "" }
    }

    /// Number of CUDA devices.
    public static var cudaDeviceCount: Int { get throws { Int(try library.functions.device_count()) } }

    /// Whether convolutions on a device are faster with channels last: on CUDA and on processors with AVX-512.
    public static func prefersChannelsLast(on device: Device = .cpu) throws -> Bool {
        try library.functions.prefers_channels_last(device.code) != 0
    }

    /// Number of tensors that are held at the moment, for checks that none is forgotten.
    public static var tensorCount: Int { get throws { Int(try library.functions.tensor_count()) } }

    /// Number of threads within one operator.
    public static var threads: Int { get throws { Int(try library.functions.threads()) } }

    /// Sets the number of threads within one operator.
    public static func setThreads(_ count: Int) throws {
        let library = try library
        try library.check(library.functions.set_threads(Int32(count)), "Cannot use \(count) threads")
    }

    /// Seeds the engine's own random numbers, which are those of dropout; weights take theirs from `Philox`.
    public static func seed(_ seed: UInt64) throws {
        let library = try library
        try library.check(library.functions.set_seed(seed), "Cannot seed the tensor engine")
    }

    /// Makes equal steps give equal bits on one machine and number of threads.
    ///
    /// An operator that has no such form on a device then fails and says so.
    public static func setDeterministic(_ isOn: Bool) throws {
        let library = try library
        try library.check(library.functions.set_deterministic(isOn ? 1 : 0), "Cannot make the engine deterministic")
    }

    /// Computes without recording for gradients: for prediction and for changing weights.
    public static func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
        let library = try library
        let before = library.functions.set_gradients(0)
        defer { _ = library.functions.set_gradients(before) }
        return try body()
    }

    /// Lets convolutions and matrix products of a forward pass run in a shorter type; weights and losses keep theirs.
    ///
    /// - Cost: faster where the processor has the type: bfloat16 needs AVX-512 BF16, AMX or CUDA, and is slower elsewhere.
    public static func autocast<Result>(
        to type: DType = .bfloat16, on device: Device = .cpu, _ body: () throws -> Result
    ) throws -> Result {
        let library = try library
        let before = library.functions.set_autocast(type.code, device.code)
        defer { _ = library.functions.set_autocast(before, device.code) }
        return try body()
    }
}
