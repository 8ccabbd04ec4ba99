import Core
import Foundation

/// What a NIfTI-1 file says about its numbers.
///
/// - Shape: x fastest, then y, z, frames, components: the reverse of [components, frames, Z, Y, X].
public struct NIfTIHeader: Sendable, Hashable {
    /// What the numbers are.
    public enum Element: Int16, Sendable {
        /// Labels.
        case uint8 = 2
        /// Images and displacement.
        case float32 = 16
    }

    /// What the file is about.
    public enum Intent: Int16, Sendable {
        /// An image or labels.
        case none = 0
        /// Displacement in mm, RAS+, from ED to this frame, at the ED position: "disp_ED2t_RAS".
        case displacement = 1006
    }

    /// Type of the numbers.
    public var element: Element
    /// Voxels and where they lie; the axes must be orthogonal.
    public var grid: Grid
    /// Number of frames.
    public var frames: Int
    /// Number of components: 3 for displacement, else 1.
    public var components: Int
    /// Time from frame to frame in ms; 0 when there is one frame.
    public var frameTimeMS: Double
    /// What the file is about.
    public var intent: Intent
    /// Free text of at most 79 bytes.
    public var description: String

    /// Describes a file.
    ///
    /// - Parameter element: type of the values.
    /// - Parameter grid: where the voxels lie.
    /// - Parameter frames: number of frames.
    /// - Parameter frameTimeMS: time from frame to frame in ms.
    /// - Parameter intent: what the values mean.
    /// - Parameter description: words for the field `descrip`.
    public init(
        _ element: Element, grid: Grid, frames: Int = 1, frameTimeMS: Double = 0, intent: Intent = .none,
        description: String = ""
    ) {
        self.element = element
        self.grid = grid
        self.frames = frames
        components = intent == .displacement ? 3 : 1
        self.frameTimeMS = frameTimeMS
        self.intent = intent
        self.description = description
    }

    /// Number of numbers.
    public var count: Int { grid.count * frames * components }

    /// Bytes of a number.
    var elementSize: Int { element == .uint8 ? 1 : 4 }

    /// The 348 bytes of the header and 4 zero bytes: no extension follows.
    ///
    /// - Throws: `CineError(.badData)` when a size does not fit or the axes are not orthogonal.
    func encoded() throws -> [UInt8] {
        let size = [grid.size.x, grid.size.y, grid.size.z, frames, components]
        guard size.allSatisfy({ (1...Int(Int16.max)).contains($0) }) else {
            throw CineError(
                .badData, "NIfTI-1 holds 1 to 32767 voxels along each axis, found \(size). Write smaller volumes.")
        }
        let rank = components > 1 ? 5 : frames > 1 ? 4 : 3
        let pose = try NIfTIPose(grid.affine)
        var bytes = HeaderBytes(count: 352)
        bytes.put(Int32(348), at: 0)
        bytes[38] = UInt8(ascii: "r")
        bytes.put([Int16(rank)] + (size + [1, 1]).map { Int16($0) }, at: 40)
        bytes.put(intent.rawValue, at: 68)
        bytes.put(element.rawValue, at: 70)
        bytes.put(Int16(elementSize * 8), at: 72)
        bytes.put([pose.handedness] + pose.spacingMM + [frameTimeMS / 1000, 0, 0, 0], at: 76)
        bytes.put([352.0, 1, 0], at: 108)
        bytes[123] = 10  // mm and s
        bytes.put(description, at: 148, limit: 79)
        bytes.put([Int16(1), 1], at: 252)  // qform and sform: scanner
        bytes.put(pose.quaternion + pose.offset, at: 256)
        bytes.put(Array(pose.matrix.rowMajor.prefix(12)), at: 280)
        bytes.put(intent == .displacement ? "disp_ED2t_RAS" : "", at: 328, limit: 15)
        bytes.put("n+1", at: 344, limit: 3)
        return bytes.values
    }
}

/// Little-endian fields of a header.
private struct HeaderBytes {
    var values: [UInt8]

    init(count: Int) { values = [UInt8](repeating: 0, count: count) }

    subscript(offset: Int) -> UInt8 {
        get { values[offset] }
        set { values[offset] = newValue }
    }

    mutating func put<I: FixedWidthInteger>(_ value: I, at offset: Int) {
        for byte in 0..<(I.bitWidth / 8) { values[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * I(byte))) }
    }

    mutating func put(_ numbers: [Int16], at offset: Int) {
        for (index, number) in numbers.enumerated() { put(number, at: offset + 2 * index) }
    }

    mutating func put(_ numbers: [Double], at offset: Int) {
        for (index, number) in numbers.enumerated() { put(Float(number).bitPattern, at: offset + 4 * index) }
    }

    mutating func put(_ text: String, at offset: Int, limit: Int) {
        for (index, byte) in text.utf8.prefix(limit).enumerated() { values[offset + index] = byte }
    }
}
