import Core

/// One sheet of samples of a (thick) slice: how far along the grid's z axis, and what each tissue gives there.
///
/// Several images may be painted at once: the same tissues, each with another signal in each image.
public struct SampleLayer: Sendable {
    /// Offset along the unit normal (the grid's z direction) in mm.
    public var offsetMM: Double
    /// Signal of each tissue at this offset in each image, by `Tissue.rawValue`: steady state × slice profile × layer
    /// width.
    public var signals: [[Float]]

    /// Signal of each tissue in the first image.
    public var signal: [Float] { signals[0] }

    /// Makes a layer of one image.
    public init(offsetMM: Double = 0, signal: [Float]) { self.init(offsetMM: offsetMM, signals: [signal]) }

    /// Makes a layer of several images.
    public init(offsetMM: Double = 0, signals: [[Float]]) {
        precondition(!signals.isEmpty, "an image at least")
        for signal in signals {
            precondition(signal.count == Tissue.allCases.count, "a signal per tissue, got \(signal.count)")
        }
        self.offsetMM = offsetMM
        self.signals = signals
    }
}

/// What to sample from a patient: where, through which layers, at which scale.
public struct RenderRequest: Sendable {
    /// Where the samples lie; each grid z index is a slice.
    public var grid: Grid
    /// The layers whose sum is the image, all of as many images; one layer at offset 0 for a volume.
    public var layers: [SampleLayer]
    /// Width in mm of the partial-volume ramp at a surface; by default the smallest spacing.
    public var scaleMM: Double

    /// Images that are painted at once.
    public var images: Int { layers.first?.signals.count ?? 1 }

    /// Describes what to sample.
    public init(grid: Grid, layers: [SampleLayer], scaleMM: Double? = nil) {
        precondition(layers.allSatisfy { $0.signals.count == layers[0].signals.count }, "as many images in each layer")
        self.grid = grid
        self.layers = layers
        self.scaleMM = scaleMM ?? grid.spacingMM.min()
    }
}
