import Storage

/// The colours of an animation, 256 at most: a picture of colour numbers packs three times as well as one of colours.
///
/// Greys come in 18 steps, whose edges the noise of an image hides, and in 14 under the colour of a label.
struct ColorTable {
    /// Number of greys, which come first.
    private static let greyCount = 18
    /// Bits of a channel that tell which colour is nearest.
    private static let bits = 6
    private let colors: [Color]
    /// The nearest colour of each cell of the colour cube; -1 where nobody asked yet.
    private var nearest = [Int16](repeating: -1, count: 1 << (3 * bits))

    /// Chooses the colours for pictures with such an overlay.
    init(overlay: Overlay) {
        func greys(_ count: Int) -> [Color] { (0..<count).map { Color(grey: UInt8($0 * 255 / (count - 1))) } }
        var colors = greys(Self.greyCount) + [Palette.background, Palette.separator]
        // Letters have soft edges.
        for text in [Palette.text, Palette.faintText] {
            colors += [0.33, 0.67, 1].map { Palette.background.mixed(with: text, alpha: $0) }
        }
        let labels = overlay.labels.compactMap { Palette.color(label: $0) }.filter { !$0.isGrey }
        for color in labels.prefix(12) {
            colors += greys(14).map { $0.mixed(with: color, alpha: overlay.fill) }
            colors += greys(4).map { $0.mixed(with: color, alpha: overlay.outline) }
        }
        self.colors = colors
    }

    /// The picture with each pixel's colour replaced by the nearest of the table; a grey stays one.
    mutating func raster(of picture: Picture) -> Raster {
        let source = picture.raster.bytes
        let shift = UInt8(8 - Self.bits)
        var numbers = [UInt8](repeating: 0, count: picture.width * picture.height)
        for pixel in numbers.indices {
            let (red, green, blue) = (source[3 * pixel], source[3 * pixel + 1], source[3 * pixel + 2])
            if red == green, green == blue {
                numbers[pixel] = UInt8((Int(red) * (Self.greyCount - 1) + 127) / 255)
                continue
            }
            let cell = (Int(red >> shift) << Self.bits | Int(green >> shift)) << Self.bits | Int(blue >> shift)
            if nearest[cell] < 0 { nearest[cell] = Int16(search(cell)) }
            numbers[pixel] = UInt8(nearest[cell])
        }
        return Raster(
            width: picture.width, height: picture.height, palette: colors.flatMap { [$0.red, $0.green, $0.blue] },
            bytes: numbers)
    }

    /// The colour nearest to the middle of a cell.
    private func search(_ cell: Int) -> Int {
        let mask = 1 << Self.bits - 1
        let size = 256 >> Self.bits
        let middle = SIMD3(cell >> (2 * Self.bits), cell >> Self.bits & mask, cell & mask) &* size &+ size / 2
        func distance(_ color: Color) -> Int {
            let away = SIMD3(Int(color.red), Int(color.green), Int(color.blue)) &- middle
            return (away &* away).wrappedSum()
        }
        return colors.indices.min { distance(colors[$0]) < distance(colors[$1]) } ?? 0
    }
}
