import ComplexModule
import Core
import Fourier

extension SliceEncoder {
    /// Relative error of samples off the grid, far below the noise.
    static let tolerance = 1e-5

    /// Reads points anywhere in k-space through all coils.
    ///
    /// - Parameter points: (kx, ky) of all samples, readout after readout, in cycles per field of view.
    /// - Parameter output: where a coil's readout goes, `readoutCount` samples.
    /// - Convention: 1/√(XY) Σ f(x) e^(−2πi k·x) of the acquired matrix, whatever the readout's oversampling.
    /// - Throws: `CineError` when the transform cannot be planned.
    func read(
        _ image: LanesBuffer, through sensitivities: Sensitivities, points: [SIMD2<Double>],
        output: (_ coil: Int, _ readout: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) throws {
        let transform = try NUFFT(
            shape: [middle, middle], points: points, batch: sensitivities.coils, tolerance: Self.tolerance)
        let scale = Float(matrix) / Float(middle)
        let area = middle * middle
        let images = sensitivities.maps.enumerated().map { index, map in map * image.complex[index % area] }
        let samples = transform.forward(images)
        for coil in 0..<sensitivities.coils {
            for readout in 0..<points.count / readoutCount {
                let target = output(coil, readout)
                let first = coil * points.count + readout * readoutCount
                for sample in 0..<readoutCount { target[sample] = samples[first + sample].multiplied(by: scale) }
            }
        }
    }
}
