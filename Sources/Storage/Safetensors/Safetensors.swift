import Core
import Foundation

/// A safetensors file: named arrays of numbers, as networks' weights are kept, without code that could be run.
///
/// - Convention: 8 bytes with the length of a JSON header, the header, then the arrays, little endian, C order, without
///   gaps. `__metadata__` holds words.
/// - Reference: https://github.com/huggingface/safetensors.
public enum Safetensors {
    /// The type of an array's elements, by the format's names.
    public enum Element: String, Sendable, CaseIterable, Codable {
        /// IEEE double precision.
        case float64 = "F64"
        /// IEEE single precision.
        case float32 = "F32"
        /// IEEE half precision.
        case float16 = "F16"
        /// The upper half of a float32.
        case bfloat16 = "BF16"
        /// Two float32: real and imaginary part.
        case complex64 = "C64"
        /// Signed 64-bit integers.
        case int64 = "I64"
        /// Signed 32-bit integers.
        case int32 = "I32"
        /// Bytes.
        case uint8 = "U8"
        /// True or false, one byte each.
        case bool = "BOOL"

        /// Size in bytes.
        public var size: Int {
            switch self {
            case .float64, .complex64, .int64: 8
            case .float32, .int32: 4
            case .float16, .bfloat16: 2
            case .uint8, .bool: 1
            }
        }
    }

    /// Name, type and shape of an array.
    public struct Entry: Sendable, Hashable {
        /// Its name, as "encoder.0.weight".
        public let name: String
        /// Type of its elements.
        public let element: Element
        /// Sizes along its axes, in C order.
        public let shape: [Int]

        /// Describes an array.
        public init(name: String, element: Element, shape: [Int]) {
            self.name = name
            self.element = element
            self.shape = shape
        }

        /// Number of bytes; nil when no memory could hold them.
        public var byteCount: Int? {
            shape.reduce(element.size) { (product: Int?, size) in
                guard let product, size >= 0 else { return nil }
                let (result, overflow) = product.multipliedReportingOverflow(by: size)
                return overflow ? nil : result
            }
        }
    }

    /// The name under which a header holds words instead of an array.
    static let metadataKey = "__metadata__"

    /// The longest header that the format allows.
    static let longestHeader = 100_000_000

    /// What a header says of an array.
    struct HeaderEntry: Codable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    /// A name in a header, which may be any.
    struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
