import Core
import Fourier

/// Correlated complex Gaussian noise of the samples of all channels of one image, the same for any order of work.
///
/// Block b of sixteen samples takes pairs 16(bC + c)… of the stream (seed, patient, coil noise, view and slice and
/// frame) for channel c, and mixes the channels by L of Ψ = L Lᴴ.
/// - Error: as `NormalPairs`.
/// - Cost: 20 ns a sample and channel for the draws, and C/6 ns for the mixing.
public struct CoilNoise: Sendable {
    private let count: Int
    /// σ L, lower triangular, row by row.
    private let factor: [ComplexFloat]
    private let seed: UInt64
    private let patient: Int

    /// The noise of one patient's scans.
    ///
    /// - Parameter deviation: σ of the real and of the imaginary part, for a channel of mean noise.
    public init(_ covariance: NoiseCovariance, deviation: Double, seed: UInt64, patient: Int) {
        count = covariance.count
        factor = covariance.factor.map { ComplexFloat(Float($0.real * deviation), Float($0.imaginary * deviation)) }
        self.seed = seed
        self.patient = patient
    }

    /// Adds noise to the samples of one image.
    ///
    /// - Shape: [C, M], any number M of samples.
    public func add(to samples: inout [ComplexFloat], view: View, slice: Int, frame: Int) {
        samples.withUnsafeMutableBufferPointer { add(to: $0, view: view, slice: slice, frame: frame) }
    }

    /// Adds noise to the samples of one image.
    ///
    /// - Shape: [C, M], any number M of samples.
    public func add(to samples: UnsafeMutableBufferPointer<ComplexFloat>, view: View, slice: Int, frame: Int) {
        precondition(samples.count.isMultiple(of: count), "expected \(count) channels, found \(samples.count) samples")
        let length = samples.count / count
        var normals = NormalPairs(
            Philox(
                seed: seed, patient: patient, stage: .coilNoise,
                substream: NormalPairs.stream(view: view, slice: slice, frame: frame)))
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * count) { white in
            for first in stride(from: 0, to: length, by: 16) {
                for channel in 0..<count { (white[2 * channel], white[2 * channel + 1]) = normals.next(1) }
                for channel in 0..<count {
                    let (real, imaginary) = mixed(UnsafeBufferPointer(white), channel)
                    let start = channel * length + first
                    for lane in 0..<min(16, length - first) {
                        samples[start + lane] += ComplexFloat(real[lane], imaginary[lane])
                    }
                }
            }
        }
    }

    /// One row of L times the channels.
    @inline(__always)
    private func mixed(_ white: UnsafeBufferPointer<Lanes>, _ channel: Int) -> (Lanes, Lanes) {
        var (real, imaginary) = (Lanes.zero, Lanes.zero)
        for other in 0...channel {
            let l = factor[channel * count + other]
            let (x, y) = (white[2 * other], white[2 * other + 1])
            real = real + x * l.real - y * l.imaginary
            imaginary = imaginary + x * l.imaginary + y * l.real
        }
        return (real, imaginary)
    }
}
