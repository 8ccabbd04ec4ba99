import Core

/// A slice through time, as a picture shows it.
public struct Panel: Sendable {
    /// Caption.
    public var title: String
    /// Name of the stack that it is part of.
    public var stack: String
    /// Number of columns.
    public var width: Int
    /// Number of rows.
    public var height: Int
    /// Distance in mm between columns and between rows.
    public var spacingMM: SIMD2<Double>
    /// Images: [T][Y·X], x fastest, the first row on top.
    public var frames: [[Float]]
    /// Labels: [T][Y·X]; none when empty.
    public var labels: [[UInt8]]
    /// What becomes black and white.
    public var window: Window

    /// Describes a slice.
    ///
    /// - Parameter title: caption.
    /// - Parameter stack: name of the stack that it is part of; a stack of its own when nil.
    /// - Parameter width: number of columns.
    /// - Parameter height: number of rows.
    /// - Parameter spacingMM: distance in mm between columns and between rows.
    /// - Parameter frames: images, [T][Y·X], x fastest, the first row on top.
    /// - Parameter labels: labels, [T][Y·X]; none when empty.
    /// - Parameter window: what becomes black and white; fitted to the frames when nil.
    public init(
        title: String, stack: String? = nil, width: Int, height: Int, spacingMM: SIMD2<Double>, frames: [[Float]],
        labels: [[UInt8]] = [], window: Window? = nil
    ) {
        let count = width * height
        precondition(width > 0 && height > 0 && spacingMM.min() > 0, "a panel needs pixels of some size")
        precondition(frames.allSatisfy { $0.count == count }, "each frame needs \(count) pixels")
        precondition(
            labels.isEmpty || labels.count == frames.count, "expected labels for \(frames.count) frames or none")
        precondition(labels.allSatisfy { $0.count == count }, "each label map needs \(count) pixels")
        self.title = title
        self.stack = stack ?? title
        self.width = width
        self.height = height
        self.spacingMM = spacingMM
        self.frames = frames
        self.labels = labels
        self.window = window ?? Window(fitting: frames)
    }

    /// Extent in mm.
    public var sizeMM: SIMD2<Double> { SIMD2(Double(width), Double(height)) * spacingMM }

    /// A frame as a picture with its labels over it.
    ///
    /// - Parameter frame: number of the frame, from 0.
    /// - Parameter pixelsPerMM: scale; the same along both axes whatever the spacing.
    /// - Parameter overlay: how the labels lie over it.
    public func picture(frame: Int, pixelsPerMM: Double, overlay: Overlay = .outlines) -> Picture {
        let size = sizeMM * pixelsPerMM
        let (columns, rows) = (max(1, Int(size.x.rounded())), max(1, Int(size.y.rounded())))
        let values = resample(frames[frame], width: width, height: height, toWidth: columns, toHeight: rows)
        var picture = Picture(width: columns, height: rows)
        for y in 0..<rows {
            for x in 0..<columns { picture[x, y] = Color(grey: window.grey(values[y * columns + x])) }
        }
        if !labels.isEmpty {
            let map = resample(labels: labels[frame], width: width, height: height, toWidth: columns, toHeight: rows)
            overlay.draw(map, on: &picture)
        }
        return picture
    }
}

/// How labels lie over an image.
public struct Overlay: Sendable, Hashable {
    /// How much of a label's colour lies over its area, 0 to 1.
    public var fill: Float
    /// How much of a label's colour lies over its outline, 0 to 1.
    public var outline: Float
    /// Which labels are shown.
    public var labels: ClosedRange<UInt8>

    /// Describes an overlay.
    ///
    /// - Parameter fill: how much of a label's colour lies over its area, 0 to 1.
    /// - Parameter outline: how much of a label's colour lies over its outline, 0 to 1.
    /// - Parameter labels: which labels are shown; the heart's by default.
    public init(fill: Float, outline: Float, labels: ClosedRange<UInt8> = 1...9) {
        self.fill = fill
        self.outline = outline
        self.labels = labels
    }

    /// Thin outlines of the heart over a breath of colour.
    public static let outlines = Overlay(fill: 0.14, outline: 0.85)
    /// The image alone.
    public static let none = Overlay(fill: 0, outline: 0)

    /// Draws a label map of the picture's size.
    public func draw(_ map: [UInt8], on picture: inout Picture) {
        let (width, height) = (picture.width, picture.height)
        precondition(map.count == width * height, "expected \(width * height) labels, found \(map.count)")
        guard fill > 0 || outline > 0 else { return }
        for y in 0..<height {
            for x in 0..<width {
                let label = map[y * width + x]
                guard labels.contains(label), let color = Palette.color(label: label) else { continue }
                let isOutline =
                    (x > 0 && map[y * width + x - 1] != label) || (x + 1 < width && map[y * width + x + 1] != label)
                    || (y > 0 && map[(y - 1) * width + x] != label)
                    || (y + 1 < height && map[(y + 1) * width + x] != label)
                picture.blend(color, x: x, y: y, alpha: isOutline ? outline : fill)
            }
        }
    }
}
