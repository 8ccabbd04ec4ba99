import ComplexModule
import RealModule

/// What a dataset holds.
public enum HDF5Type: String, Sendable, CaseIterable {
    /// IEEE half precision, little endian: numpy's float16.
    case float16
    /// IEEE single precision, little endian.
    case float32
    /// IEEE double precision, little endian.
    case float64
    /// Bytes.
    case uint8
    /// Signed 32-bit integers, little endian.
    case int32
    /// Compound {r: float32, i: float32}: h5py's complex64.
    case complex64

    /// Size of an element in bytes.
    public var size: Int {
        switch self {
        case .uint8: 1
        case .float16: 2
        case .float32, .int32: 4
        case .float64, .complex64: 8
        }
    }
}

/// A trivial Swift type whose bytes in memory are those of an element in a file.
public protocol HDF5Element: Sendable {
    /// The type in files.
    static var hdf5Type: HDF5Type { get }
}

extension Float16: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .float16 }
}

extension Float: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .float32 }
}

extension Double: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .float64 }
}

extension UInt8: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .uint8 }
}

extension Int32: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .int32 }
}

extension Complex<Float>: HDF5Element {
    /// The type in files.
    public static var hdf5Type: HDF5Type { .complex64 }
}

/// How a dataset lies in the file.
public enum HDF5Packing: Sendable, Hashable {
    /// In one piece, without a checksum: for what is small.
    case plain
    /// In chunks, each with a fletcher32 checksum: a flipped bit is an error when it is read.
    case checksummed
    /// In chunks, deflated at level 1, with a checksum: for label maps.
    case gzip1
}
