import Core

/// The fields of a header that somebody else may have written.
struct NIfTIFields {
    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Slope and intercept, when they change anything.
    var scale: (Float, Float)? {
        let (slope, intercept) = (Float(float(112)), Float(float(116)))
        guard slope.isFinite, intercept.isFinite, slope != 0, (slope, intercept) != (1, 0) else { return nil }
        return (slope, intercept)
    }

    /// The header, the type of the numbers and where they start.
    ///
    /// - Throws: `CineError(.badData)`.
    func decoded() throws -> (NIfTIHeader, NIfTIType, offset: Int) {
        guard integer(0, Int32.self) == 348, bytes[344..<348].elementsEqual("n+1\0".utf8) else {
            throw NIfTIImage.wrong(path, "a little-endian NIfTI-1 header in one file", "something else")
        }
        let code = integer(70, Int16.self)
        guard let type = NIfTIType(rawValue: code), integer(72, Int16.self) == type.size * 8 else {
            throw NIfTIImage.wrong(
                path, "numbers of 8 to 32 bits or float64", "type \(code) of \(integer(72, Int16.self)) bits")
        }
        let offset = float(108)
        guard offset >= 352, offset <= 0x1p24, offset == offset.rounded() else {
            throw NIfTIImage.wrong(path, "numbers that start at byte 352 or later", "\(offset)")
        }
        let size = try extents()
        let intent = NIfTIHeader.Intent(rawValue: integer(68, Int16.self)) ?? .none
        let timeUnits: [UInt8: Double] = [16: 1e-3, 24: 1e-6]
        let frameTime = float(92) * (timeUnits[bytes[123] & 0x38] ?? 1) * 1000
        var header = NIfTIHeader(
            type == .uint8 && scale == nil ? .uint8 : .float32,
            grid: Grid(affine: try affine(), size: SIMD3(size[0], size[1], size[2])), frames: size[3],
            frameTimeMS: size[3] > 1 && frameTime.isFinite ? frameTime : 0, intent: intent,
            description: text(148, limit: 80))
        header.components = size[4]
        return (header, type, Int(offset))
    }

    /// Sizes along x, y, z, frames and components, whose product with 8 bytes is sure not to overflow.
    private func extents() throws -> [Int] {
        let rank = Int(integer(40, Int16.self))
        guard (1...7).contains(rank) else { throw NIfTIImage.wrong(path, "1 to 7 dimensions", "\(rank)") }
        let size = (1...7).map { $0 <= rank ? Int(integer(40 + 2 * $0, Int16.self)) : 1 }
        // 2^40 numbers are far beyond any file, and far below overflow.
        let product = size.reduce(1) { $0 > 1 << 40 ? $0 : $0 * max(0, $1) }
        guard size.allSatisfy({ $0 > 0 }), size[5] == 1, size[6] == 1, product <= 1 << 40 else {
            throw NIfTIImage.wrong(path, "positive sizes along at most five dimensions", "\(size)")
        }
        return size
    }

    private func affine() throws -> Affine {
        let spacing = [80, 84, 88].map { float($0) }
        let matrix: Affine
        if integer(254, Int16.self) > 0 {
            matrix = Affine(rowMajor: (0..<12).map { float(280 + 4 * $0) } + [0, 0, 0, 1])
        } else if integer(252, Int16.self) > 0 {
            matrix = NIfTIPose.matrix(
                quaternion: [256, 260, 264].map { float($0) }, spacingMM: spacing, handedness: float(76),
                offset: [268, 272, 276].map { float($0) })
        } else {
            matrix = Affine(x: [spacing[0], 0, 0], y: [0, spacing[1], 0], z: [0, 0, spacing[2]])
        }
        guard matrix.rowMajor.allSatisfy(\.isFinite), matrix.determinant != 0 else {
            throw NIfTIImage.wrong(path, "a voxel map with an inverse", "\(matrix.rowMajor)")
        }
        return matrix
    }

    private func integer<I: FixedWidthInteger>(_ offset: Int, _ type: I.Type) -> I {
        I(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) })
    }

    private func float(_ offset: Int) -> Double { Double(Float(bitPattern: integer(offset, UInt32.self))) }

    private func text(_ offset: Int, limit: Int) -> String {
        String(decoding: bytes[offset..<(offset + limit)].prefix { $0 != 0 }, as: UTF8.self)
    }
}
