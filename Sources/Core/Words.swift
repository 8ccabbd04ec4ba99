import Foundation

/// Numbers as people read them.
public enum Words {
    /// "0.583333", "12" or "1.5e-09": six significant digits at most.
    public static func number(_ value: Double) -> String { String(format: "%.*g", digits(value), value) }

    /// As for `Double`, so that 1.8 does not become 1.79999995.
    public static func number(_ value: Float) -> String { number(Double(value)) }

    /// "68×60×60" or "1.8×1.8×8": sizes along several axes.
    public static func size(_ values: [Double]) -> String { values.map(number).joined(separator: "×") }

    /// "68×60×60": sizes along several axes.
    public static func size(_ values: [Int]) -> String { values.map(String.init).joined(separator: "×") }

    /// "1.4 GB".
    public static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : String(format: value < 10 ? "%.1f" : "%.0f", value) + " " + units[unit]
    }

    /// "1:02:03 h", "2:03 min" or "3 s".
    public static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours > 0 { return String(format: "%d:%02d:%02d h", hours, minutes, rest) }
        return minutes > 0 ? String(format: "%d:%02d min", minutes, rest) : "\(rest) s"
    }

    /// "1 patient", "3 patients".
    public static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// "12.3 M", "280 k".
    public static func large(_ value: Double) -> String {
        switch value {
        case 1e9...: String(format: "%.1f G", value / 1e9)
        case 1e6...: String(format: "%.1f M", value / 1e6)
        default: String(format: "%.0f k", value / 1e3)
        }
    }

    /// Whole numbers keep all their digits.
    private static func digits(_ value: Double) -> Int32 {
        value == value.rounded() && abs(value) < 1e15 ? 15 : 6
    }
}
