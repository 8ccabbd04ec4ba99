/// A standard view of the heart.
public enum View: String, Sendable, Codable, CaseIterable {
    /// The stack of short-axis slices.
    case sax
    /// Two chambers: LV and LA.
    case lax2ch = "lax_2ch"
    /// Three chambers: LV, LA and the aortic root.
    case lax3ch = "lax_3ch"
    /// Four chambers.
    case lax4ch = "lax_4ch"

    /// The view's place in random streams; never renumber.
    var stream: UInt32 {
        switch self {
        case .sax: 0
        case .lax2ch: 1
        case .lax3ch: 2
        case .lax4ch: 3
        }
    }
}
