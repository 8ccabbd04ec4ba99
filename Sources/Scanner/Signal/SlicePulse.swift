import Core
import Foundation
import Fourier

/// How a sinc is brought down at its ends.
public enum PulseWindow: String, Sendable, Codable, CaseIterable {
    /// Falls to 0.
    case hann
    /// Falls to 0.08.
    case hamming

    /// The window's value; `place` runs from −½ to ½.
    func value(_ place: Double) -> Double {
        switch self {
        case .hann: 0.5 + 0.5 * cos(2 * .pi * place)
        case .hamming: 0.54 + 0.46 * cos(2 * .pi * place)
        }
    }
}

/// A windowed-sinc excitation pulse under a slice-selection gradient that is balanced over the repetition.
///
/// - Units: positions in nominal thicknesses, that is bandwidth over gradient; angles in rad.
/// - Convention: half of the gradient's area is wound before and half after the pulse, as a balanced sequence does.
/// - Error: 2e-6 in the rotation for 256 hard pulses, falling as their square.
/// - Reference: Pauly et al. 1991, doi:10.1109/42.75611 (the forward transform of Shinnar and Le Roux).
struct SlicePulse: Sendable {
    private let turns: [Double]
    private let timeBandwidth: Double

    init(timeBandwidth: Double, window: PulseWindow, flipRad: Double, steps: Int = 256) {
        self.timeBandwidth = timeBandwidth
        let shape = (0..<steps).map { step in
            let place = (Double(step) + 0.5) / Double(steps) - 0.5
            return sinc(timeBandwidth * place) * window.value(place)
        }
        let area = shape.reduce(0, +)
        turns = shape.map { $0 / area * flipRad }
    }

    private init(turns: [Double], timeBandwidth: Double) {
        self.turns = turns
        self.timeBandwidth = timeBandwidth
    }

    /// The same pulse, stronger or weaker.
    func scaled(by factor: Double) -> SlicePulse {
        SlicePulse(turns: turns.map { $0 * factor }, timeBandwidth: timeBandwidth)
    }

    /// The spinor of the pulse with its gradient lobes: M turns by the rotation of (α, β).
    private func spinor(at position: Double) -> (alpha: ComplexDouble, beta: ComplexDouble) {
        let step = 2 * Double.pi * position * timeBandwidth / Double(turns.count)
        var alpha = ComplexDouble(length: 1, phase: step * Double(turns.count) / 4)
        var beta = ComplexDouble.zero
        // Free precession by an angle p multiplies α by e^(−ip/2) and β by e^(ip/2); here half a step each side.
        let free = ComplexDouble(length: 1, phase: -step / 4)
        for turn in turns {
            alpha *= free
            beta *= free.conjugate
            let c = ComplexDouble(cos(turn / 2), 0)
            let s = ComplexDouble(0, -sin(turn / 2))
            (alpha, beta) = (alpha * c + beta * s, alpha * s + beta * c)
            alpha *= free
            beta *= free.conjugate
        }
        let rewind = ComplexDouble(length: 1, phase: step * Double(turns.count) / 4)
        return (alpha * rewind, beta * rewind.conjugate)
    }

    /// Transverse magnetisation that one pulse makes of equilibrium, 0 to 1.
    func excitation(at position: Double) -> Double {
        let (alpha, beta) = spinor(at: position)
        return 2 * alpha.length * beta.length
    }

    /// The rotation that the pulse and its gradient lobes give the magnetisation.
    func rotation(at position: Double) -> Affine {
        let (alpha, beta) = spinor(at: position)
        // Images of x, y (through M_xy = 1 and i) and z.
        func image(of transverse: ComplexDouble) -> Vector3 {
            let plane =
                alpha.conjugate * alpha.conjugate * transverse - beta * beta * transverse.conjugate
            let along = -2 * (alpha * beta * transverse.conjugate).real
            return [plane.real, plane.imaginary, along]
        }
        let fromZ = alpha.conjugate * beta
        return Affine(
            x: image(of: .one), y: image(of: .i),
            z: [2 * fromZ.real, 2 * fromZ.imaginary, alpha.lengthSquared - beta.lengthSquared])
    }

    /// Full width at half of the central value of the excitation, in nominal thicknesses.
    var excitationWidth: Double {
        let half = excitation(at: 0) / 2
        var inside = 0.0
        var outside = 0.0
        while excitation(at: outside) > half { (inside, outside) = (outside, outside + 0.1) }
        for _ in 0..<40 {
            let middle = (inside + outside) / 2
            if excitation(at: middle) > half { inside = middle } else { outside = middle }
        }
        return inside + outside
    }
}

/// sin(πx) / (πx).
func sinc(_ x: Double) -> Double { abs(x) < 1e-9 ? 1 : sin(.pi * x) / (.pi * x) }
