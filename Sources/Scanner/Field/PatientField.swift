import Core
import Phantom

/// The magnet and the transmitter as one patient bends them, and how blood shines that has just come in.
public struct PatientField: Sendable {
    /// How far the fields stray.
    public let settings: FieldSettings
    /// Volumes and flows of the patient, which inflow goes by.
    let curves: ChamberCurves
    private let offResonance: OffResonance
    private let transmit: TransmitField

    /// The fields of a patient.
    ///
    /// - Parameters:
    ///   - settings: how far they stray.
    ///   - fieldT: main field.
    ///   - patient: who lies in them.
    ///   - key: what is drawn by: seed of the recipe, number of the patient.
    ///   - threads: threads that work at a time.
    /// - Cost: 0.15 s.
    /// - Throws: `CineError` when a setting is out of range, or FFTW has no plan.
    public init(
        _ settings: FieldSettings, fieldT: Double, patient: Patient, key: CineScan.NoiseKey, threads: Int
    ) throws {
        try settings.validate()
        self.settings = settings
        curves = patient.curves
        offResonance = try OffResonance(
            settings, fieldT: fieldT, patient: patient, seed: key.seed, index: key.patient, threads: threads)
        transmit = TransmitField(settings, fieldT: fieldT, seed: key.seed, patient: key.patient)
    }

    /// Off-resonance of water on a grid, Hz.
    ///
    /// - Shape: [Z, Y, X].
    public func offResonanceHz(on grid: Grid, threads: Int) -> [Float] { offResonance.map(on: grid, threads: threads) }

    /// Transmitted field on a grid, relative to nominal.
    ///
    /// - Shape: [Z, Y, X].
    public func transmit(on grid: Grid, threads: Int) -> [Float] { transmit.map(on: grid, threads: threads) }
}
