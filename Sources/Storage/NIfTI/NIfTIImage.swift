import Core
import Foundation

/// The contents of a NIfTI-1 file.
///
/// - Shape: x fastest, then y, z, frames, components.
public struct NIfTIImage: Sendable {
    /// The numbers.
    public enum Values: Sendable, Hashable {
        /// Labels.
        case uint8([UInt8])
        /// Anything else, scaled as the header asks.
        case float32([Float])
    }

    /// What the file says about its numbers.
    public let header: NIfTIHeader
    /// The numbers.
    public let values: Values

    /// The numbers as floats, whatever their type in the file.
    public var floats: [Float] {
        switch values {
        case .uint8(let labels): labels.map { Float($0) }
        case .float32(let floats): floats
        }
    }

    /// Reads `.nii` or `.nii.gz`: numbers of 8, 16 and 32 bits and float64, little endian.
    ///
    /// - Convention: the sform where there is one, else the qform, else the voxel sizes alone.
    /// - Throws: `CineError` of kind `.noInput` when there is no such file, `.badData` when it is not what it
    ///   claims to be; nothing is allocated before the claim is checked.
    public static func read(_ path: String) throws -> NIfTIImage {
        let source: any ByteSource = path.hasSuffix(".gz") ? try GunzipSource(path) : try InputFile(path)
        var bytes = [UInt8](repeating: 0, count: 352)
        let count = try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
        guard count == 352 else { throw wrong(path, "a header of 352 bytes", "\(count) bytes") }
        let fields = NIfTIFields(bytes, path: path)
        let (header, type, offset) = try fields.decoded()
        let size = header.count * type.size
        guard offset <= source.bound, size <= source.bound - offset else {
            throw wrong(path, "\(size) bytes of numbers at \(offset)", "a file that cannot hold them")
        }
        var gap = [UInt8](repeating: 0, count: offset - 352)
        let data = try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            let skipped = try gap.withUnsafeMutableBytes { try source.read(into: $0) }
            filled = skipped < gap.count ? 0 : try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        guard data.count == size else { throw wrong(path, "\(size) bytes of numbers", "\(data.count)") }
        // Reading on to the end makes zlib compare its checksum.
        let more = try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try source.read(into: $0) }
        guard more == 0 else { throw wrong(path, "\(size) bytes of numbers", "more") }
        if type == .uint8, fields.scale == nil { return NIfTIImage(header: header, values: .uint8(data)) }
        return NIfTIImage(header: header, values: .float32(type.floats(data, scale: fields.scale ?? (1, 0))))
    }

    static func wrong(_ path: String, _ expected: String, _ found: String) -> CineError {
        CineError(.badData, "\(path): expected \(expected), found \(found). Check that it is a whole NIfTI-1 file.")
    }
}

/// Types of numbers that are read.
enum NIfTIType: Int16 {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768

    var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .float64: 8
        }
    }

    func floats(_ bytes: [UInt8], scale: (slope: Float, intercept: Float)) -> [Float] {
        bytes.withUnsafeBytes { raw in
            func map<Number>(_ type: Number.Type, _ convert: (Number) -> Float) -> [Float] {
                (0..<(raw.count / size)).map { index in
                    convert(raw.loadUnaligned(fromByteOffset: index * size, as: type)) * scale.slope + scale.intercept
                }
            }
            return switch self {
            case .uint8: map(UInt8.self) { Float($0) }
            case .int8: map(Int8.self) { Float($0) }
            case .int16: map(Int16.self) { Float($0) }
            case .uint16: map(UInt16.self) { Float($0) }
            case .int32: map(Int32.self) { Float($0) }
            case .uint32: map(UInt32.self) { Float($0) }
            case .float32: map(Float.self) { $0 }
            case .float64: map(Double.self) { Float($0) }
            }
        }
    }
}
