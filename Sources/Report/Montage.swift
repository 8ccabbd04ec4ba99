import Core

/// Tiles in rows and columns, each under its caption, on a dark ground.
public struct Montage: Sendable {
    /// A picture with its caption.
    public struct Tile: Sendable {
        /// The picture.
        public var picture: Picture
        /// Words on the left above it.
        public var caption: String
        /// Quieter words on the right above it.
        public var note: String

        /// Makes a tile.
        public init(_ picture: Picture, caption: String, note: String = "") {
            self.picture = picture
            self.caption = caption
            self.note = note
        }
    }

    /// Words above all; none when empty.
    public var title: String
    /// Quieter words at the right of the title.
    public var note: String
    /// Number of columns.
    public var columns: Int
    /// The tiles, row by row.
    public var tiles: [Tile]

    private static let margin = 14
    private static let captionSize: Float = 9
    private static let titleSize: Float = 13

    /// Describes a montage.
    public init(title: String = "", note: String = "", columns: Int, tiles: [Tile]) {
        precondition(columns > 0 && !tiles.isEmpty, "a montage needs tiles")
        self.title = title
        self.note = note
        self.columns = columns
        self.tiles = tiles
    }

    /// The montage as one picture: cells are as large as the largest tile, pictures centred in them.
    public var picture: Picture {
        let margin = Self.margin
        let cell = SIMD2(
            tiles.reduce(0) { max($0, $1.picture.width) }, tiles.reduce(0) { max($0, $1.picture.height) })
        let captionHeight = Int(Self.captionSize) + 9
        let top = title.isEmpty && note.isEmpty ? margin : margin * 2 + Int(Self.titleSize)
        let pitch = SIMD2(cell.x + margin, cell.y + captionHeight + margin)
        let rows = (tiles.count + columns - 1) / columns
        var canvas = Picture(width: margin + columns * pitch.x, height: top + rows * pitch.y)
        Self.words(
            title, note, x: margin, y: margin, width: canvas.width - 2 * margin, size: Self.titleSize, on: &canvas)
        if top > margin {
            canvas.fill(x: margin, y: top - margin / 2, width: canvas.width - 2 * margin, height: 1, Palette.separator)
        }
        for column in 1..<max(1, columns) {
            let x = margin / 2 + column * pitch.x
            canvas.fill(x: x, y: top, width: 1, height: canvas.height - top - margin, Palette.separator)
        }
        for (index, tile) in tiles.enumerated() {
            let x = margin + index % columns * pitch.x
            let y = top + index / columns * pitch.y
            Self.words(tile.caption, tile.note, x: x, y: y + 2, width: cell.x, size: Self.captionSize, on: &canvas)
            canvas.fill(x: x, y: y + captionHeight, width: cell.x, height: cell.y, Palette.tile)
            canvas.draw(
                tile.picture, x: x + (cell.x - tile.picture.width) / 2,
                y: y + captionHeight + (cell.y - tile.picture.height) / 2)
        }
        return canvas
    }

    /// Words at the left and quieter ones at the right, which give way when there is no room for both.
    ///
    /// - Parameter noteSize: height of the quieter words, which stand on the same line; nil for that of the others.
    static func words(
        _ left: String, _ right: String, x: Int, y: Int, width: Int, size: Float, noteSize: Float? = nil,
        on canvas: inout Picture
    ) {
        let fits = Int(Float(width) / (size / 7 * 6))
        let left = left.count > fits ? left.prefix(max(0, fits - 2)) + ".." : left
        Text.draw(left, on: &canvas, x: x, y: y, size: size)
        let noteSize = noteSize ?? size
        let space = Text.width(right, size: noteSize)
        if Text.width(left, size: size) + space + Int(size) <= width {
            Text.draw(
                right, on: &canvas, x: x + width - space, y: y + Int(size - noteSize), size: noteSize,
                color: Palette.faintText)
        }
    }
}
