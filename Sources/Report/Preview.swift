import Core
import Storage

/// Previews of a patient: all slices at end diastole and end systole in one picture, and all of them beating.
///
/// Every panel has the same scale, so that hearts can be compared by eye.
public struct Preview: Sendable {
    /// Words above all.
    public var title: String
    /// Quieter words at the right: the patient's measures, for one.
    public var note: String
    /// The slices, with the same number of frames each.
    public internal(set) var panels: [Panel]
    /// How labels lie over the images.
    public var overlay: Overlay
    /// Largest side of a tile in pixels.
    public var tileSize: Int

    /// Describes the previews.
    ///
    /// - Parameter title: words above all.
    /// - Parameter note: quieter words at the right.
    /// - Parameter panels: the slices, with the same number of frames each.
    /// - Parameter overlay: how labels lie over the images.
    /// - Parameter tileSize: largest side of a tile in pixels.
    /// - Throws: `CineError(.badData)` when there are no panels or no frames, or panels differ in frames.
    public init(
        title: String, note: String = "", panels: [Panel], overlay: Overlay = .outlines, tileSize: Int = 240
    ) throws {
        let counts = Set(panels.map(\.frames.count))
        guard counts.count == 1, !counts.contains(0), tileSize > 0 else {
            throw CineError(.badData, "A preview needs panels with one number of frames, found \(counts.sorted()).")
        }
        self.title = title
        self.note = note
        self.panels = panels
        self.overlay = overlay
        self.tileSize = tileSize
    }

    /// Number of frames.
    public var frameCount: Int { panels[0].frames.count }

    /// Pixels per mm at which the largest panel fills a tile.
    private var pixelsPerMM: Double { Double(tileSize) / panels.reduce(0) { max($0, $1.sizeMM.max()) } }

    /// Rows of equal length, six panels at most.
    private var columns: Int {
        let rows = (panels.count + 5) / 6
        return (panels.count + rows - 1) / rows
    }

    /// The panels at some frames, those of each frame together.
    ///
    /// - Parameter moments: frame and name of each: (0, "ED"), (12, "ES").
    public func montage(of moments: [(frame: Int, name: String)]) -> Picture {
        var tiles: [Montage.Tile] = []
        for start in stride(from: 0, to: panels.count, by: columns) {
            let row = panels[start..<min(start + columns, panels.count)]
            for moment in moments {
                tiles += row.map { tile($0, moment.frame, note: moment.name) }
                // A row that is not full is filled, so that the next moment starts a row of its own.
                for _ in row.count..<columns { tiles.append(Montage.Tile(Picture(width: 1, height: 1), caption: "")) }
            }
        }
        return Montage(title: title, note: note, columns: columns, tiles: tiles).picture
    }

    /// All panels at one frame, above a line that shows how far the heart beat has come.
    public func picture(frame: Int) -> Picture {
        var picture = Montage(
            title: title, note: note, columns: columns, tiles: panels.map { tile($0, frame, note: "") }
        ).picture
        let width = picture.width * (frame + 1) / frameCount
        picture.fill(x: 0, y: picture.height - 2, width: width, height: 2, Palette.separator)
        return picture
    }

    /// Publishes the montage at end diastole and end systole as PNG.
    ///
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`.
    public func writeMontage(edFrame: Int, esFrame: Int, to path: String) throws {
        try PNG.write(montage(of: [(edFrame, "ED"), (esFrame, "ES")]).raster, to: path)
    }

    /// Publishes the beating panels as animated PNG of 256 colours.
    ///
    /// - Parameter frameTimeMS: how long each frame is shown, in ms.
    /// - Parameter path: name under which the file is published.
    /// - Parameter threads: threads that work at a time.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`.
    public func writeAnimation(frameTimeMS: Double, to path: String, threads: Int = 1) throws {
        let delay = Int(min(max(frameTimeMS, 1), 65_535).rounded())
        var table = ColorTable(overlay: overlay)
        let pictures = Workers.map(frameCount, threads: threads) { picture(frame: $0) }
        try APNG.write(pictures.map { table.raster(of: $0) }, delayMS: delay, to: path, threads: threads)
    }

    private func tile(_ panel: Panel, _ frame: Int, note: String) -> Montage.Tile {
        Montage.Tile(
            panel.picture(frame: frame, pixelsPerMM: pixelsPerMM, overlay: overlay), caption: panel.title, note: note)
    }
}
