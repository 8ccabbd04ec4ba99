import Core
import Foundation
import Phantom

/// The signal of some tissues along the slice normal: one profile, one sequence, one thickness.
///
/// - Units: positions in thicknesses; signal as `BalancedSteadyState`.
struct SliceResponse: Sendable {
    let steadyState: BalancedSteadyState
    let tissues: [Relaxation]
    private let kind: SliceProfile.Kind
    private let pulse: SlicePulse
    private let pulseWidth: Double

    init(_ profile: SliceProfile, steadyState: BalancedSteadyState, tissues: [Relaxation]) {
        self.steadyState = steadyState
        self.tissues = tissues
        kind = profile.kind
        pulse = SlicePulse(
            timeBandwidth: profile.timeBandwidth, window: profile.window, flipRad: steadyState.flipRad)
        pulseWidth = pulse.excitationWidth
    }

    /// Where the profile certainly has ended.
    var extent: Double {
        switch kind {
        case .bssfp: 4
        case .gaussian: 2
        case .rectangular: 0.5
        case .windowedSinc: 3
        }
    }

    /// The signal of each tissue at a distance from the slice centre.
    ///
    /// For `bssfp` the part in phase with the centre: negative in side lobes. What is out of phase stays below 0.6 %
    /// of the centre, because the pulse is symmetric and the gradient balanced, and is dropped.
    func callAsFunction(_ position: Double) -> [Double] {
        switch kind {
        case .bssfp:
            let rotation = pulse.rotation(at: position * pulseWidth)
            return tissues.map { -steadyState.magnetisation($0, rotation: rotation).y }
        case .gaussian, .rectangular, .windowedSinc:
            return onResonance(kernel(position))
        }
    }

    /// What a kernel weighs a distance with; a pulse is none.
    private func kernel(_ position: Double) -> Double {
        switch kind {
        case .bssfp: 0
        case .gaussian: exp(-4 * log(2) * position * position)
        case .rectangular: abs(position) <= 0.5 ? 1 : 0
        case .windowedSinc:
            abs(position) < extent ? sinc(position) * PulseWindow.hann.value(position / (2 * extent)) : 0
        }
    }

    /// The turns that the magnetisation at some places gets, and how they add up to the signal of each sheet.
    ///
    /// - Parameter sheets: one side of the slice counts, from the middle outwards.
    /// - Parameter transmit: strength of the pulse relative to nominal; the slice-selection gradient stays.
    func turns(_ sheets: SliceSheets, transmit: Double) -> [[SliceTurn]] {
        let scale = SliceProfile.intensityScale
        guard kind != .bssfp else {
            let pulse = pulse.scaled(by: transmit)
            let weight = sheets.width / Double(SliceSheets.points) * scale
            return (0...sheets.half).map { layer in
                sheets.places(layer).map { SliceTurn(pulse.rotation(at: $0 * pulseWidth), weight: weight) }
            }
        }
        // A kernel scales the signal and not the flip angle, and integrates to 1.
        let means = (0...sheets.half).map { layer in sheets.places(layer).reduce(0) { $0 + kernel($1) } }
        let total = means.dropFirst().reduce(means[0]) { $0 + 2 * $1 }
        let flip = Affine.rigid(shift: .zero, rotation: [steadyState.flipRad * transmit, 0, 0])
        return means.map { [SliceTurn(flip, weight: $0 / total * scale)] }
    }

    private func onResonance(_ weight: Double) -> [Double] { tissues.map { weight * steadyState.signal($0) } }

    /// The sheets of a slice.
    func sheets(thicknessMM: Double, spacingMM: Double, cutoff: Double) -> SliceSheets {
        let support = support(cutoff: cutoff)
        let half = max(0, Int(((support * 2 * thicknessMM / spacingMM - 1) / 2).rounded(.up)))
        return SliceSheets(half: half, width: 2 * support / Double(2 * half + 1))
    }

    /// The distance beyond which no tissue gives more than `cutoff` of the brightest signal anywhere.
    func support(cutoff: Double) -> Double {
        let step = 0.01
        let peaks = (0...Int((extent / step).rounded())).map { place in
            self(Double(place) * step).reduce(0) { max($0, abs($1)) }
        }
        let threshold = cutoff * (peaks.max() ?? 0)
        let last = peaks.lastIndex { $0 > threshold } ?? 0
        return min(extent, Double(last + 1) * step)
    }
}

/// An odd number of sheets, evenly spaced about the middle of a slice.
struct SliceSheets: Sendable {
    /// Places within a sheet over which its mean is taken.
    static let points = 16

    /// Number of sheets on each side of the middle one.
    let half: Int
    /// Distance between sheets in thicknesses.
    let width: Double

    /// Distances from the middle of the slice, in thicknesses, at which a sheet is sampled.
    func places(_ layer: Int) -> [Double] {
        (0..<Self.points).map { point in
            abs(Double(layer) + (Double(point) + 0.5) / Double(Self.points) - 0.5) * width
        }
    }
}

extension SliceProfile {
    /// Image intensity of the equilibrium magnetisation of water: muscle comes out near 100, blood near 300.
    public static let intensityScale = 1000.0

    /// The sheets of samples whose sum is a thick slice.
    ///
    /// - Shape: an odd number of layers, evenly spaced, symmetric, the middle one at offset 0 exactly.
    /// - Units: lengths in mm; signal × `intensityScale`, so that a slab of one tissue has the sum of its layers.
    /// - Convention: each layer carries the mean of the profile over its own width (16 points), so sums are
    ///   integrals; a tissue that is not in the table is black.
    /// - Error: what lies beyond the support is dropped: below `cutoff` of the brightest signal at each position.
    /// - Cost: 10 ms for `bssfp`.
    /// - Parameters:
    ///   - steadyState: sequence whose flip angle the profile scales.
    ///   - tissues: relaxation of each tissue.
    ///   - thicknessMM: nominal thickness.
    ///   - spacingMM: largest distance between layers.
    ///   - cutoff: share of the brightest signal below which the profile counts as ended.
    public func layers(
        steadyState: BalancedSteadyState, tissues: [Tissue: Relaxation], thicknessMM: Double, spacingMM: Double = 1,
        cutoff: Double = 0.01
    ) -> [SampleLayer] {
        precondition(thicknessMM > 0 && spacingMM > 0, "lengths must be positive, got \(thicknessMM), \(spacingMM) mm")
        let present = Tissue.allCases.filter { tissues[$0] != nil }
        let response = SliceResponse(self, steadyState: steadyState, tissues: present.compactMap { tissues[$0] })
        let sheets = response.sheets(thicknessMM: thicknessMM, spacingMM: spacingMM, cutoff: cutoff)
        let (half, width) = (sheets.half, sheets.width)

        // One side of the profile, from the middle outwards: [layer][tissue].
        var signals = (0...half).map { layer in
            var mean = [Double](repeating: 0, count: present.count)
            for place in sheets.places(layer) {
                for (tissue, value) in response(place).enumerated() {
                    mean[tissue] += value / Double(SliceSheets.points)
                }
            }
            return mean.map { $0 * width * Self.intensityScale }
        }
        if kind != .bssfp {
            // The kernels integrate to 1 whatever the spacing and the cutoff.
            for (tissue, name) in present.enumerated() {
                let total = signals.dropFirst().reduce(signals[0][tissue]) { $0 + 2 * $1[tissue] }
                let wanted = tissues[name].map(steadyState.signal) ?? 0
                guard total > 0 else { continue }
                for layer in signals.indices { signals[layer][tissue] *= wanted * Self.intensityScale / total }
            }
        }
        return (-half...half).map { layer in
            var signal = [Float](repeating: 0, count: Tissue.allCases.count)
            for (tissue, name) in present.enumerated() {
                signal[Int(name.rawValue)] = Float(signals[abs(layer)][tissue])
            }
            return SampleLayer(offsetMM: Double(layer) * width * thicknessMM, signal: signal)
        }
    }
}
