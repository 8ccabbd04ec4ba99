import Core

/// The receive coils of a scanner.
///
/// - Units: in the names; the keys of recipes are the same in snake case, and an absent key keeps its default.
public struct CoilSettings: Sendable, Hashable, Codable {
    /// Number of loops, half of them in front of the chest and half behind it.
    public var channels = 16
    /// Radius of a loop.
    public var radiusMM = 55.0
    /// Distance of the loops' centres from the skin.
    public var clearanceMM = 30.0

    private enum CodingKeys: String, CodingKey {
        case channels
        case radiusMM = "radius_mm"
        case clearanceMM = "clearance_mm"
    }

    /// Sixteen loops.
    public init() {}

    /// Makes settings from their keys.
    ///
    /// - Throws: `CineError` when a value is out of range.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        channels = try keys.decodeIfPresent(Int.self, forKey: .channels) ?? channels
        radiusMM = try keys.decodeIfPresent(Double.self, forKey: .radiusMM) ?? radiusMM
        clearanceMM = try keys.decodeIfPresent(Double.self, forKey: .clearanceMM) ?? clearanceMM
        try validate()
    }

    /// Checks that such coils exist.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try checkRange(CodingKeys.channels, Double(channels), 1...32)
        try checkRange(CodingKeys.radiusMM, radiusMM, 20...200)
        try checkRange(CodingKeys.clearanceMM, clearanceMM, 5...200)
    }
}
