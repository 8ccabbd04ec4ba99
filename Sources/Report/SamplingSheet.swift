import Core
import Foundation

/// What scans read of k-space and what that makes of a point, four pictures in a row for each scan.
///
/// From left to right: the readouts of the first frame in the plane of k-space; all readouts over time; the point's
/// spread over x and y in the first frame; its spread over temporal frequency and y. Spreads are in decibels.
public struct SamplingSheet: Sendable {
    /// The readouts of a frame.
    public enum Readouts: Sendable {
        /// Lines of the grid, by number from the top.
        case lines([Int])
        /// Curves through points in cycles per field of view.
        case curves([[SIMD2<Float>]])
    }

    /// One scan.
    public struct Row: Sendable {
        /// What it is called.
        public var title: String
        /// Quieter words at the right.
        public var note: String
        /// The readouts of the first frame.
        public var readouts: Readouts
        /// Where each readout of each frame lies among all that there are, 0 ..< 1: [T, L].
        public var places: [[Double]]
        /// Magnitude relative to the peak: [Y, X].
        public var inPlane: [Float]
        /// Magnitude relative to the peak: [Y, T].
        public var inTime: [Float]

        /// Describes a scan.
        public init(
            title: String, note: String, readouts: Readouts, places: [[Double]], inPlane: [Float], inTime: [Float]
        ) {
            self.title = title
            self.note = note
            self.readouts = readouts
            self.places = places
            self.inPlane = inPlane
            self.inTime = inTime
        }
    }

    /// Words above all.
    public var title: String
    /// Pixels of the image along x and y.
    public var matrix: Int
    /// How far below the peak black is.
    public var rangeDB: Float
    /// The scans.
    public var rows: [Row]

    private static let columns = ["kx, ky", "t, ky or angle", "spread over x, y", "spread over f, y"]
    private static let colors = ColorMap.magma
    private static let firstFrame = Color(0xE69F00)
    private static let otherFrames = Color(0x56B4E9)
    private static let margin = 14
    private static let gap = 8
    private static let titleSize: Float = 13
    private static let rowSize: Float = 10
    private static let smallSize: Float = 8

    /// Describes a sheet.
    public init(title: String, matrix: Int, rangeDB: Float = 50, rows: [Row]) {
        precondition(matrix > 0 && rangeDB > 0 && !rows.isEmpty, "a sheet needs scans")
        for row in rows {
            precondition(
                row.inPlane.count == matrix * matrix && !row.places.isEmpty
                    && row.inTime.count == matrix * row.places.count,
                "expected spreads of \(matrix)² and \(matrix) × \(row.places.count) values")
        }
        self.title = title
        self.matrix = matrix
        self.rangeDB = rangeDB
        self.rows = rows
    }

    /// Whole pixels of the picture for each of the image, so that nothing is blurred.
    private var scale: Int { (127 + matrix) / matrix }
    private var side: Int { scale * matrix }

    /// The sheet as one picture; more than five scans go side by side.
    public var picture: Picture {
        let blocks = rows.count > 5 ? 2 : 1
        let perBlock = (rows.count + blocks - 1) / blocks
        let margin = Self.margin
        let width = 4 * side + 3 * Self.gap
        let top = 3 * margin + Int(Self.titleSize) + Int(Self.smallSize)
        let pitch = side + Int(Self.rowSize) + 2 * margin
        var canvas = Picture(
            width: margin + blocks * (width + 2 * margin) - margin, height: top + perBlock * pitch)
        Montage.words(title, "", x: margin, y: margin, width: canvas.width - 240, size: Self.titleSize, on: &canvas)
        drawScale(right: canvas.width - margin, y: margin, on: &canvas)
        for block in 0..<blocks {
            let x = margin + block * (width + 2 * margin)
            for (column, heading) in Self.columns.enumerated() {
                Text.draw(
                    heading, on: &canvas, x: x + column * (side + Self.gap), y: top - Int(Self.smallSize) - 6,
                    size: Self.smallSize, color: Palette.faintText)
            }
            for (place, row) in rows.dropFirst(block * perBlock).prefix(perBlock).enumerated() {
                draw(row, x: x, y: top + place * pitch, width: width, on: &canvas)
            }
        }
        return canvas
    }

    private func draw(_ row: Row, x: Int, y: Int, width: Int, on canvas: inout Picture) {
        canvas.fill(x: x, y: y, width: width, height: 1, Palette.separator)
        Montage.words(
            row.title, row.note, x: x, y: y + 8, width: width, size: Self.rowSize, noteSize: Self.smallSize,
            on: &canvas)
        let below = y + 8 + Int(Self.rowSize) + 8
        let pictures = [
            plane(row.readouts), course(row.places), heat(row.inPlane, columns: matrix),
            heat(row.inTime, columns: row.places.count),
        ]
        for (column, picture) in pictures.enumerated() {
            canvas.draw(picture, x: x + column * (side + Self.gap), y: below)
        }
    }

    /// Readouts in the plane of k-space.
    private func plane(_ readouts: Readouts) -> Picture {
        var picture = Picture(width: side, height: side, fill: Palette.tile)
        switch readouts {
        case .lines(let lines):
            for line in lines {
                picture.fill(x: 0, y: line * scale, width: side, height: max(1, scale / 2), Self.firstFrame)
            }
        case .curves(let curves):
            func place(_ point: SIMD2<Float>) -> SIMD2<Float> { (point + Float(matrix) / 2) * Float(scale) - 0.5 }
            for curve in curves {
                for (from, to) in zip(curve, curve.dropFirst()) {
                    picture.line(from: place(from), to: place(to), thickness: 1, Self.firstFrame)
                }
            }
        }
        return picture
    }

    /// Readouts over time: a column for each frame.
    private func course(_ places: [[Double]]) -> Picture {
        var picture = Picture(width: side, height: side, fill: Palette.tile)
        for (frame, readouts) in places.enumerated() {
            let left = frame * side / places.count
            let right = (frame + 1) * side / places.count
            for place in readouts {
                picture.fill(
                    x: left, y: Int(place * Double(matrix)) * scale, width: max(1, right - left - 1),
                    height: scale, frame == 0 ? Self.firstFrame : Self.otherFrames)
            }
        }
        return picture
    }

    /// Magnitudes [Y, columns] in decibels as colours.
    private func heat(_ values: [Float], columns: Int) -> Picture {
        var picture = Picture(width: side, height: side, fill: Palette.tile)
        for y in 0..<side {
            for x in 0..<side {
                let value = values[y / scale * columns + x * columns / side]
                picture[x, y] = Self.colors.color(share(value))
            }
        }
        return picture
    }

    /// 0 at the end of the range and below, 1 at the peak.
    private func share(_ magnitude: Float) -> Float {
        1 + 20 * Float(magnitude > 0 ? log10(magnitude) : -.infinity) / rangeDB
    }

    /// What colours mean.
    private func drawScale(right: Int, y: Int, on canvas: inout Picture) {
        let (least, most) = ("-\(Int(rangeDB)) dB", "0 dB")
        let width = 120
        let height = Int(Self.titleSize)
        let left = right - Text.width(most, size: Self.smallSize) - Self.gap - width
        for x in 0..<width {
            let color = Self.colors.color(Float(x) / Float(width - 1))
            canvas.fill(x: left + x, y: y, width: 1, height: height, color)
        }
        let line = y + (height - Int(Self.smallSize)) / 2
        Text.draw(
            most, on: &canvas, x: left + width + Self.gap, y: line, size: Self.smallSize, color: Palette.faintText)
        Text.draw(
            least, on: &canvas, x: left - Self.gap - Text.width(least, size: Self.smallSize), y: line,
            size: Self.smallSize, color: Palette.faintText)
    }
}
