import CTorchInterface

/// What an operator of libtorch takes.
public enum OperatorArgument {
    /// Nothing, where an operator allows it.
    case none
    /// A tensor.
    case tensor(Tensor)
    /// Tensors; some may be missing, where an operator allows it.
    case tensors([Tensor?])
    /// A whole number, a type or a memory format.
    case integer(Int)
    /// Whole numbers: axes, sizes.
    case integers([Int])
    /// A number.
    case real(Double)
    /// Numbers.
    case reals([Double])
    /// True or false.
    case flag(Bool)
    /// A device.
    case device(Device)
    /// A word.
    case text(StaticString)
}

/// A value that an operator of libtorch can take.
public protocol OperatorArgumentConvertible {
    /// The value as an argument.
    var operatorArgument: OperatorArgument { get }
}

extension Tensor: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .tensor(self) }
}

extension Int: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .integer(self) }
}

extension Double: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .real(self) }
}

extension Bool: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .flag(self) }
}

extension StaticString: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .text(self) }
}

extension DType: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .integer(Int(code)) }
}

extension Device: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .device(self) }
}

extension MemoryFormat: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { .integer(rawValue) }
}

extension OperatorArgument: OperatorArgumentConvertible {
    /// The argument.
    public var operatorArgument: OperatorArgument { self }
}

extension Optional: OperatorArgumentConvertible where Wrapped: OperatorArgumentConvertible {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { self?.operatorArgument ?? .none }
}

/// What lists of an operator's arguments may be made of.
public protocol OperatorListElement {
    /// The list as an argument.
    static func operatorArgument(_ list: [Self]) -> OperatorArgument
}

extension Int: OperatorListElement {
    /// The list as an argument.
    public static func operatorArgument(_ list: [Int]) -> OperatorArgument { .integers(list) }
}

extension Double: OperatorListElement {
    /// The list as an argument.
    public static func operatorArgument(_ list: [Double]) -> OperatorArgument { .reals(list) }
}

extension Array: OperatorArgumentConvertible where Element: OperatorListElement {
    /// The value as an argument.
    public var operatorArgument: OperatorArgument { Element.operatorArgument(self) }
}

/// Arguments as the table takes them, with the memory that their lists lie in.
struct ArgumentList {
    private(set) var tensors: [Tensor] = []
    private var values: [CTorchValue] = []
    private var handles: [CTorchTensor?] = []
    private var integers: [Int64] = []
    private var reals: [Double] = []

    mutating func append(_ argument: OperatorArgument, name: StaticString? = nil) {
        var value = CTorchValue()
        value.name = name.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) }
        switch argument {
        case .none:
            value.kind = Int32(CTORCH_NONE)
        case .tensor(let tensor):
            value.kind = Int32(CTORCH_TENSOR)
            value.as.tensor = tensor.handle
            tensors.append(tensor)
        case .tensors(let list):
            value.kind = Int32(CTORCH_TENSORS)
            value.count = Int32(list.count)
            handles += list.map { $0?.handle }
            tensors += list.compactMap { $0 }
        case .integer(let integer):
            value.kind = Int32(CTORCH_INTEGER)
            value.as.integer = Int64(integer)
        case .integers(let list):
            value.kind = Int32(CTORCH_INTEGERS)
            value.count = Int32(list.count)
            integers += list.map { Int64($0) }
        case .real(let real):
            value.kind = Int32(CTORCH_REAL)
            value.as.real = real
        case .reals(let list):
            value.kind = Int32(CTORCH_REALS)
            value.count = Int32(list.count)
            reals += list
        case .flag(let flag):
            value.kind = Int32(CTORCH_BOOLEAN)
            value.as.integer = flag ? 1 : 0
        case .device(let device):
            value.kind = Int32(CTORCH_DEVICE)
            value.as.integer = Int64(device.code)
        case .text(let text):
            value.kind = Int32(CTORCH_TEXT)
            value.as.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        values.append(value)
    }

    /// Passes the arguments to a function that must not keep them.
    func withValues<Result>(_ body: (UnsafeBufferPointer<CTorchValue>) -> Result) -> Result {
        handles.withUnsafeBufferPointer { handles in
            integers.withUnsafeBufferPointer { integers in
                reals.withUnsafeBufferPointer { reals in
                    var values = values
                    var (handle, integer, real) = (0, 0, 0)
                    for index in values.indices {
                        let count = Int(values[index].count)
                        switch Int(values[index].kind) {
                        case Int(CTORCH_TENSORS):
                            values[index].as.tensors = handles.baseAddress.map { $0 + handle }
                            handle += count
                        case Int(CTORCH_INTEGERS):
                            values[index].as.integers = integers.baseAddress.map { $0 + integer }
                            integer += count
                        case Int(CTORCH_REALS):
                            values[index].as.reals = reals.baseAddress.map { $0 + real }
                            real += count
                        default: break
                        }
                    }
                    return withExtendedLifetime(tensors) { values.withUnsafeBufferPointer(body) }
                }
            }
        }
    }
}
