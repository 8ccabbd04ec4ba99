import Foundation

/// The text of an SVG drawing, element by element.
struct SVG {
    private(set) var text = ""

    /// Adds an element.
    ///
    /// - Parameter attributes: names and values, in order; values are escaped, and those without one left out.
    mutating func add(_ name: String, _ attributes: KeyValuePairs<String, String?>, text content: String? = nil) {
        text += SVG.opening(name, attributes)
        text += content.map { ">\(SVG.escaped($0))</\(name)>\n" } ?? "/>\n"
    }

    /// Adds a drawing within the drawing, cut off at its edges.
    mutating func nested(_ attributes: KeyValuePairs<String, String?>, _ inner: SVG) {
        text += SVG.opening("svg", attributes) + ">\n\(inner.text)</svg>\n"
    }

    /// "<name attribute="value"", not closed; values are escaped, and attributes without one left out.
    static func opening(_ name: String, _ attributes: KeyValuePairs<String, String?>) -> String {
        attributes.reduce("<\(name)") { text, attribute in
            attribute.value.map { "\(text) \(attribute.key)=\"\(SVG.escaped($0))\"" } ?? text
        }
    }

    /// A number with a hundredth of a pixel, as short as it gets.
    static func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    /// Text without the signs that mean something in XML, and without those that it cannot hold.
    static func escaped(_ text: String) -> String {
        String(
            text.unicodeScalars.lazy.flatMap { scalar -> [Character] in
                switch scalar {
                case "&": Array("&amp;")
                case "<": Array("&lt;")
                case ">": Array("&gt;")
                case "\"": Array("&quot;")
                case "\t", "\n": [" "]
                case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: ["\u{FFFD}"]
                default: [Character(scalar)]
                }
            })
    }
}

extension SVG {
    /// Adds a line.
    mutating func line(_ from: SIMD2<Double>, _ to: SIMD2<Double>, class name: String, style: String? = nil) {
        let n = SVG.number
        add("line", ["x1": n(from.x), "y1": n(from.y), "x2": n(to.x), "y2": n(to.y), "class": name, "style": style])
    }

    /// Adds a rectangle; corners in any order.
    mutating func rectangle(_ a: SIMD2<Double>, _ b: SIMD2<Double>, class name: String, radius: Double = 0) {
        let (low, size) = (pointwiseMin(a, b), pointwiseMax(a, b) - pointwiseMin(a, b))
        let n = SVG.number
        add(
            "rect",
            [
                "x": n(low.x), "y": n(low.y), "width": n(size.x), "height": n(size.y), "rx": n(radius), "class": name,
            ])
    }

    /// Adds a path through points.
    mutating func path(
        _ points: [SIMD2<Double>], closed: Bool = false, class name: String, style: String? = nil
    ) {
        guard let first = points.first else { return }
        let n = SVG.number
        let rest = points.dropFirst().map { "L\(n($0.x)) \(n($0.y))" }.joined()
        let outline = "M\(n(first.x)) \(n(first.y))\(rest)\(closed ? "Z" : "")"
        add("path", ["d": outline, "class": name, "style": style])
    }

    /// Which part of a text is at its place.
    enum Anchor: String { case start, middle, end }

    /// Adds a text; its base line is at the place.
    mutating func label(
        _ text: String, at place: SIMD2<Double>, anchor: Anchor = .start, class name: String = "tick",
        turned: Bool = false
    ) {
        let n = SVG.number
        let turn = turned ? " rotate(-90)" : ""
        add(
            "text",
            [
                "transform": "translate(\(n(place.x)) \(n(place.y)))\(turn)", "text-anchor": anchor.rawValue,
                "class": name,
            ],
            text: text)
    }
}
