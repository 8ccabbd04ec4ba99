import ComplexModule
import Core
import Foundation
import Testing

@testable import Fourier

@Suite("NUFFT")
struct NUFFTTests {
    static let tolerances = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
    static let shapes = [[32, 32], [33, 31], [17, 48], [12, 13, 10], [16, 16, 16]]

    @Test("Errors stay within the tolerance, both ways", arguments: shapes, tolerances)
    func againstDirectSum(shape: [Int], tolerance: Double) throws {
        for set in PointSet.allCases {
            let points = set.points(300, shape: shape)
            let plan = try NUFFT(shape, points, tolerance: tolerance)
            let direct = DirectSum(shape: shape, points: points)
            let image = noise(plan.domainCount, seed: 1)
            let samples = noise(plan.rangeCount, seed: 2)
            // Relative to what is expected of random values: those of a heap may happen to be small.
            let imageRMS = (inner(image, image).real / Double(image.count)).squareRoot()
            let forward = distance(plan.forward(image), direct.forward(image)) / (300.squareRoot() * imageRMS)
            let adjoint =
                distance(plan.adjoint(samples), direct.adjoint(samples)) / inner(samples, samples).real.squareRoot()
            #expect(forward < tolerance, "\(set), forward")
            #expect(adjoint < tolerance, "\(set), adjoint")
        }
    }

    @Test("Every width of the kernel keeps its tolerance", arguments: KernelPolynomial.widths, [1, 8])
    func widths(width: Int, batch: Int) throws {
        // What each width reaches on a grid of twice the size or less.
        let tolerance = [2e-2, 2e-3, 2e-4, 2e-5, 4e-6, 4e-6][width - 3]
        for shape in [[24, 20], [10, 9, 12]] {
            let points = PointSet.uniform.points(200, shape: shape)
            let plan = try NUFFT(shape, points, batch: batch, tolerance: tolerance, widths: width...width)
            let image = noise(plan.domainCount, seed: 3)
            let last = (batch - 1) * plan.domainCount / batch
            let direct = DirectSum(shape: shape, points: points).forward(Array(image[last...]))
            let samples = Array(plan.forward(image)[(batch - 1) * 200..<batch * 200])
            #expect(plan.kernelWidth == width)
            #expect(relativeError(samples, direct) < tolerance)
        }
    }

    @Test("On whole numbers it is the centred transform", arguments: [[24, 18], [15, 21], [16, 27], [64, 50]])
    func onGrid(shape: [Int]) throws {
        let points = (0..<shape[0] * shape[1]).map { index in
            SIMD3(Double(index % shape[1] - shape[1] / 2), Double(index / shape[1] - shape[0] / 2), 0)
        }
        let image = noise(points.count, seed: 4)
        var expected = image
        try CenteredTransform(width: shape[1], height: shape[0]).forward(&expected)
        for tolerance in NUFFTTests.tolerances {
            let plan = try NUFFT(shape, points, tolerance: tolerance)
            #expect(relativeError(plan.forward(image), expected.map(ComplexDouble.init)) < tolerance)
            // There it is unitary, so that the adjoint leads back.
            #expect(relativeError(plan.adjoint(expected), image.map(ComplexDouble.init)) < tolerance)
        }
    }

    static let adjointShapes = [
        [1, 1], [1, 7], [2, 3], [8, 8], [9, 9], [16, 15], [31, 32], [33, 20], [64, 5], [50, 37], [40, 40], [27, 64],
        [1, 1, 1], [2, 3, 4], [7, 5, 3], [8, 8, 8], [9, 8, 7], [16, 1, 12], [1, 16, 13], [11, 14, 17],
    ]

    @Test("Adjoint is the exact transpose", arguments: adjointShapes, [1, 3, 5, 8, 11])
    func adjoint(shape: [Int], batch: Int) throws {
        let plan = try NUFFT(shape, PointSet.outside.points(150, shape: shape), batch: batch, tolerance: 1e-3)
        // Far below the tolerance: both ways use the same weights, so that only rounding is left.
        #expect(adjointError(plan) < 1e-5)
    }

    @Test("A batch is transformed image by image", arguments: [[20, 15], [9, 8, 10]])
    func batch(shape: [Int]) throws {
        let points = PointSet.uniform.points(400, shape: shape)
        let together = try NUFFT(shape, points, batch: 21, tolerance: 1e-4, widths: 6...6)
        let alone = try NUFFT(shape, points, tolerance: 1e-4, widths: 6...6)
        let count = shape.reduce(1, *)
        let images = noise(together.domainCount, seed: 5)
        let samples = noise(together.rangeCount, seed: 6)
        let forward = together.forward(images)
        let adjoint = together.adjoint(samples)
        for index in 0..<21 {
            let image = Array(images[index * count..<(index + 1) * count])
            let expected = alone.forward(image).map(ComplexDouble.init)
            // Eight lanes add up in another order than one.
            #expect(relativeError(Array(forward[index * 400..<(index + 1) * 400]), expected) < 1e-6)
            let own = alone.adjoint(Array(samples[index * 400..<(index + 1) * 400])).map(ComplexDouble.init)
            #expect(relativeError(Array(adjoint[index * count..<(index + 1) * count]), own) < 1e-6)
        }
    }

    @Test("Threads change no bit", arguments: [[64, 50], [30, 24, 20]], [1, 8])
    func threads(shape: [Int], batch: Int) throws {
        let points = PointSet.uniform.points(20_000, shape: shape)
        let plans = try [1, 2, 5].map { try NUFFT(shape, points, batch: batch, threads: $0) }
        let images = noise(plans[0].domainCount, seed: 8)
        let samples = noise(plans[0].rangeCount, seed: 9)
        for plan in plans {
            // Compared outside of the expectation, which would look for the shortest way from one array to the other.
            let sameSamples = plan.forward(images) == plans[0].forward(images)
            let sameImages = plan.adjoint(samples) == plans[0].adjoint(samples)
            #expect(sameSamples)
            #expect(sameImages)
        }
    }

    @Test("Calls at the same time do not disturb each other")
    func concurrentCalls() throws {
        let plan = try NUFFT([40, 40], PointSet.uniform.points(3000, shape: [40, 40]))
        let images = (0..<8).map { noise(plan.domainCount, seed: $0) }
        let together = Workers.map(8, threads: 4) { plan.forward(images[$0]) }
        let same = together == images.map { plan.forward($0) }
        #expect(same)
    }

    @Test("No points give no samples and black images")
    func noPoints() throws {
        let plan = try NUFFT([8, 8], [])
        #expect(plan.forward(noise(64, seed: 1)).isEmpty)
        #expect(plan.adjoint([]) == [ComplexFloat](repeating: .zero, count: 64))
    }

    @Test("Tolerances out of reach are refused with the range", arguments: [1e-7, 0, -1, 0.5, .nan, .infinity])
    func unreachableTolerance(tolerance: Double) {
        let error = #expect(throws: CineError.self) { try NUFFT([8, 8], [.zero], tolerance: tolerance) }
        #expect(error?.kind == .badData)
        #expect(error?.message.contains("1e-6") == true)
        #expect(error?.message.contains("\(tolerance)") == true)
    }

    @Test("Shapes and points that make no sense are refused")
    func senselessInput() {
        for shape in [[8], [8, 0], [-3, 8], [8, 8, 8]] {
            let error = #expect(throws: CineError.self) { try NUFFT(shape: shape, points: [SIMD2(0.5, 1)]) }
            #expect(error?.message.contains("\(shape)") == true)
        }
        let error = #expect(throws: CineError.self) {
            try NUFFT(shape: [8, 8], points: [SIMD2(0, 1), SIMD2(.nan, 1)])
        }
        #expect(error?.message.contains("index 1") == true)
        #expect(throws: CineError.self) { try NUFFT(shape: [8, 8], points: [SIMD2(0, 1)], batch: 0) }
    }
}
