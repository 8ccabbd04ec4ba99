/// Colours for numbers: the larger, the brighter, in equal steps to the eye.
public struct ColorMap: Sendable {
    private let anchors: [Color]

    /// Makes a map from evenly spaced colours, the smallest number's first.
    init(_ anchors: [UInt32]) { self.anchors = anchors.map { Color($0) } }

    /// Black over purple and orange to pale yellow.
    ///
    /// - Reference: "magma" of matplotlib, by van der Walt and Smith (CC0); here a straight line between each nine.
    public static let magma = ColorMap([
        0x000004, 0x1C1044, 0x4F127B, 0x812581, 0xB5367A, 0xE55064, 0xFB8761, 0xFEC287, 0xFCFDBF,
    ])

    /// The colour of a number, 0 to 1; beyond, that of the end.
    public func color(_ share: Float) -> Color {
        let place = min(max(share.isNaN ? 0 : share, 0), 1) * Float(anchors.count - 1)
        let below = min(Int(place), anchors.count - 2)
        return anchors[below].mixed(with: anchors[below + 1], alpha: place - Float(below))
    }
}
