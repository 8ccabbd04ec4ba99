/// A colour of 8 bits a channel (sRGB).
public struct Color: Sendable, Hashable {
    /// Red.
    public var red: UInt8
    /// Green.
    public var green: UInt8
    /// Blue.
    public var blue: UInt8

    /// Makes a colour from 0xRRGGBB.
    public init(_ hex: UInt32) {
        red = UInt8(truncatingIfNeeded: hex >> 16)
        green = UInt8(truncatingIfNeeded: hex >> 8)
        blue = UInt8(truncatingIfNeeded: hex)
    }

    /// Makes a grey.
    public init(grey: UInt8) { (red, green, blue) = (grey, grey, grey) }

    /// Whether it has no hue.
    var isGrey: Bool { red == green && green == blue }

    /// This colour with some of another over it.
    ///
    /// - Parameter other: what lies over it.
    /// - Parameter alpha: 0 for none of the other, 1 for nothing else.
    public func mixed(with other: Color, alpha: Float) -> Color {
        func mix(_ below: UInt8, _ above: UInt8) -> UInt8 {
            UInt8((Float(below) + (Float(above) - Float(below)) * min(max(alpha, 0), 1)).rounded())
        }
        var result = self
        result.red = mix(red, other.red)
        result.green = mix(green, other.green)
        result.blue = mix(blue, other.blue)
        return result
    }
}

/// The colours of pictures: a dark ground, quiet captions, and label colours that colour-blind eyes tell apart.
public enum Palette {
    /// Behind everything.
    public static let background = Color(0x0E1116)
    /// Behind a tile that its picture does not fill.
    public static let tile = Color(0x000000)
    /// Lines between tiles.
    public static let separator = Color(0x2A303A)
    /// Captions.
    public static let text = Color(0xC9D1D9)
    /// Captions of less weight.
    public static let faintText = Color(0x7D8590)

    /// The colour of a label of the canonical map; nil for background, which stays as it is.
    ///
    /// The heart has the eight colours of Okabe and Ito (2008, "Color Universal Design") and a white; chest
    /// tissues, which only give context, have dull ones. An unknown label is magenta, to be noticed.
    public static func color(label: UInt8) -> Color? {
        switch label {
        case 0: nil
        case 1: Color(0xD55E00)  // LV cavity: vermilion
        case 2: Color(0x009E73)  // LV wall: green
        case 3: Color(0x56B4E9)  // RV cavity: sky blue
        case 4: Color(0xE69F00)  // left atrium: orange
        case 5: Color(0x0072B2)  // right atrium: blue
        case 6: Color(0xCC79A7)  // aorta: purple
        case 7: Color(0xF0E442)  // pulmonary artery: yellow
        case 8: Color(0x8FD3C1)  // RV wall: pale green
        case 9: Color(0xF2F2F2)  // other heart tissue: white
        case 16: Color(0x3B4A5A)  // lung
        case 17: Color(0x8C5A4A)  // liver
        case 18: Color(0x6B4A6E)  // spleen
        case 19: Color(0x6E7A4A)  // stomach
        case 20: Color(0xB8AE9A)  // spine
        case 21: Color(0x5E7F8C)  // spinal canal
        case 22: Color(0xA0978A)  // ribs
        case 23: Color(0x7A5050)  // muscle
        case 24: Color(0xA89B5C)  // fat
        case 25: Color(0xB08A76)  // skin
        case 26: Color(0x4A6FA5)  // venae cavae
        case 27: Color(0xC77D5B)  // pulmonary veins
        default: Color(0xFF00FF)
        }
    }
}
