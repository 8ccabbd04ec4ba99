import Core
import Foundation
import Testing

@testable import Fourier

@Suite("Centred Fourier transform")
struct CenteredTransformTests {
    static let sizes = [[1, 1], [2, 3], [6, 4], [7, 5], [16, 15], [9, 12]]

    /// Complex samples uniform in the unit square, by seed.
    private func noise(_ count: Int, seed: UInt64) -> [ComplexFloat] {
        var draws = Philox(seed: seed, patient: 0, stage: .imageNoise)
        return (0..<count).map { _ in ComplexFloat(Float(draws.uniform()) - 0.5, Float(draws.uniform()) - 0.5) }
    }

    private func inner(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> ComplexDouble {
        zip(a, b).reduce(.zero) { sum, pair in
            sum + ComplexDouble(Double(pair.0.real), -Double(pair.0.imaginary))
                * ComplexDouble(Double(pair.1.real), Double(pair.1.imaginary))
        }
    }

    private func distance(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> Float {
        zip(a, b).map { ($0 - $1).length }.max() ?? 0
    }

    @Test("Forward is the centred orthonormal DFT", arguments: sizes)
    func matchesTheDefinition(size: [Int]) throws {
        let (width, height) = (size[0], size[1])
        let image = noise(width * height, seed: 1)
        var computed = image
        try CenteredTransform(width: width, height: height).forward(&computed)

        let scale = 1 / Double(width * height).squareRoot()
        let naive = (0..<width * height).map { index -> ComplexFloat in
            var sum = ComplexDouble.zero
            for (place, value) in image.enumerated() {
                let x = Double((place % width - width / 2) * (index % width - width / 2)) / Double(width)
                let y = Double((place / width - height / 2) * (index / width - height / 2)) / Double(height)
                sum +=
                    ComplexDouble(Double(value.real), Double(value.imaginary))
                    * ComplexDouble(length: scale, phase: -2 * .pi * (x + y))
            }
            return ComplexFloat(Float(sum.real), Float(sum.imaginary))
        }
        // Single precision: a few ulp of values of order 1.
        #expect(distance(computed, naive) < 2e-6)
    }

    @Test("A Gaussian becomes a Gaussian", arguments: [[64, 64], [63, 65], [60, 81]])
    func gaussian(size: [Int]) throws {
        let (width, height) = (size[0], size[1])
        let spread = 9.0
        var samples = (0..<width * height).map { place -> ComplexFloat in
            let x = Double(place % width - width / 2)
            let y = Double(place / width - height / 2)
            return ComplexFloat(Float(exp(-.pi * (x * x + y * y) / (spread * spread))), 0)
        }
        try CenteredTransform(width: width, height: height).forward(&samples)
        let scale = spread * spread / Double(width * height).squareRoot()
        for (place, sample) in samples.enumerated() {
            let kx = Double(place % width - width / 2) / Double(width)
            let ky = Double(place / width - height / 2) / Double(height)
            let expected = scale * exp(-.pi * spread * spread * (kx * kx + ky * ky))
            // The Gaussian is 1e-17 at the edges and in aliases: only single precision is left.
            #expect(abs(Double(sample.real) - expected) < 2e-6 * scale)
            #expect(abs(Double(sample.imaginary)) < 2e-6 * scale)
        }
    }

    @Test("Forward keeps lengths and inverse undoes it", arguments: sizes + [[150, 150], [225, 225]])
    func isometryAndRoundTrip(size: [Int]) throws {
        let transform = try CenteredTransform(width: size[0], height: size[1])
        let image = noise(size[0] * size[1], seed: 2)
        var samples = image
        transform.forward(&samples)
        #expect(abs(inner(samples, samples).real / inner(image, image).real - 1) < 1e-5)
        transform.inverse(&samples)
        #expect(distance(samples, image) < 1e-6)
    }

    @Test("Inverse is the adjoint of forward", arguments: sizes)
    func adjoint(size: [Int]) throws {
        let transform = try CenteredTransform(width: size[0], height: size[1])
        let image = noise(size[0] * size[1], seed: 3)
        let data = noise(size[0] * size[1], seed: 4)
        var forward = image
        transform.forward(&forward)
        var backward = data
        transform.inverse(&backward)
        #expect((inner(data, forward) - inner(backward, image)).length < 1e-5 * Double(image.count))
    }

    @Test("Images of a batch are transformed one by one")
    func batch() throws {
        let transform = try CenteredTransform(width: 12, height: 9)
        let images = (0..<3).map { noise(108, seed: UInt64($0)) }
        var together = images.flatMap { $0 }
        transform.forward(&together)
        let alone = images.flatMap { image -> [ComplexFloat] in
            var image = image
            transform.forward(&image)
            return image
        }
        #expect(together == alone)
    }

    @Test("Measured plans agree with estimated ones and leave wisdom that loads again")
    func measuredPlans() throws {
        let image = noise(48 * 36, seed: 5)
        var estimated = image
        try CenteredTransform(width: 48, height: 36).forward(&estimated)
        var measured = image
        try CenteredTransform(width: 48, height: 36, planning: .measured).forward(&measured)
        #expect(distance(measured, estimated) < 1e-6)

        let wisdom = Fourier.savedWisdom()
        #expect(wisdom.contains("fftw"))
        try Fourier.loadWisdom(from: wisdom)
    }

    @Test("Wisdom does not change an estimated plan")
    func estimateIgnoresWisdom() throws {
        let image = noise(64 * 64, seed: 6)
        let before = try Planner.unkeptPlan(width: 64, height: 64, sign: -1, planning: .estimated)
        _ = try Planner.unkeptPlan(width: 64, height: 64, sign: -1, planning: .measured)
        let after = try Planner.unkeptPlan(width: 64, height: 64, sign: -1, planning: .estimated)
        func run(_ plan: Plan) -> [ComplexFloat] {
            withUnsafeTemporaryAllocation(byteCount: image.count * 8, alignment: Planner.alignment) { memory in
                let samples = memory.bindMemory(to: ComplexFloat.self)
                for (place, value) in image.enumerated() { samples[place] = value }
                samples.baseAddress.map(plan.execute)
                return Array(samples)
            }
        }
        #expect(run(before) == run(after))
        #expect("\(before)" == "\(after)")
    }

    @Test("Foreign wisdom is refused with a reason")
    func foreignWisdom() {
        let error = #expect(throws: CineError.self) { try Fourier.loadWisdom(from: "not wisdom") }
        #expect(error?.kind == .badData)
        #expect(error?.message.contains("10 characters") == true)
    }
}
