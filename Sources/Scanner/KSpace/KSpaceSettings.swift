import Core

/// How k-space is acquired: coils, what is read, when, and how finely the scan follows the motion.
///
/// Planes, sequence and resolution are those of the cine scan. The keys of recipes are the same in snake case, and an
/// absent key keeps its default.
public struct KSpaceSettings: Sendable, Hashable, Codable {
    /// The receive coils.
    public var coils = CoilSettings()
    /// Which part of k-space each frame reads.
    public var sampling = SamplingSettings()
    /// How the scan is tied to heartbeat and breathing.
    public var gating = GatingSettings()
    /// How finely the scan follows the motion.
    public var fidelity = Fidelity.shot
    /// Signal of myocardium over the deviation of noise; nil is that of the cine scan, 0 is no noise.
    public var snr: Double?
    /// Slices of a view that are read, about its middle one; nil is all.
    public var slices: Int?
    /// Samples of the object per pixel and axis.
    public var oversampling = 3.0
    /// Width in pixels over which a surface between tissues ramps before it is made sharp again in k-space.
    public var surfacePixels = 0.67

    private enum CodingKeys: String, CodingKey {
        case coils, sampling, gating, fidelity, snr, slices, oversampling
        case surfacePixels = "surface_pixels"
    }

    /// A fully sampled scan.
    public init() {}

    /// Makes settings from their keys.
    ///
    /// - Throws: `CineError` when a value cannot be scanned with.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try keys.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.coils, into: &coils)
        try read(.sampling, into: &sampling)
        try read(.gating, into: &gating)
        try read(.fidelity, into: &fidelity)
        try read(.oversampling, into: &oversampling)
        try read(.surfacePixels, into: &surfacePixels)
        snr = try keys.decodeIfPresent(Double.self, forKey: .snr)
        slices = try keys.decodeIfPresent(Int.self, forKey: .slices)
        try validate()
    }

    /// Checks that the values are possible.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try coils.validate()
        try sampling.validate()
        try gating.validate()
        try checkRange(CodingKeys.snr, snr ?? 0, 0...10_000)
        try checkRange(CodingKeys.slices, Double(slices ?? 1), 1...200)
        try checkRange(CodingKeys.oversampling, oversampling, 1...6)
        try checkRange(CodingKeys.surfacePixels, surfacePixels, 0.1...3)
    }

    /// Which slices of a view are read: `slices` about the middle one.
    public func chosen(of count: Int) -> Range<Int> {
        let wanted = min(slices ?? count, count)
        let first = (count - wanted) / 2
        return first..<first + wanted
    }

    /// Samples along each axis of the grid on which the object of a slice is sampled.
    public func fineSize(of cine: CineProtocol) -> Int {
        SliceEncoder.fineSize(matrix: cine.matrix, oversampling: oversampling)
    }
}
