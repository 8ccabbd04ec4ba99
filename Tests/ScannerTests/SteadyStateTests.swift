import Core
import Foundation
import Fourier
import Testing

@testable import Scanner

/// Tissues at 1.5 T with proton density 1.
let muscle = Relaxation(t1MS: 1030, t2MS: 40, protonDensity: 1)
let blood = Relaxation(t1MS: 1441, t2MS: 290, protonDensity: 1)
let cine60 = BalancedSteadyState(trMS: 3, teMS: 1.5, flipRad: .pi / 3)

@Suite("Balanced steady state")
struct SteadyStateTests {
    static let tissues = [muscle, blood, Relaxation(t1MS: 300, t2MS: 70, protonDensity: 0.7)]
    static let frequencies = [0.0, 20, -50, 100, -150, 160]

    /// The magnetisation at the echo after many pulses, step by step; pulse n turns about x by ±flip.
    private func bloch(_ tissue: Relaxation, _ sequence: BalancedSteadyState, hertz: Double, pulses: Int)
        -> ComplexDouble
    {
        let turn = Affine.rigid(shift: .zero, rotation: [sequence.flipRad, 0, 0])
        let back = turn.inverse
        func relax(_ m: Vector3, _ time: Double) -> Vector3 {
            let phase = 2 * Double.pi * hertz * 1e-3 * time
            let precess = Affine.rigid(shift: .zero, rotation: [0, 0, phase])
            let e1 = exp(-time / tissue.t1MS)
            let e2 = exp(-time / tissue.t2MS)
            let moved = precess.rotate(m)
            return [moved.x * e2, moved.y * e2, 1 + (moved.z - 1) * e1]
        }
        // Half a pulse first, half a TR before the train: less of a transient.
        var m = relax(
            Affine.rigid(shift: .zero, rotation: [-sequence.flipRad / 2, 0, 0]).rotate([0, 0, 1]), sequence.trMS / 2)
        for pulse in 0..<pulses {
            m = relax((pulse % 2 == 0 ? turn : back).rotate(m), pulse == pulses - 1 ? sequence.teMS : sequence.trMS)
        }
        let sign = pulses % 2 == 1 ? 1.0 : -1
        // Signal lies along −y in the frame of the pulse: i·M_xy is real and positive on resonance.
        return ComplexDouble(-m.y, m.x) * ComplexDouble(sign * tissue.protonDensity, 0)
    }

    @Test("Closed form equals a train of 2,000 pulses", arguments: tissues, frequencies)
    func trainOfPulses(tissue: Relaxation, hertz: Double) {
        let simulated = bloch(tissue, cine60, hertz: hertz, pulses: 2001)
        let closed = cine60.signal(tissue, offResonanceHz: hertz)
        // After 6 s the transient, at worst as slow as T1, has died away below that.
        #expect((simulated - closed).length < 1e-4)
    }

    @Test("Closed form equals the fixed point", arguments: tissues, [20.0, 60, 120])
    func fixedPoint(tissue: Relaxation, flipDeg: Double) {
        let sequence = BalancedSteadyState(trMS: 3.4, teMS: 1.6, flipRad: flipDeg * .pi / 180)
        let m = sequence.magnetisation(tissue, rotation: .rigid(shift: .zero, rotation: [sequence.flipRad, 0, 0]))
        #expect(abs(-m.y - sequence.signal(tissue)) < 1e-12)
        #expect(abs(m.x) < 1e-12)
        let closed = sequence.signal(tissue, offResonanceHz: 0)
        #expect(abs(closed.real - sequence.signal(tissue)) < 1e-12 && abs(closed.imaginary) < 1e-12)
    }

    @Test("Signals are those of an independent solution")
    func referenceValues() {
        // An independent fixed-point solution: on resonance, three digits; off resonance by frequency.
        #expect(abs(cine60.signal(blood) - 0.217) < 6e-4)
        #expect(abs(cine60.signal(muscle) - 0.060) < 6e-4)
        #expect(abs(cine60.signal(Relaxation(t1MS: 1932, t2MS: 275, protonDensity: 1)) - 0.173) < 6e-4)
        for (hertz, muscleSignal, bloodSignal) in [
            (50.0, 0.055, 0.210), (100, 0.038, 0.170), (120, 0.028, 0.134), (150, 0.011, 0.054), (160, 0.005, 0.022),
        ] {
            #expect(abs(cine60.signal(muscle, offResonanceHz: hertz).length - muscleSignal) < 6e-4)
            #expect(abs(cine60.signal(blood, offResonanceHz: hertz).length - bloodSignal) < 6e-4)
        }
    }

    @Test("The dark band lies at 1/(2 TR) and phase is refocused inside")
    func darkBand() {
        let frequencies = stride(from: 150.0, through: 185, by: 0.25)
        let darkest = frequencies.min {
            cine60.signal(blood, offResonanceHz: $0).length < cine60.signal(blood, offResonanceHz: $1).length
        }
        #expect(abs((darkest ?? 0) - 1000 / 6) < 1)
        for hertz in stride(from: -0.9 * 166.7, through: 0.9 * 166.7, by: 10) {
            #expect(abs(cine60.signal(blood, offResonanceHz: hertz).phase) < 0.1)
        }
    }
}
