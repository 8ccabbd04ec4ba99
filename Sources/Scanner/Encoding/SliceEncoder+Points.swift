import ComplexModule
import Core
import Fourier

extension SliceEncoder {
    /// Relative error of samples off the grid, far below the noise.
    static let tolerance = 1e-5

    /// Reads points anywhere in k-space through all coils.
    ///
    /// - Parameter points: (kx, ky) of all samples, readout after readout, in cycles per field of view.
    /// - Parameter readouts: how many readouts share the points evenly.
    /// - Parameter output: where a coil's readout goes.
    /// - Convention: 1/√(XY) Σ f(x) e^(−2πi k·x) of the acquired matrix, whatever the readout's oversampling.
    /// - Throws: `CineError` when the transform cannot be planned.
    func read(
        _ image: ComplexBuffer, through sensitivities: Sensitivities, points: [SIMD2<Double>], readouts: Int,
        output: (_ coil: Int, _ readout: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) throws {
        // Columns of the middle grid are contiguous: its axes change places.
        let transform = try NUFFT(
            shape: [middle, middle], points: points.map { SIMD2($0.y, $0.x) }, batch: sensitivities.coils,
            tolerance: Self.tolerance)
        let scale = Float(matrix) / Float(middle)
        let area = middle * middle
        let images = (0..<sensitivities.maps.count).map { sensitivities.maps.start[$0] * image.start[$0 % area] }
        let samples = transform.forward(images)
        let count = points.count / readouts
        for coil in 0..<sensitivities.coils {
            for readout in 0..<readouts {
                let target = output(coil, readout)
                let first = coil * points.count + readout * count
                for sample in 0..<count { target[sample] = samples[first + sample].multiplied(by: scale) }
            }
        }
    }
}
