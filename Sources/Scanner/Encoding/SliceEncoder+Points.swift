import ComplexModule
import Core
import Fourier

extension SliceEncoder {
    /// Relative error of samples off the grid, far below the noise.
    static let tolerance = 1e-5

    /// Reads points anywhere in k-space through all coils.
    ///
    /// - Parameter points: (kx, ky) of all samples, readout after readout, in cycles per field of view.
    /// - Parameter output: where a coil's readout goes.
    /// - Convention: 1/√(XY) Σ f(x) e^(−2πi k·x) of the acquired matrix, whatever the readout's oversampling.
    /// - Throws: `CineError` when the transform cannot be planned.
    func read(
        _ object: MiddleImage, _ part: MiddleImage.Part, through coils: [MiddleImage], points: [SIMD2<Double>],
        scratch: Scratch, output: (_ coil: Int, _ readout: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) throws {
        // Rows of the middle grid run along y.
        let transform = try NUFFT(
            shape: [middle, middle], points: points.map { SIMD2($0.y, $0.x) }, batch: coils.count,
            tolerance: Self.tolerance)
        let scale = Float(matrix) / Float(middle)
        let area = middle * middle
        var images = [ComplexFloat](repeating: .zero, count: coils.count * area)
        images.withUnsafeMutableBufferPointer { images in
            guard let start = images.baseAddress else { return }
            for (index, coil) in coils.enumerated() {
                object.multiply(part, by: coil, into: scratch.columns)
                for row in 0..<middle {
                    (start + index * area + row * middle).update(
                        from: scratch.columns + row * columns.stride, count: middle)
                }
            }
        }
        let samples = transform.forward(images)
        let count = readoutOversampling * matrix
        for coil in coils.indices {
            for readout in 0..<points.count / count {
                let target = output(coil, readout)
                let first = coil * points.count + readout * count
                for sample in 0..<count { target[sample] = samples[first + sample].multiplied(by: scale) }
            }
        }
    }
}
