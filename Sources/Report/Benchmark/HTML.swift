/// The text of a page, element by element: also well-formed XML.
struct HTML {
    private(set) var text = ""

    /// Adds an element that holds words.
    ///
    /// - Parameter attributes: names and values, in order; values are escaped, and those without one left out.
    mutating func add(_ name: String, _ attributes: KeyValuePairs<String, String?>, _ words: String) {
        text += "\(SVG.opening(name, attributes))>\(SVG.escaped(words))</\(name)>\n"
    }

    /// Adds an element that holds words.
    mutating func add(_ name: String, _ words: String) { add(name, [:], words) }

    /// Adds an element that holds others.
    mutating func add(
        _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ body: (inout HTML) -> Void
    ) {
        text += SVG.opening(name, attributes) + ">"
        body(&self)
        text += "</\(name)>\n"
    }

    /// Adds an element that holds nothing.
    mutating func addEmpty(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
        text += SVG.opening(name, attributes) + "/>\n"
    }

    /// Adds words.
    mutating func write(_ words: String) { text += SVG.escaped(words) }

    /// Adds what is a drawing or sheet already.
    mutating func insert(_ markup: String) { text += markup }
}
