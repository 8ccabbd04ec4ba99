internal import CPNG
import Core

/// A picture of bytes.
///
/// - Shape: [height, width, channels], channels fastest; 1 channel is grey or, where there is a palette, the number of
///   a colour in it; 3 are red, green and blue (sRGB).
public struct Raster: Sendable, Hashable {
    /// Number of columns.
    public let width: Int
    /// Number of rows, the first one on top.
    public let height: Int
    /// 1 or 3.
    public let channels: Int
    /// Red, green and blue of each colour that the bytes number, 256 at most; empty where the bytes are the colours.
    public let palette: [UInt8]
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes a picture from its bytes.
    public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3), "\(width)×\(height)×\(channels)")
        precondition(
            bytes.count == width * height * channels,
            "expected \(width * height * channels) bytes, found \(bytes.count)")
        self.width = width
        self.height = height
        self.channels = channels
        self.palette = []
        self.bytes = bytes
    }

    /// Makes a picture of few colours from their numbers.
    ///
    /// - Parameter width: number of columns.
    /// - Parameter height: number of rows.
    /// - Parameter palette: red, green and blue of 1 to 256 colours.
    /// - Parameter bytes: the number of each pixel's colour; all must be in the palette.
    public init(width: Int, height: Int, palette: [UInt8], bytes: [UInt8]) {
        let colors = palette.count / 3
        precondition(palette.count % 3 == 0 && (1...256).contains(colors), "\(palette.count) bytes of palette")
        precondition(width > 0 && height > 0 && bytes.count == width * height, "\(width)×\(height)")
        precondition(bytes.allSatisfy { Int($0) < colors }, "a colour that is not in the palette")
        self.width = width
        self.height = height
        self.channels = 1
        self.palette = palette
        self.bytes = bytes
    }
}

/// PNG pictures of 8 bits a channel, grey, RGB or with a palette.
public enum PNG {
    /// The larger side that is read.
    private static let sideLimit = 16_384

    /// The bytes of a PNG file; the same picture gives the same bytes.
    ///
    /// - Throws: `CineError(.inputOutput)` when libpng refuses.
    public static func encode(_ raster: Raster) throws -> [UInt8] {
        var image = png_image()
        cpng_start(&image)
        image.width = UInt32(raster.width)
        image.height = UInt32(raster.height)
        let hasPalette = !raster.palette.isEmpty
        image.format = hasPalette ? cpng_palette() : raster.channels == 1 ? cpng_grey() : cpng_rgb()
        image.colormap_entries = UInt32(raster.palette.count / 3)
        // The largest a PNG can be: all rows stored, with a filter byte each, and some for the chunks.
        var size = raster.bytes.count + raster.height + raster.bytes.count / 500 + 4096
        var result = [UInt8](repeating: 0, count: size)
        guard png_image_write_to_memory(&image, &result, &size, 0, raster.bytes, 0, raster.palette) != 0 else {
            throw CineError(.inputOutput, "Cannot make a PNG of \(raster.width)×\(raster.height): \(message(image)).")
        }
        return Array(result.prefix(size))
    }

    /// Publishes a PNG file.
    ///
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`.
    public static func write(_ raster: Raster, to path: String) throws {
        try AtomicFile.write(try encode(raster), to: path)
    }

    /// Reads a PNG file; whatever its format, it becomes grey or RGB of 8 bits.
    ///
    /// - Throws: `CineError` of kind `.noInput` when there is none, `.badData` when it is damaged or too large.
    public static func read(_ path: String) throws -> Raster {
        let bytes = try InputFile.bytes(path, limit: 1 << 30)
        do {
            return try decode(bytes)
        } catch let error as CineError {
            throw CineError(error.kind, "\(path): \(error.message)")
        }
    }

    /// The picture in the bytes of a PNG file.
    ///
    /// - Throws: `CineError(.badData)` when they are damaged or the picture is too large.
    public static func decode(_ bytes: [UInt8]) throws -> Raster {
        var image = png_image()
        cpng_start(&image)
        defer { png_image_free(&image) }
        return try bytes.withUnsafeBytes { source in
            guard png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else {
                throw CineError(.badData, "Expected a PNG picture, found a damaged one: \(message(image)).")
            }
            let (width, height) = (Int(image.width), Int(image.height))
            guard max(width, height) <= sideLimit else {
                throw CineError(
                    .badData, "Expected a PNG of at most \(sideLimit) pixels a side, found \(width)×\(height).")
            }
            let isGrey = image.format & UInt32(PNG_FORMAT_FLAG_COLOR) == 0
            image.format = isGrey ? cpng_grey() : cpng_rgb()
            let channels = isGrey ? 1 : 3
            var pixels = [UInt8](repeating: 0, count: width * height * channels)
            var background = png_color()
            guard png_image_finish_read(&image, &background, &pixels, 0, nil) != 0 else {
                throw CineError(.badData, "Expected a whole PNG picture, found a damaged one: \(message(image)).")
            }
            return Raster(width: width, height: height, channels: channels, bytes: pixels)
        }
    }

    private static func message(_ image: png_image) -> String {
        withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
