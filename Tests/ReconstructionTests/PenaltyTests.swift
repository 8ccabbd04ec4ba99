import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

/// Complex normal samples, by seed.
private func noise(_ count: Int, seed: UInt64 = 1) -> [ComplexFloat] {
    var random = Philox(seed: seed, patient: 0, stage: .recipe)
    return (0..<count).map { _ in ComplexFloat(Float(random.normal()), Float(random.normal())) }
}

private func distance(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> Float {
    zip(a, b).map { ($0 - $1).length }.max() ?? 0
}

/// Σ ā b, real part, in double precision.
private func inner(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0.real) * Double($1.1.real) + Double($1.0.imaginary) * Double($1.1.imaginary) }
}

@Suite("Penalties and solvers")
struct PenaltyTests {
    /// Sizes across a block's sixteen pixels, odd and even.
    static let shapes = [[5, 3, 7], [8, 4, 9], [2, 5, 16], [20, 6, 11]]

    @Test("Frequencies are shrunk by step · λ", arguments: shapes)
    func spectral(shape: [Int]) throws {
        let transform = try TemporalFourier(shape: shape)
        let x = noise(shape.reduce(1, *))
        let kept = transform.forward(x).map { value in
            value.length > 0.6 ? value.multiplied(by: 1 - 0.6 / value.length) : .zero
        }
        let result = Samples(x)
        let value = SpectralPenalty(transform: transform, lambda: 1.2, threads: 2).shrink(result, step: 0.5)
        // Values of order 1 in single precision.
        #expect(distance(result.values, transform.adjoint(kept)) < 5e-6)
        #expect(abs(value / (1.2 * kept.reduce(0) { $0 + Double($1.length) }) - 1) < 1e-5)
    }

    /// For v − u = Dᴴp with |p| ≤ λ, u minimises exactly when ⟨D u, p⟩ = λ‖D u‖; so ⟨u, v − u⟩ = λ‖D u‖ when it does, and
    /// no other u' does better.
    private func expectMinimal(_ u: [ComplexFloat], _ v: [ComplexFloat], variation: ([ComplexFloat]) -> Double) {
        let rest = zip(v, u).map { $0 - $1 }
        let value = variation(u)
        #expect(abs(inner(u, rest) - value) < 1e-3 * value)
        func objective(_ u: [ComplexFloat]) -> Double {
            let rest = zip(v, u).map { $0 - $1 }
            return 0.5 * inner(rest, rest) + variation(u)
        }
        let best = objective(u)
        for seed in 1...5 {
            let other = zip(u, noise(u.count, seed: UInt64(seed))).map { $0 + $1.multiplied(by: 0.01) }
            #expect(objective(other) > best)
        }
    }

    @Test("Temporal variation finds its minimiser", arguments: shapes)
    func temporal(shape: [Int]) {
        let v = noise(shape.reduce(1, *))
        let penalty = TemporalVariation(frames: shape[0], count: v.count, lambda: 0.6, steps: 300, threads: 2)
        let result = Samples(v)
        let value = penalty.shrink(result, step: 0.5)
        func variation(_ u: [ComplexFloat]) -> Double {
            0.6 * TemporalDifference(shape: shape).forward(u).reduce(0) { $0 + Double($1.length) }
        }
        #expect(abs(value / variation(result.values) - 1) < 1e-5)
        expectMinimal(result.values, v) { 0.5 * variation($0) }
    }

    @Test("Spatial variation finds its minimiser", arguments: shapes)
    func spatial(shape: [Int]) {
        let v = noise(shape.reduce(1, *))
        let penalty = SpatialVariation(
            height: shape[1], width: shape[2], count: v.count, lambda: 0.6, steps: 600, threads: 2)
        let result = Samples(v)
        let value = penalty.shrink(result, step: 0.5)
        func variation(_ u: [ComplexFloat]) -> Double {
            let differences = SpatialDifference(shape: shape).forward(u)
            return 0.6
                * (0..<u.count).reduce(0) {
                    $0 + Double((differences[$1].lengthSquared + differences[u.count + $1].lengthSquared).squareRoot())
                }
        }
        #expect(abs(value / variation(result.values) - 1) < 1e-5)
        expectMinimal(result.values, v) { 0.5 * variation($0) }
    }

    @Test("Singular values are shrunk by step · λ, in their own vectors", arguments: [1, 5, 20])
    func nuclear(frames: Int) throws {
        // Columns of two DFTs are orthogonal: a matrix of known singular values.
        let pixels = 37
        let values = (0..<frames).map { Double(frames - $0) }
        func root(_ turns: Int, _ count: Int) -> ComplexDouble {
            ComplexDouble(length: 1 / Double(count).squareRoot(), phase: 2 * .pi * Double(turns) / Double(count))
        }
        func matrix(_ values: [Double]) -> [ComplexFloat] {
            (0..<frames * pixels).map { place in
                let sum = values.enumerated().reduce(ComplexDouble.zero) { sum, value in
                    let (k, sigma) = value
                    let product = root(k * (place / pixels), frames) * root(2 * k * (place % pixels), pixels)
                    return sum + product.multiplied(by: sigma)
                }
                return ComplexFloat(Float(sum.real), Float(sum.imaginary))
            }
        }
        let penalty = NuclearNorm(frames: frames, lambda: 3, threads: 2)
        let x = Samples(matrix(values))
        for (found, expected) in zip(try penalty.singularValues(x), values.reversed()) {
            // Single-precision samples of up to 20, squared and added in double precision.
            #expect(abs(found - expected) < 1e-4 * Double(frames))
        }
        let kept = values.map { max($0 - 1.5, 0) }
        let value = penalty.shrink(x, step: 0.5)
        #expect(distance(x.values, matrix(kept)) < 1e-4)
        #expect(abs(value - 3 * kept.reduce(0, +)) < 1e-3 * Double(frames))
    }

    @Test(
        "Patches are shrunk each by itself, and the two tilings averaged",
        arguments: [[5, 9, 7], [3, 8, 8], [4, 3, 17]])
    func patches(shape: [Int]) {
        let (frames, height, width, side, lambda, step) = (shape[0], shape[1], shape[2], 4, 0.3, 0.5)
        let x = noise(shape.reduce(1, *))
        var sum = 0.0
        // Cut out pixel by pixel: patch (y, x) of a tiling holds the pixels whose place, moved by the offset, divides so.
        let shrunk = [0, 2].map { offset in
            var result = x
            for (row, column) in (0..<6).flatMap({ row in (0..<6).map { (row, $0) } }) {
                let places = (0..<frames * height * width).filter { place in
                    let (y, x) = (place / width % height, place % width)
                    return (y + offset) / side == row && (x + offset) / side == column
                }
                if places.isEmpty { continue }
                let patch = Samples(places.map { x[$0] })
                let pixels = Double(places.count / frames)
                let weight = lambda * (Double(frames).squareRoot() + pixels.squareRoot())
                sum += NuclearNorm(frames: frames, lambda: weight, threads: 1).shrink(patch, step: step)
                for (place, value) in zip(places, patch.values) { result[place] = value }
            }
            return result
        }
        let mean = zip(shrunk[0], shrunk[1]).map { ($0 + $1).multiplied(by: 0.5) }
        let spread = shrunk.reduce(0) { $0 + zip($1, mean).reduce(0) { $0 + Double(($1.0 - $1.1).lengthSquared) } }
        let expected = 0.5 * (sum + spread / (2 * step))
        let penalty = PatchNuclearNorm(
            frames: frames, height: height, width: width, side: side, lambda: lambda, threads: 2)
        let result = Samples(x)
        let value = penalty.shrink(result, step: step)
        // The same operations in single precision, but for the order of sums.
        #expect(distance(result.values, mean) < 1e-5)
        #expect(abs(value / expected - 1) < 1e-5)
        #expect(distance(result.values, x) > 0.1)
    }

    @Test("Conjugate gradients solve each frame's system, or all together", arguments: [true, false])
    func conjugateGradients(isFrameByFrame: Bool) {
        // A diagonal of eight values: eight steps reach the solution.
        let count = 3 * 40
        let diagonal = (0..<count).map { Float(1 + $0 % 8) }
        let b = Samples(noise(count))
        let x = Samples(count: count)
        let solver = ConjugateGradients(
            apply: { x, y in
                for place in 0..<count { y.start[place] = x.start[place].multiplied(by: diagonal[place]) }
            },
            damping: 0.5, frames: 3, isFrameByFrame: isFrameByFrame, tolerance: 1e-7, threads: 2)
        var objectives: [Double] = []
        solver.solve(x, b: b, iterations: 12) { objectives.append($1) }
        let expected = zip(b.values, diagonal).map { $0.multiplied(by: 1 / ($1 + 0.5)) }
        #expect(distance(x.values, expected) < 1e-5)
        #expect(abs(objectives[objectives.count - 1] + 0.5 * inner(b.values, expected)) < 1e-4)
        #expect(zip(objectives, objectives.dropFirst()).allSatisfy { $1 <= $0 + 1e-6 * abs($0) })
    }
}
