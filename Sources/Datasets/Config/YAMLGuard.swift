/// Refuses, before anything is built, what recipes have no use for and attackers do: anchors, aliases, tags,
/// merge keys, block text, complex keys and directives.
///
/// One pass over the bytes that knows quotes, comments and where a token may start.
struct YAMLGuard {
    private let bytes: [UInt8]
    private var line = 1
    private var isTokenStart = true
    private var flowDepth = 0

    /// The first thing that is refused: its line and what to write instead.
    static func firstProblem(in text: String) -> (line: Int, message: String)? {
        var scanner = YAMLGuard(bytes: Array(text.utf8))
        return scanner.scan()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() -> (line: Int, message: String)? {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n")
            let isBeforeSpace = next == UInt8(ascii: " ") || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\t")
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                isTokenStart = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                break
            case UInt8(ascii: "#") where index == 0 || bytes[index - 1] <= UInt8(ascii: " "):
                while index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if isTokenStart { skipQuoted(from: &index) }
                isTokenStart = false
            case UInt8(ascii: "-") where isTokenStart && isBeforeSpace:
                break
            case UInt8(ascii: ":") where isBeforeSpace || flowDepth > 0:
                isTokenStart = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if isTokenStart { flowDepth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                flowDepth = max(0, flowDepth - 1)
                isTokenStart = false
            case UInt8(ascii: ",") where flowDepth > 0:
                isTokenStart = true
            default:
                if isTokenStart, let message = YAMLGuard.refusal(byte, isBeforeSpace: isBeforeSpace) {
                    return (line, message)
                }
                isTokenStart = false
            }
            index += 1
        }
        return nil
    }

    private mutating func skipQuoted(from index: inout Int) {
        let quote = bytes[index]
        index += 1
        while index < bytes.count, bytes[index] != quote {
            if bytes[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { index += 1 }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
    }

    private static func refusal(_ byte: UInt8, isBeforeSpace: Bool) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "anchors (&name) are not allowed; write the value out where it is needed"
        case UInt8(ascii: "*"): "aliases (*name) are not allowed; write the value out"
        case UInt8(ascii: "!"): "tags (!type) are not allowed; write the plain value"
        case UInt8(ascii: "|"), UInt8(ascii: ">"): "block text (| and >) is not allowed; write the text on one line"
        case UInt8(ascii: "%"): "directives (%) are not allowed; remove the line"
        case UInt8(ascii: "?") where isBeforeSpace: "complex keys (? key) are not allowed; write `key: value`"
        default: nil
        }
    }
}
