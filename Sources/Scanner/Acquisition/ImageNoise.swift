import Core
import Fourier

/// Complex Gaussian noise of one image: independent samples, the same for any order of work.
///
/// Pixel i takes draw i of the stream (seed, patient, image noise, view and slice and frame).
/// - Cost: 20 ns a pixel.
struct ImageNoise {
    private var normals: NormalPairs
    private let deviation: Float

    /// - Parameter deviation: standard deviation of the real and of the imaginary part.
    init(seed: UInt64, patient: Int, view: View, slice: Int, frame: Int, deviation: Float) {
        normals = NormalPairs(
            Philox(
                seed: seed, patient: patient, stage: .imageNoise,
                substream: NormalPairs.stream(view: view, slice: slice, frame: frame)))
        self.deviation = deviation
    }

    /// Adds noise to every sample of the image.
    mutating func add(to samples: inout [ComplexFloat]) {
        guard deviation > 0 else { return }
        let whole = samples.count / 16 * 16
        for first in stride(from: 0, to: whole, by: 16) {
            let (real, imaginary) = normals.next(deviation)
            // A loop of known length, so that lanes stay in registers.
            for lane in 0..<16 { samples[first + lane] += ComplexFloat(real[lane], imaginary[lane]) }
        }
        let (real, imaginary) = normals.next(deviation)
        for lane in 0..<samples.count - whole { samples[whole + lane] += ComplexFloat(real[lane], imaginary[lane]) }
    }
}
