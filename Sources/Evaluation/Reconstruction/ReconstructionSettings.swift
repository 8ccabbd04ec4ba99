import Core
import Datasets
import Scanner

/// Reconstruction from few lines: what is left out of k-space, and what networks are shown of it.
public struct ReconstructionSettings: Sendable, Hashable, Codable {
    /// The view whose k-space the dataset holds.
    public var view = View.sax
    /// Pattern of lines: `gaussian`, `lattice` or `golden_offset`.
    public var sampling = SamplingSettings.Kind.gaussian
    /// Nominal accelerations; each is scored, and training draws from them.
    public var accelerations = [6.0]
    /// Central lines of every frame; absent for what the pattern has.
    public var centreLines: Int?
    /// The brightest tissue's magnitude over the noise's deviation; 0 for no noise.
    public var snr = 40.0
    /// Whether all coils are used, with their true sensitivities, or one ideal one.
    public var multiCoil = false
    /// Columns of a training sample: aliasing is along y alone, so that a strip teaches as much as the whole image.
    public var patchColumns = 32
    /// Frames of a training sample; absent for all.
    public var frames: Int?
    /// Slices to score; absent for all.
    public var slices: Int?

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case view, sampling, accelerations, snr, frames, slices
        case centreLines = "centre_lines"
        case multiCoil = "multi_coil"
        case patchColumns = "patch_columns"
    }

    static let properties = [
        Schema.Property("view", .choice(View.allCases.map(\.rawValue)), "View with k-space (default sax)"),
        Schema.Property(
            "sampling", .choice(["gaussian", "lattice", "golden_offset"]), "Pattern of lines (default gaussian)"),
        Schema.Property("accelerations", .list(of: .number(1...64), count: 1...12), "To learn and score (default [6])"),
        Schema.Property("centre_lines", .integer(0...256), "Central lines of every frame (default the pattern's)"),
        Schema.Property("snr", .number(0...10_000), "Brightest tissue over noise; 0 for none (default 40)"),
        Schema.Property("multi_coil", .flag, "All coils with true sensitivities, or one ideal coil (default false)"),
        Schema.Property("patch_columns", .integer(8...1024), "Columns of a training sample (default 32)"),
        Schema.Property("frames", .integer(1...200), "Frames of a training sample (default all)"),
        Schema.Property("slices", .integer(1...200), "Slices about the middle to score (default all)"),
    ]

    /// The pattern at an acceleration.
    func pattern(_ acceleration: Double) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.kind = sampling
        settings.acceleration = acceleration
        settings.centreLines = centreLines
        return settings
    }
}
