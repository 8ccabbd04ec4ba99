import Core
import Foundation
import Phantom

/// How much brighter blood is that has just entered a slice and has not felt many pulses yet.
///
/// Per pulse the share f = v TR / Δz of the blood in a slice is replaced. Of its signal, w = exp(−f n) is steady state
/// and the rest that of fresh blood, whose magnetisation still has its full length along the axis about which a
/// balanced train turns it: ρ sin(α)/2 at the pulse.
/// - Units: speeds through the slice in mm/s, areas in mm², flows in mL/s.
/// - Reference: piston model of inflow; n is a design choice, as blood comes and goes within a heart (3 makes LV blood
///   some 20 % brighter at peak ejection).
public struct BloodInflow: Sendable, Hashable {
    /// Sequence at the slice's flip angle.
    public var steadyState: BalancedSteadyState
    /// Thickness of the slice in mm.
    public var thicknessMM: Double
    /// Number n of pulses after which blood counts as saturated; 0 is no enhancement.
    public var pulses: Double

    /// Describes the inflow into a slice.
    public init(_ settings: FieldSettings, steadyState: BalancedSteadyState, thicknessMM: Double) {
        self.steadyState = steadyState
        self.thicknessMM = thicknessMM
        pulses = settings.inflowPulses
    }

    /// Share of the signal that is in its steady state, at a speed through the slice.
    public func steadyShare(speedMMPerS: Double) -> Double {
        exp(-abs(speedMMPerS) * steadyState.trMS / 1000 / thicknessMM * pulses)
    }

    /// Signal of blood on resonance at a speed through the slice, relative to its steady state.
    public func factor(_ blood: Relaxation, speedMMPerS: Double) -> Double {
        let fresh = blood.protonDensity * sin(steadyState.flipRad) / 2 * exp(-steadyState.teMS / blood.t2MS)
        let steady = steadyState.signal(blood)
        guard steady > 0 else { return 1 }
        let share = steadyShare(speedMMPerS: speedMMPerS)
        return share + (1 - share) * fresh / steady
    }

    /// Mean speed through the middle of a ventricle, mm/s, by its volume and flow.
    ///
    /// Half of the flow passes the middle; the cross-section of a ventricle is about 0.73 V^(2/3) (a mean LV: 166 mL,
    /// 53 mm across).
    static func speed(flowMLPerS: Double, volumeML: Double) -> Double {
        guard volumeML > 0 else { return 0 }
        return abs(flowMLPerS) * 1000 / 2 / (0.73 * pow(volumeML * 1000, 2.0 / 3))
    }

    /// Factors on the signals of blood at a phase of the beat: arterial by the flow of the LV, venous by the RV's.
    ///
    /// - Parameter curves: volumes and flows of the patient.
    /// - Parameter phase: 0..<1 of the mean beat.
    /// - Parameter tissues: relaxation of each tissue.
    public func factors(_ curves: ChamberCurves, phase: Double, tissues: [Tissue: Relaxation]) -> [Tissue: Double] {
        let (flow, volume) = (curves.flows(at: phase), curves.volumes(at: phase))
        let speeds: [(Tissue, Double)] = [
            (.arterialBlood, Self.speed(flowMLPerS: flow.lvML, volumeML: volume.lvML)),
            (.venousBlood, Self.speed(flowMLPerS: flow.rvML, volumeML: volume.rvML)),
        ]
        var result: [Tissue: Double] = [:]
        for (tissue, speed) in speeds {
            if let blood = tissues[tissue] { result[tissue] = factor(blood, speedMMPerS: speed) }
        }
        return result
    }
}
