import CTorchInterface
import ComplexModule
import RealModule

/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
    /// IEEE single precision: what networks compute in.
    case float32
    /// The upper half of a float32.
    case bfloat16
    /// IEEE half precision.
    case float16
    /// IEEE double precision: for checks of gradients.
    case float64
    /// Signed integers: labels and indices.
    case int64
    /// Signed 32-bit integers.
    case int32
    /// Bytes.
    case uint8
    /// True or false, one byte each.
    case bool
    /// Two float32: real and imaginary part.
    case complex64
    /// Two float64: real and imaginary part.
    case complex128

    /// libtorch's number of the type.
    var code: Int32 {
        let code =
            switch self {
            case .float32: CTORCH_FLOAT32
            case .bfloat16: CTORCH_BFLOAT16
            case .float16: CTORCH_FLOAT16
            case .float64: CTORCH_FLOAT64
            case .int64: CTORCH_INT64
            case .int32: CTORCH_INT32
            case .uint8: CTORCH_UINT8
            case .bool: CTORCH_BOOL
            case .complex64: CTORCH_COMPLEX64
            case .complex128: CTORCH_COMPLEX128
            }
        return Int32(code)
    }

    /// Size of an element in bytes.
    public var size: Int {
        switch self {
        case .uint8, .bool: 1
        case .bfloat16, .float16: 2
        case .float32, .int32: 4
        case .float64, .int64, .complex64: 8
        case .complex128: 16
        }
    }

    /// Whether elements are whole numbers or truth values, which have no gradients.
    public var isInteger: Bool { [.int64, .int32, .uint8, .bool].contains(self) }

    /// Whether elements are complex.
    public var isComplex: Bool { self == .complex64 || self == .complex128 }
}

/// A Swift type whose bytes in memory are those of a tensor's element.
public protocol TensorScalar: Sendable {
    /// The type of such elements.
    static var dtype: DType { get }
}

extension Float: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .float32 }
}

extension Float16: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .float16 }
}

extension Double: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .float64 }
}

extension Int64: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .int64 }
}

extension Int32: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .int32 }
}

extension UInt8: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .uint8 }
}

extension Bool: TensorScalar {
    /// The type of such elements.
    public static var dtype: DType { .bool }
}

extension Complex: TensorScalar where RealType == Float {
    /// The type of such elements.
    public static var dtype: DType { .complex64 }
}
