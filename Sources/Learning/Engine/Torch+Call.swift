import CTorchInterface
import Core

extension Torch {
    /// Runs an operator of libtorch that gives one tensor.
    ///
    /// Every operator is within reach by the name in libtorch's own table, and its overload, as "conv2d" or "add.Tensor";
    /// arguments left out have their defaults.
    /// - Parameter named: arguments that come after those left out, by name.
    /// - Throws: `CineError(.badData)` with the operator, the shapes and libtorch's own words.
    public static func call(
        _ name: StaticString, _ arguments: any OperatorArgumentConvertible...,
        named: KeyValuePairs<StaticString, any OperatorArgumentConvertible> = [:]
    ) throws -> Tensor {
        let results = try run(name, arguments, named, capacity: 1)
        guard case .tensor(let tensor) = results.first else {
            throw CineError(.badData, "\(name) was expected to give a tensor, and gave none.")
        }
        return tensor
    }

    /// Runs an operator of libtorch that gives any number of tensors, at most `limit`.
    ///
    /// - Throws: as `call`.
    @discardableResult
    public static func callAll(
        _ name: StaticString, _ arguments: any OperatorArgumentConvertible...,
        named: KeyValuePairs<StaticString, any OperatorArgumentConvertible> = [:], limit: Int = 4
    ) throws -> [Tensor] {
        try run(name, arguments, named, capacity: limit).compactMap {
            if case .tensor(let tensor) = $0 { tensor } else { nil }
        }
    }

    /// Runs an operator of libtorch that gives a number.
    ///
    /// - Throws: as `call`.
    static func callNumber(_ name: StaticString, _ arguments: any OperatorArgumentConvertible...) throws -> Double {
        switch try run(name, arguments, [:], capacity: 1).first {
        case .real(let value): return value
        case .integer(let value): return Double(value)
        case .flag(let value): return value ? 1 : 0
        default: throw CineError(.badData, "\(name) was expected to give a number, and gave none.")
        }
    }

    private static func run(
        _ name: StaticString, _ arguments: [any OperatorArgumentConvertible],
        _ named: KeyValuePairs<StaticString, any OperatorArgumentConvertible>, capacity: Int
    ) throws -> [OperatorArgument] {
        let library = try library
        var list = ArgumentList()
        for argument in arguments { list.append(argument.operatorArgument) }
        for (name, argument) in named { list.append(argument.operatorArgument, name: name) }
        return try withUnsafeTemporaryAllocation(of: CTorchValue.self, capacity: capacity) { results in
            results.initialize(repeating: CTorchValue())
            guard let start = results.baseAddress else { return [] }
            var count: Int32 = 0
            let status = list.withValues { values in
                name.withUTF8Buffer { text in
                    text.withMemoryRebound(to: CChar.self) { text in
                        guard let text = text.baseAddress, let first = values.baseAddress else { return Int32(1) }
                        return library.functions.call(text, first, Int32(values.count), start, Int32(capacity), &count)
                    }
                }
            }
            try library.check(status, "\(name) failed for \(list.tensors.map(\.description).joined(separator: ", "))")
            return results.prefix(Int(count)).map { result($0, library) }
        }
    }

    private static func result(_ value: CTorchValue, _ library: TorchLibrary) -> OperatorArgument {
        switch Int(value.kind) {
        case Int(CTORCH_TENSOR): value.as.tensor.map { .tensor(Tensor(owning: $0, library)) } ?? .none
        case Int(CTORCH_INTEGER): .integer(Int(value.as.integer))
        case Int(CTORCH_REAL): .real(value.as.real)
        case Int(CTORCH_BOOLEAN): .flag(value.as.integer != 0)
        default: .none
        }
    }
}
