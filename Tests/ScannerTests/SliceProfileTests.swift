import Core
import Foundation
import Testing

@testable import Phantom
@testable import Scanner

@Suite("Slice profile")
struct SliceProfileTests {
    /// Widths in nominal thicknesses: excitation at 1/2 and 1/10, muscle, blood (at shares of their maxima).
    struct Row: Sendable {
        var timeBandwidth: Double
        var window: PulseWindow
        var excitation: (half: Double, tenth: Double)
        var muscle: (half: Double, tenth: Double)
        var blood: (half: Double, tenth: Double)
    }

    /// An independent simulation (exact Shinnar-Le Roux, windowed sinc, 60°, TR 3 ms), two decimals.
    static let table = [
        Row(timeBandwidth: 1.6, window: .hann, excitation: (1.49, 2.40), muscle: (2.32, 2.77), blood: (1.93, 2.59)),
        Row(timeBandwidth: 2, window: .hann, excitation: (1.28, 2.06), muscle: (2.00, 2.41), blood: (1.66, 2.24)),
        Row(timeBandwidth: 2, window: .hamming, excitation: (1.23, 2.00), muscle: (1.94, 2.37), blood: (1.59, 2.19)),
        Row(timeBandwidth: 2.7, window: .hann, excitation: (1.11, 1.75), muscle: (1.70, 2.03), blood: (1.42, 1.90)),
        Row(timeBandwidth: 4, window: .hann, excitation: (1.03, 1.49), muscle: (1.45, 1.67), blood: (1.25, 1.58)),
        Row(timeBandwidth: 6, window: .hann, excitation: (1.02, 1.31), muscle: (1.29, 1.42), blood: (1.17, 1.38)),
        Row(timeBandwidth: 8, window: .hann, excitation: (1.00, 1.23), muscle: (1.21, 1.30), blood: (1.11, 1.27)),
    ]

    /// Full width of the main lobe where it crosses a share of its maximum.
    private func width(_ profile: (Double) -> Double, share: Double) -> Double {
        let step = 0.002
        let values = (0...1000).map { profile(Double($0) * step) }
        let level = share * (values.max() ?? 0)
        let last = values.lastIndex { $0 >= level } ?? 0
        return 2 * step * (Double(last) + (values[last] - level) / (values[last] - values[last + 1]))
    }

    @Test("Widths match an independent simulation within 2 %", arguments: table)
    func widths(row: Row) {
        let pulse = SlicePulse(timeBandwidth: row.timeBandwidth, window: row.window, flipRad: .pi / 3)
        func signal(_ tissue: Relaxation) -> (Double) -> Double {
            { -cine60.magnetisation(tissue, rotation: pulse.rotation(at: $0)).y }
        }
        for (profile, expected) in [
            (pulse.excitation, row.excitation), (signal(muscle), row.muscle), (signal(blood), row.blood),
        ] {
            let half = width(profile, share: 0.5)
            let tenth = width(profile, share: 0.1)
            #expect(abs(half / expected.half - 1) < 0.02)
            #expect(abs(tenth / expected.tenth - 1) < 0.02)
        }
        #expect(abs(pulse.excitationWidth / row.excitation.half - 1) < 0.02)
    }

    @Test("Muscle is brightest at the edges of the slice, blood is flat")
    func horns() {
        let pulse = SlicePulse(timeBandwidth: 2.7, window: .hann, flipRad: .pi / 3)
        func peak(_ tissue: Relaxation) -> Double {
            let signals = (0...200).map {
                -cine60.magnetisation(tissue, rotation: pulse.rotation(at: Double($0) / 200)).y
            }
            return (signals.max() ?? 0) / signals[0]
        }
        #expect(abs(peak(muscle) - 1.64) < 0.01)
        #expect(abs(peak(blood) - 1.03) < 0.01)
    }

    @Test("Rotations are rotations and out-of-phase signal is small")
    func rotations() {
        let pulse = SlicePulse(timeBandwidth: 2.7, window: .hann, flipRad: .pi / 3)
        for position in stride(from: -3.0, through: 3, by: 0.1) {
            let turn = pulse.rotation(at: position)
            #expect(abs(turn.determinant - 1) < 1e-12)
            #expect(abs(dot(turn.x, turn.y)) < 1e-12 && abs(length(turn.z) - 1) < 1e-12)
            let signal = cine60.magnetisation(muscle, rotation: turn)
            let mirrored = cine60.magnetisation(muscle, rotation: pulse.rotation(at: -position))
            #expect(abs(signal.y - mirrored.y) < 1e-12)
            // Documented bound of what the in-phase profile drops.
            #expect(abs(signal.x) < 0.006 * cine60.signal(muscle))
        }
    }

    static let profiles: [SliceProfile] = [.bssfp(), .gaussian, .rectangular, .windowedSinc]

    private func layers(_ profile: SliceProfile, spacing: Double = 1) -> [SampleLayer] {
        profile.layers(
            steadyState: cine60, tissues: [.myocardium: muscle, .arterialBlood: blood], thicknessMM: 8,
            spacingMM: spacing)
    }

    private func signals(_ layers: [SampleLayer], _ tissue: Tissue) -> [Double] {
        layers.map { Double($0.signal[Int(tissue.rawValue)]) }
    }

    @Test("Layers are odd in number, even in spacing and symmetric about 0", arguments: profiles)
    func symmetry(profile: SliceProfile) {
        for spacing in [0.4, 1, 3, 40] {
            let layers = layers(profile, spacing: spacing)
            #expect(layers.count % 2 == 1)
            #expect(layers[layers.count / 2].offsetMM == 0)
            #expect(zip(layers, layers.reversed()).allSatisfy { $0.offsetMM == -$1.offsetMM && $0.signal == $1.signal })
            for (lower, upper) in zip(layers, layers.dropFirst()) {
                #expect(upper.offsetMM - lower.offsetMM <= spacing + 1e-9)
            }
        }
    }

    @Test("An object linear along the normal shows its value at the slice centre", arguments: profiles)
    func linearObject(profile: SliceProfile) {
        let layers = layers(profile)
        for tissue in [Tissue.myocardium, .arterialBlood] {
            let signal = signals(layers, tissue)
            let mean = zip(layers, signal).reduce(0) { $0 + (3 + 0.7 * $1.0.offsetMM) * $1.1 } / signal.reduce(0, +)
            #expect(abs(mean - 3) < 1e-6)
        }
    }

    @Test(
        "Kernels integrate to the on-resonant signal", arguments: [SliceProfile.gaussian, .rectangular, .windowedSinc])
    func normalisation(profile: SliceProfile) {
        for spacing in [0.5, 1, 2.5] {
            let total = signals(layers(profile, spacing: spacing), .arterialBlood).reduce(0, +)
            #expect(abs(total / (1000 * cine60.signal(blood)) - 1) < 1e-6)
        }
    }

    @Test("The steady-state profile keeps each tissue's integral, whatever the spacing")
    func steadyStateIntegral() {
        let pulse = SlicePulse(timeBandwidth: 2.7, window: .hann, flipRad: .pi / 3)
        for (tissue, name) in [(muscle, Tissue.myocardium), (blood, .arterialBlood)] {
            var integral = 0.0
            for place in 0..<4000 {
                let position = (Double(place) + 0.5) / 1000
                integral += -cine60.magnetisation(tissue, rotation: pulse.rotation(at: position)).y * 2e-3
            }
            let expected = 1000 * integral / pulse.excitationWidth
            for spacing in [0.5, 1, 2] {
                // The default cutoff drops what is below 1 % of the brightest signal.
                #expect(abs(signals(layers(.bssfp(), spacing: spacing), name).reduce(0, +) / expected - 1) < 0.01)
            }
        }
    }

    @Test("A Gaussian is half as strong at half the thickness")
    func gaussianWidth() {
        let response = SliceResponse(.gaussian, steadyState: cine60, tissues: [blood])
        #expect(abs(response(0.5)[0] / response(0)[0] - 0.5) < 1e-12)
    }

    @Test("Tissues without relaxation times are black")
    func missingTissue() {
        #expect(signals(layers(.bssfp()), .fat).allSatisfy { $0 == 0 })
    }
}
