import CTorchInterface
import Core

/// Where a tensor lies and is computed with.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// A CUDA device by number.
    case cuda(Int)

    /// "cpu" or "cuda:1".
    public var description: String { if case .cuda(let number) = self { "cuda:\(number)" } else { "cpu" } }

    /// Reads "cpu", "cuda" or "cuda:1".
    ///
    /// - Throws: `CineError(.usage)` for other text.
    public init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let number = parts.count == 2 ? Int(parts[1]) : 0
        switch (parts.first, number) {
        case ("cpu", 0?) where parts.count == 1: self = .cpu
        case ("cuda", let number?) where number >= 0 && parts.count <= 2: self = .cuda(number)
        default: throw CineError(.usage, "Expected a device cpu, cuda or cuda:<number>, found \"\(text)\".")
        }
    }

    init(code: Int32) { self = code < 0 ? .cpu : .cuda(Int(code)) }

    var code: Int32 { if case .cuda(let number) = self { Int32(number) } else { Int32(CTORCH_CPU) } }
}

/// In which order the axes of images [N, C, …] lie in memory; their indices stay the same.
public enum MemoryFormat: Int, Sendable {
    /// C order, last axis fastest.
    case contiguous = 0
    /// Channels fastest, for images [N, C, Y, X]: what convolutions are fastest with.
    case channelsLast = 2
    /// Channels fastest, for volumes [N, C, Z, Y, X].
    case channelsLast3D = 3
}
