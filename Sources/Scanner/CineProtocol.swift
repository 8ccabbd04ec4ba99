import Core
import Foundation
import Phantom

/// The settings of a cine scan.
///
/// - Units: in the names; the keys of recipes are the same in snake case, and an absent key keeps its default.
public struct CineProtocol: Sendable, Hashable, Codable {
    /// A filter of k-space.
    public enum Apodisation: String, Sendable, Codable, CaseIterable {
        /// None: full resolution, Gibbs ringing.
        case none
        /// Hamming along both axes: less ringing, 1.5 times wider pixels.
        case hamming
    }

    /// Which label a pixel of a thick slice gets.
    public enum LabelRule: String, Sendable, Codable, CaseIterable {
        /// The tissue in the centre plane of the slice.
        case centre
        /// The most frequent label across the slice's thickness.
        case majority
    }

    /// Field strength: which relaxation table the caller takes.
    public var fieldT = 1.5
    /// Time between pulses.
    public var trMS = 3.0
    /// Echo time.
    public var teMS = 1.5
    /// Flip angle at the slice centre.
    public var flipDeg = 60.0
    /// Pixel size in plane.
    public var pixelMM = 1.8
    /// Field of view, square; the matrix is what fits.
    public var fieldOfViewMM = 270.0
    /// Thickness of short-axis slices.
    public var sliceThicknessMM = 8.0
    /// Gap between short-axis slices.
    public var sliceGapMM = 2.0
    /// Number of short-axis slices; nil covers the LV.
    public var sliceCount: Int?
    /// Thickness of long-axis slices.
    public var longAxisThicknessMM = 6.0
    /// Frames per heartbeat.
    public var frames = 25
    /// Slice profile.
    public var profile = SliceProfile()
    /// Largest distance between the sheets of samples that make a slice.
    public var layerSpacingMM = 1.0
    /// Signal of myocardium over the standard deviation of noise in the real and in the imaginary part; 0 is no noise.
    public var snr = 20.0
    /// Samples per pixel and axis before k-space is cut to the acquired matrix, 1 to 4; 1 is no cut.
    public var oversampling = 1.5
    /// Filter of k-space.
    public var apodisation = Apodisation.none
    /// Label of thick slices.
    public var labelRule = LabelRule.centre
    /// Standard deviation of each of the two tilts by which planes are misplaced.
    public var planningErrorDeg = 0.0

    private enum CodingKeys: String, CodingKey {
        case fieldT = "field_t"
        case trMS = "tr_ms"
        case teMS = "te_ms"
        case flipDeg = "flip_deg"
        case pixelMM = "pixel_mm"
        case fieldOfViewMM = "field_of_view_mm"
        case sliceThicknessMM = "slice_thickness_mm"
        case sliceGapMM = "slice_gap_mm"
        case sliceCount = "slice_count"
        case longAxisThicknessMM = "long_axis_thickness_mm"
        case frames
        case profile
        case layerSpacingMM = "layer_spacing_mm"
        case snr
        case oversampling
        case apodisation
        case labelRule = "label_rule"
        case planningErrorDeg = "planning_error_deg"
    }

    /// The default scan at 1.5 T.
    public init() {}

    /// Makes a protocol from its keys.
    ///
    /// - Throws: `CineError` when a value cannot be scanned with.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try keys.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.fieldT, into: &fieldT)
        try read(.trMS, into: &trMS)
        try read(.teMS, into: &teMS)
        try read(.flipDeg, into: &flipDeg)
        try read(.pixelMM, into: &pixelMM)
        try read(.fieldOfViewMM, into: &fieldOfViewMM)
        try read(.sliceThicknessMM, into: &sliceThicknessMM)
        try read(.sliceGapMM, into: &sliceGapMM)
        try read(.longAxisThicknessMM, into: &longAxisThicknessMM)
        try read(.frames, into: &frames)
        try read(.profile, into: &profile)
        try read(.layerSpacingMM, into: &layerSpacingMM)
        try read(.snr, into: &snr)
        try read(.oversampling, into: &oversampling)
        try read(.apodisation, into: &apodisation)
        try read(.labelRule, into: &labelRule)
        try read(.planningErrorDeg, into: &planningErrorDeg)
        sliceCount = try keys.decodeIfPresent(Int.self, forKey: .sliceCount)
        try validate()
    }

    /// Number of pixels along x and y.
    public var matrix: Int { max(1, Int((fieldOfViewMM / pixelMM).rounded())) }

    /// The sequence.
    public var steadyState: BalancedSteadyState {
        BalancedSteadyState(trMS: trMS, teMS: teMS, flipRad: flipDeg * .pi / 180)
    }

    /// The sheets of samples of a view's slices.
    public func layers(_ view: View, tissues: [Tissue: Relaxation]) -> [SampleLayer] {
        profile.layers(
            steadyState: steadyState, tissues: tissues,
            thicknessMM: thicknessMM(of: view), spacingMM: layerSpacingMM)
    }

    /// Thickness of a view's slices in mm.
    public func thicknessMM(of view: View) -> Double { view == .sax ? sliceThicknessMM : longAxisThicknessMM }

    /// The single sheet of a high-resolution volume: on-resonant signal, no thickness.
    public func volumeLayer(tissues: [Tissue: Relaxation]) -> SampleLayer {
        SampleLayer(
            signal: Tissue.allCases.map { tissue in
                Float((tissues[tissue].map(steadyState.signal) ?? 0) * SliceProfile.intensityScale)
            })
    }

    /// The single sheet of a volume with the contrast of a view's slices: each tissue as bright as where it fills a slice.
    ///
    /// Tissues at a slice's edges are excited by smaller flip angles, which adds to their signal.
    public func volumeLayer(like view: View, tissues: [Tissue: Relaxation]) -> SampleLayer {
        let layers = layers(view, tissues: tissues)
        return SampleLayer(
            signal: Tissue.allCases.indices.map { tissue in layers.reduce(0) { $0 + $1.signal[tissue] } })
    }

    /// Checks that the scan is possible.
    ///
    /// - Throws: `CineError` that names the first value out of range, and the range.
    public func validate() throws {
        try checkRange(CodingKeys.trMS, trMS, 1...50)
        try checkRange(CodingKeys.teMS, teMS, 0...trMS)
        try checkRange(CodingKeys.flipDeg, flipDeg, 1...179)
        try checkRange(CodingKeys.pixelMM, pixelMM, 0.2...20)
        try checkRange(CodingKeys.fieldOfViewMM, fieldOfViewMM, 20...1000)
        try checkRange(CodingKeys.sliceThicknessMM, sliceThicknessMM, 0.5...50)
        try checkRange(CodingKeys.sliceGapMM, sliceGapMM, -25...50)
        try checkRange(CodingKeys.longAxisThicknessMM, longAxisThicknessMM, 0.5...50)
        try checkRange(CodingKeys.frames, Double(frames), 1...1000)
        try checkRange(CodingKeys.sliceCount, Double(sliceCount ?? 1), 1...200)
        try checkRange(CodingKeys.profile, profile.timeBandwidth, 1...20)
        try checkRange(CodingKeys.layerSpacingMM, layerSpacingMM, 0.1...50)
        try checkRange(CodingKeys.snr, snr, 0...10_000)
        try checkRange(CodingKeys.oversampling, oversampling, 1...4)
        try checkRange(CodingKeys.planningErrorDeg, planningErrorDeg, 0...45)
    }
}
