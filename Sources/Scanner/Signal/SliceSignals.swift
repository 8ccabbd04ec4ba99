import Core
import Foundation
import Fourier

/// What a pulse does at one place of a slice: a turn about z, a flip about x, another turn about z.
///
/// Any rotation is of that form, and the turns about z act on a steady state as precession does; so the closed form
/// for instantaneous pulses stays exact.
struct SliceTurn: Sendable {
    /// Cosine and sine of the flip angle.
    let flip: SIMD2<Double>
    /// Cosine and sine of both turns about z together.
    let both: SIMD2<Double>
    /// Cosine and sine of the turn after the flip.
    let after: SIMD2<Double>
    /// Share in the signal of its sheet.
    let weight: Double

    init(_ rotation: Affine, weight: Double) {
        // Rz(a) Rx(θ) Rz(b): the image of z names a and θ, the last row b.
        let first = atan2(rotation.x.z, rotation.y.z)
        let last = atan2(rotation.z.x, -rotation.z.y)
        let sine = (rotation.z.x * rotation.z.x + rotation.z.y * rotation.z.y).squareRoot()
        flip = [rotation.z.z, sine]
        both = [cos(first + last), sin(first + last)]
        after = [cos(last), sin(last)]
        self.weight = weight
    }
}

/// The complex signals of the sheets of a slice at one strength of the transmitted field, for any off-resonance.
///
/// - Units: as `SliceProfile.layers`, whose signals these are on resonance at the nominal strength.
/// - Convention: one side of the slice, from the middle outwards, and the mean of both sides: what is out of phase in
///   opposite ways cancels. The slice selection itself is taken as on resonance.
struct SliceSignals: Sendable {
    private let steadyState: BalancedSteadyState
    private let tissues: [Relaxation]
    private let turns: [[SliceTurn]]

    init(_ response: SliceResponse, sheets: SliceSheets, transmit: Double) {
        steadyState = response.steadyState
        tissues = response.tissues
        turns = response.turns(sheets, transmit: transmit)
    }

    /// Number of signals.
    var count: Int { turns.count * tissues.count }

    /// The signals at an off-resonance of water, [layer, tissue].
    ///
    /// - Cost: 30 ns a place and tissue.
    /// - Reference: Freeman and Hill 1971, doi:10.1016/0022-2364(71)90023-3, as `BalancedSteadyState`.
    func callAsFunction(_ hertz: Double) -> [ComplexDouble] {
        var result = [ComplexDouble](repeating: .zero, count: count)
        for (index, tissue) in tissues.enumerated() {
            let e1 = exp(-steadyState.trMS / tissue.t1MS)
            let e2 = exp(-steadyState.trMS / tissue.t2MS)
            let radians = 2 * Double.pi * (hertz + tissue.shiftHz) * 1e-3
            let beta = radians * steadyState.trMS + .pi
            let (c, s) = (cos(beta), sin(beta))
            let atEcho = ComplexDouble(
                length: tissue.protonDensity * (1 - e1) * exp(-steadyState.teMS / tissue.t2MS),
                phase: radians * steadyState.teMS)
            for (layer, places) in turns.enumerated() {
                var sum = ComplexDouble.zero
                for turn in places {
                    // The other side of the slice turns the other way about z.
                    for side in [1.0, -1] {
                        let (both, after) = (turn.both.y * side, turn.after.y * side)
                        let cosine = c * turn.both.x - s * both
                        let sine = s * turn.both.x + c * both
                        let denominator =
                            (1 - e1 * turn.flip.x) * (1 - e2 * cosine) - e2 * (e1 - turn.flip.x) * (e2 - cosine)
                        let scale = turn.weight / 2 * turn.flip.y / denominator
                        let signal = ComplexDouble(scale * (1 - e2 * cosine), scale * e2 * sine)
                        sum += signal * ComplexDouble(turn.after.x, after)
                    }
                }
                result[layer * tissues.count + index] = sum * atEcho
            }
        }
        return result
    }
}
