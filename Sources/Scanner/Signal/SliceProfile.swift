import Core

/// How a slice weighs what lies along its normal.
///
/// - Convention: the kernels (`gaussian`, `rectangular`, `windowedSinc`) integrate to 1 and multiply a tissue's
///   on-resonant signal. `bssfp` is the steady state of each tissue at its local flip angle, times length, over the
///   slice thickness: wide for muscle, flat for blood, so tissues keep their true relative brightness. In every case
///   the thickness is the prescribed one (for `bssfp`: full width at half maximum of the excitation).
public struct SliceProfile: Sendable, Hashable, Codable {
    /// The shapes.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The steady-state profile of a windowed-sinc pulse, per tissue.
        case bssfp
        /// A Gaussian whose full width at half maximum is the thickness.
        case gaussian
        /// A box as wide as the thickness.
        case rectangular
        /// A sinc band-limited to half a cycle per thickness, under a Hann window six thicknesses wide.
        case windowedSinc = "windowed_sinc"
    }

    /// The shape.
    public var kind: Kind
    /// Duration times bandwidth of a `bssfp` pulse.
    public var timeBandwidth: Double
    /// Window of a `bssfp` pulse.
    public var window: PulseWindow

    private enum CodingKeys: String, CodingKey {
        case kind
        case timeBandwidth = "time_bandwidth"
        case window
    }

    /// Describes a profile; time-bandwidth product and window only matter for `bssfp`.
    public init(kind: Kind = .bssfp, timeBandwidth: Double = 2.7, window: PulseWindow = .hann) {
        self.kind = kind
        self.timeBandwidth = timeBandwidth
        self.window = window
    }

    /// Makes a profile from its keys; those that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        kind = try keys.decodeIfPresent(Kind.self, forKey: .kind) ?? kind
        timeBandwidth = try keys.decodeIfPresent(Double.self, forKey: .timeBandwidth) ?? timeBandwidth
        window = try keys.decodeIfPresent(PulseWindow.self, forKey: .window) ?? window
    }

    /// The steady-state profile of a windowed-sinc pulse.
    public static func bssfp(timeBandwidth: Double = 2.7, window: PulseWindow = .hann) -> SliceProfile {
        SliceProfile(kind: .bssfp, timeBandwidth: timeBandwidth, window: window)
    }
    /// A Gaussian.
    public static let gaussian = SliceProfile(kind: .gaussian)
    /// A box.
    public static let rectangular = SliceProfile(kind: .rectangular)
    /// A band-limiting sinc.
    public static let windowedSinc = SliceProfile(kind: .windowedSinc)
}
