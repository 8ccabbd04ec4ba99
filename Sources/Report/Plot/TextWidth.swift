/// How wide a text will be, near enough to leave room: the reader's font is not known.
enum TextWidth {
    /// Pixels at a font size.
    static func of(_ text: String, size: Double) -> Double {
        text.reduce(0) { width, character in
            let part =
                switch character {
                case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "·", " ": 0.31
                case "f", "r", "t", "(", ")", "-", "/": 0.38
                case "m", "w", "M", "W", "%", "@": 0.88
                case _ where character.isUppercase: 0.68
                default: 0.58
                }
            return width + part * size
        }
    }

    /// A text in as many lines as it needs, broken between words.
    static func lines(_ text: String, size: Double, width: Double) -> [String] {
        text.split(separator: " ").reduce(into: []) { lines, word in
            if let last = lines.last, of("\(last) \(word)", size: size) <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
    }
}
