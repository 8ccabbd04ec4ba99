import Core
import Storage

/// Named tensors in a file: weights of modules, states of optimisers.
///
/// Files are safetensors; Python's `safetensors.torch.load_file` gives a state dictionary.
public enum Weights {
    /// Publishes tensors in one step.
    ///
    /// - Parameter metadata: words that go with them.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`; nothing is left behind.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
    ) throws {
        let entries = try tensors.map { name, tensor in
            Safetensors.Entry(name: name, element: try tensor.dtype.element(name), shape: tensor.shape)
        }
        try Safetensors.write(entries, metadata: metadata, to: path) { entry, append in
            try tensors[entry.name]?.withBytes(append)
        }
    }

    /// Reads all tensors of a file, and its words.
    ///
    /// - Throws: `CineError(.noInput)` when there is no such file, `.badData` when it is damaged.
    public static func read(
        _ path: String, device: Device = .cpu
    ) throws -> (tensors: [String: Tensor], metadata: [String: String]) {
        let file = try SafetensorsFile(path)
        var tensors: [String: Tensor] = [:]
        for entry in file.entries {
            let bytes = try Tensor(file.bytes(of: entry.name), device: device)
            tensors[entry.name] = try bytes.viewed(as: DType(entry.element)).reshaped(entry.shape)
        }
        return (tensors, file.metadata)
    }
}

extension Module {
    /// Weights and buffers by name, to be written to a file.
    public var stateDictionary: [String: Tensor] {
        Dictionary(state.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    }

    /// Copies weights and buffers from tensors of the same names and shapes; types and devices may differ.
    ///
    /// - Throws: `CineError(.badData)` when one is missing, unknown or of another shape; nothing has changed then.
    public func load(_ tensors: [String: Tensor]) throws {
        let state = state
        let unknown = Set(tensors.keys).subtracting(state.map(\.name)).sorted()
        let missing = state.map(\.name).filter { tensors[$0] == nil }
        guard unknown.isEmpty, missing.isEmpty else {
            func words(_ names: [String]) -> String {
                names.isEmpty ? "none" : names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", .." : "")
            }
            throw CineError(
                .badData,
                """
                Weights of \(type(of: self)) were expected; missing: \(words(missing)); unknown: \(words(unknown)). \
                Are they of another network?
                """)
        }
        for (name, tensor) in state {
            guard let source = tensors[name], source.shape == tensor.shape else {
                throw CineError(
                    .badData,
                    "\"\(name)\" was expected to be of shape \(tensor.shape), found \(tensors[name]?.shape ?? []).")
            }
        }
        for (name, tensor) in state {
            if let source = tensors[name] { try tensor.copy(from: source) }
        }
    }
}

extension DType {
    fileprivate init(_ element: Safetensors.Element) {
        self =
            switch element {
            case .float64: .float64
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            case .complex64: .complex64
            case .int64: .int64
            case .int32: .int32
            case .uint8: .uint8
            case .bool: .bool
            }
    }

    fileprivate func element(_ name: String) throws -> Safetensors.Element {
        guard let element = Safetensors.Element.allCases.first(where: { DType($0) == self }) else {
            throw CineError(.badData, "\"\(name)\" is of type \(self), which weights cannot be written in.")
        }
        return element
    }
}
