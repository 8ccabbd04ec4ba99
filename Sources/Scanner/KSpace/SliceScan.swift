import Fourier

/// The k-space of one slice, and what was true while it was read.
public struct SliceScan: Sendable {
    /// What was read.
    public let pattern: SamplingPattern
    /// When, and at which state of heart and breathing; of the fidelity, so that it is what the samples saw.
    public let readouts: [ScanClock.Readout]
    /// Time of each readout since its beat's R wave in ms, [T, L].
    public let sinceRMS: [Double]
    /// Beats whose lines were thrown away and read again.
    public let rejectedBeats: Int
    /// [T, C, L, N].
    ///
    /// Cartesian samples are those of the centred, orthonormal transform of [Y, N]; others are
    /// `1/√(XY) Σ f(x) e^(−2πi k·x)`.
    public let samples: [ComplexFloat]
    /// Sensitivities at the pixels, [C, Y, X].
    public let coilMaps: [ComplexFloat]
    /// The image without motion, noise, undersampling and faults of the scanner, [T, Y, X]: coil images combined by the
    /// true sensitivities, `Σ S̄ I / Σ |S|²`.
    public let reference: [ComplexFloat]
}
