import Core

/// How far the main field and the transmitted field stray from what they should be.
///
/// - Units: in the names; the keys of recipes are the same in snake case, and an absent key keeps its default.
public struct FieldSettings: Sendable, Hashable, Codable {
    /// Factor on the off-resonance that a shimmed heart has; 0 is none.
    public var offResonanceScale = 1.0
    /// What the whole field is off by, as when the scanner is tuned badly, Hz.
    public var offsetHz = 0.0
    /// Susceptibility of air against that of tissue.
    public var airPPM = 9.0
    /// Factor on the deviation of the transmitted field from its nominal value; 0 is none.
    public var transmitScale = 1.0
    /// Pulses after which blood that enters a slice counts as saturated; 0 is no inflow enhancement.
    public var inflowPulses = 3.0

    private enum CodingKeys: String, CodingKey {
        case offResonanceScale = "off_resonance_scale"
        case offsetHz = "offset_hz"
        case airPPM = "air_ppm"
        case transmitScale = "transmit_scale"
        case inflowPulses = "inflow_pulses"
    }

    /// A field as it is after shimming.
    public init() {}

    /// Makes settings from their keys.
    ///
    /// - Throws: `CineError` when a value is out of range.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func read(_ key: CodingKeys, into value: inout Double) throws {
            value = try keys.decodeIfPresent(Double.self, forKey: key) ?? value
        }
        try read(.offResonanceScale, into: &offResonanceScale)
        try read(.offsetHz, into: &offsetHz)
        try read(.airPPM, into: &airPPM)
        try read(.transmitScale, into: &transmitScale)
        try read(.inflowPulses, into: &inflowPulses)
        try validate()
    }

    /// Checks that such a field exists.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try checkRange(CodingKeys.offResonanceScale, offResonanceScale, 0...10)
        try checkRange(CodingKeys.offsetHz, offsetHz, -500...500)
        try checkRange(CodingKeys.airPPM, airPPM, 0...20)
        try checkRange(CodingKeys.transmitScale, transmitScale, 0...2)
        try checkRange(CodingKeys.inflowPulses, inflowPulses, 0...1000)
    }
}
