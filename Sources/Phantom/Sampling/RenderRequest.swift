import Core

/// One sheet of samples of a (thick) slice: how far along the grid's z axis, and what each tissue gives there.
public struct SampleLayer: Sendable {
    /// Offset along the unit normal (the grid's z direction) in mm.
    public var offsetMM: Double
    /// Signal of each tissue at this offset, by `Tissue.rawValue`: steady state × slice profile × layer width.
    public var signal: [Float]

    /// Makes a layer.
    public init(offsetMM: Double = 0, signal: [Float]) {
        precondition(signal.count == Tissue.allCases.count, "a signal per tissue, got \(signal.count)")
        self.offsetMM = offsetMM
        self.signal = signal
    }
}

/// What to sample from a patient: where, through which layers, at which scale.
public struct RenderRequest: Sendable {
    /// Where the samples lie; each grid z index is a slice.
    public var grid: Grid
    /// The layers whose sum is the image; one layer at offset 0 for a volume.
    public var layers: [SampleLayer]
    /// Width in mm of the partial-volume ramp at a surface; by default the smallest spacing.
    public var scaleMM: Double

    /// Describes what to sample.
    public init(grid: Grid, layers: [SampleLayer], scaleMM: Double? = nil) {
        self.grid = grid
        self.layers = layers
        self.scaleMM = scaleMM ?? grid.spacingMM.min()
    }
}
