import Core
import Foundation

/// The diaphragm over time in free breathing.
///
/// `D(t) = A·sin⁴(πx) + wander`, x the share of the breath that is over: flat at end-expiration, as Lujan's cos²ⁿ with
/// n = 2. Depth and period vary from breath to breath, the rest position wanders slowly.
///
/// - Units: ms in, mm out; down (inspiration) is positive.
/// - Convention: time 0 is a random point of a breath.
/// - Reference: Lujan 1999, doi:10.1118/1.598577; variation from cycle to cycle: design choice.
public struct RespirationCurve: Sendable {
    /// Variation (SD over mean) of depth and of period from breath to breath.
    public static let variation = 0.2
    /// SD of the slow wander of the rest position in mm, for a tidal excursion of 12 mm.
    public static let wanderMM = 1.5

    private struct Breath {
        let startMS: Double
        let periodMS: Double
        let depthMM: Double
    }

    private let breaths: [Breath]
    private let wander: [(amplitudeMM: Double, periodMS: Double, angle: Double)]
    private let lagMS: Double

    /// Draws breaths until a duration is covered.
    ///
    /// - Parameters:
    ///   - parameters: How the patient breathes.
    ///   - durationMS: Time to cover.
    ///   - firstBreathMS: When the first breath starts, after rest; nil is a random point of a breath at time 0.
    ///   - random: The stream.
    public init(
        parameters: PatientParameters.Respiration, durationMS: Double, firstBreathMS: Double? = nil,
        random: inout Philox
    ) {
        let mean = 1000 * parameters.periodS
        lagMS = 1000 * parameters.lagS
        var breaths: [Breath] = []
        // Starts early enough for the lagged motion, at a random point of the first breath.
        let randomStart = -lagMS - 2 * mean * random.uniform() - mean
        var time = firstBreathMS ?? randomStart
        while time < durationMS || breaths.isEmpty {
            func factor() -> Double { 1 + Self.variation * min(max(random.normal(), -2.5), 2.5) }
            let breath = Breath(startMS: time, periodMS: mean * factor(), depthMM: parameters.diaphragmMM * factor())
            breaths.append(breath)
            time += breath.periodMS
        }
        self.breaths = breaths
        let count = 4
        let amplitude = Self.wanderMM * parameters.diaphragmMM / 12 * (2 / Double(count)).squareRoot()
        wander = (0..<count).map { _ in
            (amplitude, 30_000 + 30_000 * random.uniform(), 2 * .pi * random.uniform())
        }
    }

    /// Where breathing has moved the body at a time.
    public func position(atMS time: Double) -> BreathingPosition {
        BreathingPosition(diaphragmMM: diaphragmMM(atMS: time), laggedMM: diaphragmMM(atMS: time - lagMS))
    }

    /// How far the diaphragm is below its end-expiratory position at a time, mm.
    public func diaphragmMM(atMS time: Double) -> Double {
        let slow = wander.reduce(0) { $0 + $1.amplitudeMM * cos(2 * .pi * time / $1.periodMS + $1.angle) }
        var low = 0
        var high = breaths.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if breaths[middle].startMS <= time { low = middle } else { high = middle - 1 }
        }
        let breath = breaths[low]
        let x = min(max((time - breath.startMS) / breath.periodMS, 0), 1)
        let lift = sin(.pi * x)
        return slow + breath.depthMM * lift * lift * lift * lift
    }
}
