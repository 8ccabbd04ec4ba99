import Datasets
import Foundation

/// What the program says: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether a person watches standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    /// Whether colour is welcome there.
    static let hasColor =
        isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// Writes a line to standard output.
    static func print(_ line: String) { write(line + "\n", to: FileHandle.standardOutput) }

    /// Writes one JSON document to standard output.
    static func print(_ json: JSONValue) { print(json.text(pretty: true)) }

    /// Writes a line to standard error.
    static func error(_ line: String) { write(line + "\n", to: FileHandle.standardError) }

    /// Writes text to a stream; a reader that has gone away is no error.
    static func write(_ text: String, to handle: FileHandle) { try? handle.write(contentsOf: Data(text.utf8)) }

    /// Shows how far work has come, over what was shown before; elsewhere than on a terminal, nothing.
    static func progress(_ text: String) {
        if isInteractive { write("\r\(text)\u{1B}[K", to: FileHandle.standardError) }
    }

    /// Takes away what `progress` showed.
    static func endProgress() { progress("") }

    /// Text in grey where colour is welcome.
    static func faint(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// Lines of a table: columns as wide as their widest cell, numbers to the right.
    static func table(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let isNumber = (0..<columns).map { column in
            rows.dropFirst().allSatisfy {
                $0.count <= column || $0[column].first.map { $0.isNumber || $0 == "-" } ?? true
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? padding + cell : cell + padding
            }
            return cells.joined(separator: "  ").replacing(/\s+$/, with: "")
        }
    }
}
