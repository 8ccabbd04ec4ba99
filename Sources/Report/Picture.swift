import Core
import Storage

/// A canvas of RGB pixels.
///
/// - Convention: (0, 0) is the upper left pixel; what lies outside is cut off.
public struct Picture: Sendable, Hashable {
    /// Number of columns.
    public let width: Int
    /// Number of rows.
    public let height: Int
    private var bytes: [UInt8]

    /// Makes a canvas of one colour.
    public init(width: Int, height: Int, fill: Color = Palette.background) {
        precondition(width > 0 && height > 0, "a picture needs pixels, got \(width)×\(height)")
        self.width = width
        self.height = height
        let pixel = [fill.red, fill.green, fill.blue]
        bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
            count = buffer.count
            for index in 0..<count { buffer[index] = pixel[index % 3] }
        }
    }

    /// The colour of a pixel, which must be inside.
    public subscript(x: Int, y: Int) -> Color {
        get {
            let start = offset(x, y)
            var color = Color(grey: bytes[start])
            color.green = bytes[start + 1]
            color.blue = bytes[start + 2]
            return color
        }
        set {
            let start = offset(x, y)
            bytes[start] = newValue.red
            bytes[start + 1] = newValue.green
            bytes[start + 2] = newValue.blue
        }
    }

    /// Lays a colour over a pixel, or over nothing when it is outside.
    public mutating func blend(_ color: Color, x: Int, y: Int, alpha: Float) {
        guard x >= 0, y >= 0, x < width, y < height, alpha > 0 else { return }
        self[x, y] = self[x, y].mixed(with: color, alpha: alpha)
    }

    /// Fills a rectangle.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
            for column in max(0, x)..<max(0, x, min(self.width, x + width)) { self[column, row] = color }
        }
    }

    /// Copies another picture to where its upper left pixel shall be.
    public mutating func draw(_ other: Picture, x: Int, y: Int) {
        let columns = max(0, -x)..<max(0, -x, min(other.width, width - x))
        guard !columns.isEmpty else { return }
        for row in max(0, -y)..<max(0, -y, min(other.height, height - y)) {
            let source = other.offset(columns.lowerBound, row)
            let target = offset(columns.lowerBound + x, row + y)
            let length = columns.count * 3
            bytes.replaceSubrange(target..<(target + length), with: other.bytes[source..<(source + length)])
        }
    }

    /// Draws a smooth line with round ends.
    ///
    /// - Parameter a: start in pixels; whole numbers are the centres of pixels.
    /// - Parameter b: end in pixels.
    /// - Parameter thickness: in pixels.
    /// - Parameter color: of the line.
    public mutating func line(from a: SIMD2<Float>, to b: SIMD2<Float>, thickness: Float, _ color: Color) {
        let reach = thickness / 2 + 1
        let low = pointwiseMin(a, b) - reach
        let high = pointwiseMax(a, b) + reach
        guard low.x < Float(width), low.y < Float(height), high.x >= 0, high.y >= 0 else { return }
        let along = b - a
        let squared = max((along * along).sum(), .leastNormalMagnitude)
        for y in Int(max(0, low.y))...Int(min(Float(height - 1), max(0, high.y))) {
            for x in Int(max(0, low.x))...Int(min(Float(width - 1), max(0, high.x))) {
                let point = SIMD2(Float(x), Float(y)) - a
                let place = min(max((point * along).sum() / squared, 0), 1)
                let away = point - along * place
                let distance = (away * away).sum().squareRoot()
                blend(color, x: x, y: y, alpha: min(1, thickness / 2 + 0.5 - distance))
            }
        }
    }

    /// The pixels for a file.
    public var raster: Raster { Raster(width: width, height: height, channels: 3, bytes: bytes) }

    private func offset(_ x: Int, _ y: Int) -> Int { (y * width + x) * 3 }
}
