import Core
import Foundation
import Fourier
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

    /// The kinds of blood, those of the left and of the right heart.
    static let tissues = [Tissue.arterialBlood, .venousBlood]

    /// Describes the inflow into the slices of a view.
    public init(_ settings: FieldSettings, cine: CineProtocol, view: View) {
        steadyState = cine.steadyState
        thicknessMM = cine.thicknessMM(of: view)
        pulses = settings.inflowPulses
    }

    /// Share of the signal that is in its steady state, at a speed through the slice.
    public func steadyShare(speedMMPerS: Double) -> Double {
        exp(-abs(speedMMPerS) * steadyState.trMS / 1000 / thicknessMM * pulses)
    }

    /// What fresh blood gives more than blood in its steady state, relative to the latter on resonance at the nominal
    /// flip angle.
    ///
    /// Fresh blood knows no dark bands: it only turns until the echo.
    public func excess(_ blood: Relaxation, offResonanceHz: Double = 0, transmit: Double = 1) -> ComplexDouble {
        let nominal = steadyState.signal(blood)
        guard nominal > 0 else { return .zero }
        var local = steadyState
        local.flipRad *= transmit
        let fresh = ComplexDouble(
            length: blood.protonDensity * sin(local.flipRad) / 2 * exp(-local.teMS / blood.t2MS),
            phase: 2 * .pi * offResonanceHz * local.teMS * 1e-3)
        return (fresh - local.signal(blood, offResonanceHz: offResonanceHz)).divided(by: nominal)
    }

    /// Mean speed through the middle of a ventricle, mm/s, by its volume and flow.
    ///
    /// Half of the flow passes the middle; the cross-section of a ventricle is about 0.73 V^(2/3) (a mean LV: 166 mL,
    /// 53 mm across).
    static func speed(flowMLPerS: Double, volumeML: Double) -> Double {
        guard volumeML > 0 else { return 0 }
        return abs(flowMLPerS) * 1000 / 2 / (0.73 * pow(volumeML * 1000, 2.0 / 3))
    }

    /// Shares of arterial and of venous blood that are fresh at a phase of the beat: by the flow of the LV and the RV's.
    ///
    /// - Parameter curves: volumes and flows of the patient.
    /// - Parameter phase: 0..<1 of the mean beat.
    public func freshShares(_ curves: ChamberCurves, phase: Double) -> [Double] {
        let (flow, volume) = (curves.flows(at: phase), curves.volumes(at: phase))
        return [(flow.lvML, volume.lvML), (flow.rvML, volume.rvML)].map {
            1 - steadyShare(speedMMPerS: Self.speed(flowMLPerS: $0.0, volumeML: $0.1))
        }
    }
}
