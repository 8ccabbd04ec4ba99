import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

@Suite("A frame off the grid")
struct CurvedFrameTests {
    private func noise(_ count: Int, seed: UInt64) -> [ComplexFloat] {
        var random = Philox(seed: seed, patient: 0, stage: .recipe)
        return (0..<count).map { _ in ComplexFloat(Float(random.normal()), Float(random.normal())) }
    }

    private func inner(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> ComplexDouble {
        zip(a, b).reduce(.zero) { $0 + ComplexDouble($1.0).conjugate * ComplexDouble($1.1) }
    }

    /// Spokes with two samples a pixel.
    private func spokes(_ count: Int, size: Int) -> [SIMD2<Double>] {
        (0..<count).flatMap { spoke in
            let angle = Double(spoke) * 2.399963
            return (0..<2 * size).map { SIMD2(cos(angle), sin(angle)) * (Double($0 - size) / 2) }
        }
    }

    @Test("Weights are on both sides: adjoint and normal are those of √W F", arguments: [[20, 20], [17, 23]])
    func adjoint(shape: [Int]) throws {
        let frame = try CurvedFrame(shape: shape, coils: 2, points: spokes(9, size: 20), tolerance: 1e-6)
        let (x, y) = (noise(frame.domainCount, seed: 1), noise(frame.rangeCount, seed: 2))
        let (a, b) = (inner(frame.forward(x), y), inner(x, frame.adjoint(y)))
        // Single precision over 700 samples.
        #expect((a - b).length < 1e-5 * inner(y, y).length)
        let twice = frame.adjoint(frame.forward(x))
        let difference = zip(frame.normal(x), twice).map { $0 - $1 }
        // The convolution keeps the tolerance, relative to what it gives; amplitudes, so squared here.
        #expect(inner(difference, difference).length < 1e-10 * inner(twice, twice).length)
        // Weighted samples of an image are those that the plain transform gives, weighted.
        let plain = try NUFFT(shape: shape, points: spokes(9, size: 20), batch: 2, tolerance: 1e-6).forward(x)
        #expect(frame.weighted(plain) == frame.forward(x))
    }

    @Test("With all spokes that Nyquist asks for, the frame nearly keeps what lies within their disc")
    func projection() throws {
        let size = 32
        // π/2 spokes a pixel, and a few more, as golden angles are not even.
        let frame = try CurvedFrame(shape: [size, size], coils: 1, points: spokes(55, size: size))
        // A Gaussian that ends within the disc and within the field of view.
        let x = (0..<size * size).map { place in
            let (u, v) = (Double(place % size - size / 2), Double(place / size - size / 2))
            return ComplexFloat(Float(exp(-(u * u + v * v) / 18)))
        }
        let difference = zip(frame.normal(x), x).map { $0 - $1 }
        // Uneven angles leave gaps of twice the mean, and weights are right to some percent there. Without weights the
        // centre alone would count 55 × 2 / π times too much.
        #expect(inner(difference, difference).length < 0.01 * inner(x, x).length)
    }
}
