import Core
import Foundation

/// The transmitted field relative to nominal: what flip angles are multiplied by.
///
/// A sum of standing waves with random phases, so that over patients each point has the mean and the deviation that
/// hearts have: 0.81 ± 0.13 at 3 T, about 1 at 1.5 T.
/// - Units: positions in mm, patient frame.
/// - Reference: 3 T: 81 ± 13 % of nominal over the heart, PMC3750927; 1.5 T, and the wavelength (290 mm at 3 T, as in
///   tissue that is mostly water): design choice.
public struct TransmitField: Sendable {
    private static let waves = 4

    private struct Wave: Sendable {
        var direction: Vector3
        var phase: Double
    }

    private let mean: Double
    private let amplitude: Double
    private let terms: [Wave]

    /// The field of a patient.
    ///
    /// - Parameters:
    ///   - settings: how far it strays.
    ///   - fieldT: main field.
    ///   - seed: seed of the recipe.
    ///   - patient: number of the patient.
    public init(_ settings: FieldSettings, fieldT: Double, seed: UInt64, patient: Int) {
        var draws = Philox(seed: seed, patient: patient, stage: .field, substream: 1)
        let strength = min(max((fieldT - 1.5) / 1.5, 0), 1)
        mean = 1 - settings.transmitScale * 0.19 * strength
        // Each of n waves of amplitude A has the variance A² / 2.
        let deviation = settings.transmitScale * (0.04 + 0.09 * strength)
        amplitude = deviation * (2 / Double(Self.waves)).squareRoot()
        let wavelengthMM = 870 / max(fieldT, 0.5)
        terms = (0..<Self.waves).map { _ in
            // Across the body; along it the coil is long.
            let turn = 2 * Double.pi * draws.uniform()
            let along = 0.4 * (2 * draws.uniform() - 1)
            let direction = Vector3(cos(turn), sin(turn), along) * (2 * Double.pi / wavelengthMM)
            return Wave(direction: direction, phase: 2 * .pi * draws.uniform())
        }
    }

    /// Factor on the flip angle at a position.
    public func factor(at position: Vector3) -> Double {
        terms.reduce(mean) { $0 + amplitude * cos(dot($1.direction, position) + $1.phase) }
    }

    /// Factor on the flip angle on a grid.
    ///
    /// - Shape: [Z, Y, X].
    public func map(on grid: Grid, threads: Int) -> [Float] { grid.map(threads: threads) { Float(factor(at: $0)) } }
}
