import Foundation

/// The colours of a drawing on light or dark ground.
///
/// Series are told apart by eyes of all kinds: hues of Okabe and Ito (2008, "Color Universal Design"), darkened or
/// lightened until each stands out from its ground by 3 : 1 (WCAG 2.1, 1.4.11), and by their markers and dashes.
public struct PlotTheme: Sendable, Hashable {
    /// Behind everything.
    public let background: Color
    /// Titles and values.
    public let text: Color
    /// Axis labels and notes.
    public let faintText: Color
    /// Axes.
    public let axis: Color
    /// Grid lines.
    public let grid: Color
    /// What failed.
    public let warning: Color
    /// Series, one after the other, then again from the first.
    public let series: [Color]

    /// For white pages.
    public static let light = PlotTheme(
        background: Color(0xFFFFFF), text: Color(0x1B1F24), faintText: Color(0x59636E), axis: Color(0x8C959F),
        grid: Color(0xE7EAEE), warning: Color(0xC2261B),
        series: [0x0072B2, 0xD55E00, 0x00845F, 0xA33A82, 0x8F6400, 0x57606A].map { Color($0) })

    /// For dark pages.
    public static let dark = PlotTheme(
        background: Color(0x0E1116), text: Color(0xE6EAEF), faintText: Color(0x9AA4AF), axis: Color(0x6B7580),
        grid: Color(0x232A33), warning: Color(0xFF8278),
        series: [0x56B4E9, 0xFF8A4C, 0x35C79B, 0xE08AC2, 0xE3B341, 0xB4BCC6].map { Color($0) })
}

/// Size, ground and name of a drawing.
public struct PlotStyle: Sendable, Hashable {
    /// Which ground it stands on.
    public enum Ground: Sendable, Hashable {
        /// Always light.
        case light
        /// Always dark.
        case dark
        /// As the reader's system has it.
        case automatic
    }

    /// Which ground it stands on.
    public var ground: Ground
    /// Width in pixels.
    public var width: Double
    /// Height in pixels.
    public var height: Double

    /// Makes a style.
    public init(ground: Ground = .automatic, width: Double = 640, height: Double = 400) {
        (self.ground, self.width, self.height) = (ground, width, height)
    }

    /// A whole drawing, with all that it needs in it.
    ///
    /// - Parameter description: what a screen reader says.
    func document(
        description: String, width: Double? = nil, height: Double? = nil, _ body: (inout SVG) -> Void
    ) -> String {
        let (width, height) = (SVG.number(width ?? self.width), SVG.number(height ?? self.height))
        var svg = SVG()
        body(&svg)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
            height="\(height)" role="img" class="\(name)" aria-label="\(SVG.escaped(description))">
            <style>\(sheet)</style>
            <rect width="\(width)" height="\(height)" class="ground"/>
            \(svg.text)</svg>

            """
    }

    /// Drawings of other grounds may stand on one page.
    private var name: String { "plot-\(ground)" }

    private var sheet: String {
        let rules = """
            .\(name){font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
            .\(name) .title{font-size:15px;font-weight:600}
            .\(name) .axis-title,.\(name) .legend,.\(name) .value{font-size:12px}
            .\(name) .tick,.\(name) .note,.\(name) .warning{font-size:11px}
            .\(name) .value,.\(name) .tick{font-variant-numeric:tabular-nums}
            .\(name) .best{font-weight:700}
            .\(name) .grid{stroke-width:1}
            .\(name) .axis{stroke-width:1}
            .\(name) .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
            .\(name) .band{fill-opacity:.16;stroke:none}
            .\(name) .shape{fill-opacity:.22;stroke-width:1.5}
            .\(name) .dot{fill-opacity:.7;stroke:none}
            .\(name) .whisker{fill:none;stroke-width:1.5}

            """
        switch ground {
        case .light: return rules + colors(.light)
        case .dark: return rules + colors(.dark)
        case .automatic: return rules + colors(.light) + "@media (prefers-color-scheme:dark){\n\(colors(.dark))}\n"
        }
    }

    private func colors(_ theme: PlotTheme) -> String {
        var rules = """
            .\(name) .ground{fill:\(theme.background.css)}
            .\(name) .title,.\(name) .value{fill:\(theme.text.css)}
            .\(name) .tick,.\(name) .axis-title,.\(name) .legend,.\(name) .note{fill:\(theme.faintText.css)}
            .\(name) .warning{fill:\(theme.warning.css)}
            .\(name) .axis{stroke:\(theme.axis.css)}
            .\(name) .grid{stroke:\(theme.grid.css)}
            .\(name) .halo{stroke:\(theme.background.css)}

            """
        for (index, color) in theme.series.enumerated() {
            rules += ".\(name) .stroke\(index){stroke:\(color.css)}\n.\(name) .fill\(index){fill:\(color.css)}\n"
        }
        return rules
    }
}

extension Color {
    /// "#0072b2".
    var css: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The contrast with another colour, 1 to 21 (WCAG 2.1).
    func contrast(with other: Color) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The relative luminance of sRGB, 0 to 1.
    private var luminance: Double {
        func linear(_ channel: UInt8) -> Double {
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
