import ComplexModule
import Core
import Testing

@testable import Fourier

@Suite("Toeplitz normal operator")
struct ToeplitzNormalTests {
    /// AᴴWA the long way.
    private func normal(_ plan: NUFFT, _ weights: [Float], _ images: [ComplexFloat]) -> [ComplexDouble] {
        let samples = plan.forward(images).enumerated().map { index, sample in
            sample.multiplied(by: weights[index % weights.count])
        }
        return plan.adjoint(samples).map(ComplexDouble.init)
    }

    static let shapes = [[24, 24], [17, 30], [9, 9], [10, 12, 9], [1, 5], [8, 8, 8]]

    @Test("It is forward, weights, adjoint", arguments: shapes, [1, 4, 9])
    func againstNUFFT(shape: [Int], batch: Int) throws {
        let points = PointSet.uniform.points(500, shape: shape)
        let weights = (0..<500).map { 0.2 + Float($0 % 7) }
        let toeplitz =
            shape.count == 2
            ? try ToeplitzNormal(
                shape: shape, points: points.map { SIMD2($0.x, $0.y) }, weights: weights, batch: batch)
            : try ToeplitzNormal(shape: shape, points: points, weights: weights, batch: batch)
        let plan = try NUFFT(shape, points, batch: batch, tolerance: 1e-6)
        let images = noise(plan.domainCount, seed: 1)
        // The filter's error is that of a NUFFT at 1e-5; 1e-4 is what torchkbnufft holds its own to.
        #expect(relativeError(toeplitz.forward(images), normal(plan, weights, images)) < 1e-4)
        #expect(adjointError(toeplitz) < 1e-6)
    }

    @Test("Without weights it is the normal operator")
    func unweighted() throws {
        let points = PointSet.uniform.points(300, shape: [20, 20])
        let toeplitz = try ToeplitzNormal(shape: [20, 20], points: points.map { SIMD2($0.x, $0.y) })
        let plan = try NUFFT([20, 20], points, tolerance: 1e-6)
        let image = noise(400, seed: 2)
        #expect(relativeError(toeplitz.forward(image), plan.normal(image).map(ComplexDouble.init)) < 1e-4)
    }

    @Test("All whole numbers make the identity")
    func identity() throws {
        let points = (0..<100).map { (index: Int) -> SIMD2<Double> in
            SIMD2(Double(index % 10 - 5), Double(index / 10 - 5))
        }
        let toeplitz = try ToeplitzNormal(shape: [10, 10], points: points)
        let image = noise(100, seed: 3)
        #expect(relativeError(toeplitz.forward(image), image.map(ComplexDouble.init)) < 1e-5)
    }

    @Test("Threads change no bit")
    func threads() throws {
        let points = PointSet.uniform.points(300, shape: [20, 30]).map { SIMD2($0.x, $0.y) }
        let results = try [1, 3].map {
            try ToeplitzNormal(shape: [20, 30], points: points, batch: 9, threads: $0).forward(noise(5400, seed: 4))
        }
        let same = results[0] == results[1]
        #expect(same)
    }

    @Test("Weights that do not fit the points are refused")
    func wrongWeights() {
        let error = #expect(throws: CineError.self) {
            try ToeplitzNormal(shape: [8, 8], points: [SIMD2(0, 1), SIMD2(1, 0)], weights: [1, 2, 3])
        }
        #expect(error?.message.contains("2 points") == true)
        #expect(error?.message.contains("3 weights") == true)
    }
}
