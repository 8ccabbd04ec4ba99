import Foundation

/// Numbers as people read them.
enum Words {
    /// "1.4 GB".
    static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : String(format: value < 10 ? "%.1f" : "%.0f", value) + " " + units[unit]
    }

    /// "1:02:03", "2:03" or "3 s".
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours > 0 { return String(format: "%d:%02d:%02d", hours, minutes, rest) }
        return minutes > 0 ? String(format: "%d:%02d min", minutes, rest) : "\(rest) s"
    }

    /// "1 patient", "3 patients".
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// "12.3 M".
    static func large(_ value: Double) -> String {
        value >= 1e9
            ? String(format: "%.1f G", value / 1e9)
            : value >= 1e6 ? String(format: "%.1f M", value / 1e6) : String(format: "%.0f k", value / 1e3)
    }
}
