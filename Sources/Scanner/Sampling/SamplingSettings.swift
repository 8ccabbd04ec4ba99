import Core

/// Which part of k-space each frame of a scan reads, and how true the gradients are.
///
/// - Units: in the names; the keys of recipes are the same in snake case, and an absent key keeps its default.
public struct SamplingSettings: Sendable, Hashable, Codable {
    /// The family of patterns.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Cartesian, every line in every frame.
        case full
        /// Cartesian, every R-th line, shifted by one line a frame, and a sampled centre.
        case lattice
        /// Cartesian, lines drawn for each frame with a Gaussian density, and a sampled centre.
        case gaussian
        /// Cartesian, evenly spread lines that a golden ratio shifts from frame to frame, denser at the centre.
        case goldenOffset = "golden_offset"
        /// Radial, each spoke a golden or tiny golden angle after the last.
        case radialGolden = "radial_golden"
        /// Radial, spokes evenly spread over half a turn, the same in every frame.
        case radialUniform = "radial_uniform"
        /// Archimedean spirals.
        case spiral

        /// Whether the readouts are lines of the grid.
        public var isCartesian: Bool {
            switch self {
            case .full, .lattice, .gaussian, .goldenOffset: true
            case .radialGolden, .radialUniform, .spiral: false
            }
        }
    }

    /// The family of patterns.
    public var kind = Kind.full
    /// Nominal acceleration of `lattice` (whole), `gaussian`, `golden_offset` and `spiral`.
    public var acceleration = 4.0
    /// Lines about the centre of k-space that every frame reads; nil is 4 for `lattice`, 8 for `gaussian`, else 0.
    public var centreLines: Int?
    /// Order of the tiny golden angle; 1 is the golden angle itself.
    public var tinyGolden = 1
    /// Spokes of a radial frame.
    public var spokesPerFrame = 21
    /// Spirals that cover k-space together; a frame reads `interleaves / acceleration` of them.
    public var interleaves = 16
    /// Samples of a readout per pixel, 1 or 2.
    public var readoutOversampling = 2
    /// Share of k-space along the lines' axis that is read: below 1 the lowest lines are left out.
    public var partialFourier = 1.0
    /// How late the gradient along x is, in samples of a readout without oversampling.
    public var gradientDelayX = 0.0
    /// How late the gradient along y is, in samples of a readout without oversampling.
    public var gradientDelayY = 0.0
    /// Phase that eddy currents leave after the largest possible step between two readouts.
    public var eddyPhaseDeg = 0.0

    private enum CodingKeys: String, CodingKey {
        case kind
        case acceleration
        case centreLines = "centre_lines"
        case tinyGolden = "tiny_golden"
        case spokesPerFrame = "spokes_per_frame"
        case interleaves
        case readoutOversampling = "readout_oversampling"
        case partialFourier = "partial_fourier"
        case gradientDelayX = "gradient_delay_x"
        case gradientDelayY = "gradient_delay_y"
        case eddyPhaseDeg = "eddy_phase_deg"
    }

    /// A fully sampled scan with perfect gradients.
    public init() {}

    /// A pattern of a kind, else as the default.
    public init(_ kind: Kind) { self.kind = kind }

    /// Makes settings from their keys.
    ///
    /// - Throws: `CineError` when a value cannot be scanned with.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try keys.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.kind, into: &kind)
        try read(.acceleration, into: &acceleration)
        try read(.tinyGolden, into: &tinyGolden)
        try read(.spokesPerFrame, into: &spokesPerFrame)
        try read(.interleaves, into: &interleaves)
        try read(.readoutOversampling, into: &readoutOversampling)
        try read(.partialFourier, into: &partialFourier)
        try read(.gradientDelayX, into: &gradientDelayX)
        try read(.gradientDelayY, into: &gradientDelayY)
        try read(.eddyPhaseDeg, into: &eddyPhaseDeg)
        centreLines = try keys.decodeIfPresent(Int.self, forKey: .centreLines)
        try validate()
    }

    /// Checks that the values are possible, whatever the matrix.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try checkRange(CodingKeys.acceleration, acceleration, 1...64)
        try checkRange(CodingKeys.centreLines, Double(centreLines ?? 0), 0...256)
        try checkRange(CodingKeys.tinyGolden, Double(tinyGolden), 1...50)
        try checkRange(CodingKeys.spokesPerFrame, Double(spokesPerFrame), 1...4096)
        try checkRange(CodingKeys.interleaves, Double(interleaves), 1...1024)
        try checkRange(CodingKeys.readoutOversampling, Double(readoutOversampling), 1...2)
        try checkRange(CodingKeys.partialFourier, partialFourier, 0.5...1)
        try checkRange(CodingKeys.gradientDelayX, gradientDelayX, -5...5)
        try checkRange(CodingKeys.gradientDelayY, gradientDelayY, -5...5)
        try checkRange(CodingKeys.eddyPhaseDeg, eddyPhaseDeg, 0...90)
        guard kind != .lattice || acceleration == acceleration.rounded() else {
            throw CineError(
                .badData,
                "Expected a whole `acceleration` for a lattice, found \(Words.number(acceleration));"
                    + " `gaussian` and `golden_offset` take any.")
        }
        guard kind.isCartesian || partialFourier == 1 else {
            throw CineError(
                .badData,
                "Expected `partial_fourier` 1 for \(kind.rawValue), found \(Words.number(partialFourier));"
                    + " only Cartesian scans can leave lines out.")
        }
    }

    /// Angle between golden spokes, π / (φ + order − 1): 111.25° for order 1.
    ///
    /// - Reference: Wundrak et al. 2015, doi:10.1109/TMI.2014.2382572.
    public var goldenAngleRad: Double { .pi / (Self.goldenRatio + Double(tinyGolden) - 1) }

    static let goldenRatio = (1 + 5.0.squareRoot()) / 2
}
