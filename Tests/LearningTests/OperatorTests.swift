import ComplexModule
import Core
import Fourier
import Testing

@testable import Learning

extension EngineTests {
    @Suite("Linear operators as layers")
    struct OperatorTests {
        private func complexNoise(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
            try noise(shape + [2], seed: seed).converted(to: .float32).viewedAsComplex()
        }

        /// Two coils of an image, a third of its lines.
        private func sense() throws -> CartesianSENSE {
            let (frames, coils, height, width) = (2, 2, 6, 5)
            let maps = try complexNoise([coils, height, width], seed: 7).values() as [Complex<Float>]
            return try CartesianSENSE(
                maps: CoilMaps(coils: coils, height: height, width: width, values: maps),
                lines: (0..<frames).map { [$0, 3] }, samples: width)
        }

        @Test("Values are the operator's, for each entry of a batch")
        func values() throws {
            let map = try sense()
            let x = try complexNoise([3, 2] + map.domain)
            let y = try map.forward(x)
            #expect(y.shape == [3, 2] + map.range)
            for batch in 0..<3 {
                for index in 0..<2 {
                    let expected = try map.forward(x[.at(batch), .at(index)].values() as [Complex<Float>])
                    #expect(try y[.at(batch), .at(index)].values() == expected)
                }
            }
            #expect(try map.adjoint(y)[0, 0].values() == map.adjoint(y[0, 0].values() as [Complex<Float>]))
            #expect(try map.normal(x)[2, 1].values() == map.normal(x[2, 1].values() as [Complex<Float>]))
            // A view, a transpose and a conjugate are what they show, not what lies in memory.
            let turned = try x.transposed(0, 1).conjugated()
            #expect(
                try relativeError(
                    abs(map.forward(turned)[1, 2] - map.forward(x[2, 1].conjugated())) + 1, Tensor(Float(1))) == 0)
        }

        @Test("The gradient is the adjoint, and the adjoint's is the operator")
        func gradients() throws {
            let map = try sense()
            let x = try complexNoise(map.domain).requiringGradient()
            let weights = try complexNoise(map.range, seed: 2)
            let found = try map.forward(x).gradients(of: [x], weights: weights)[0]
            #expect(try found.values() as [Complex<Float>] == map.adjoint(weights.values() as [Complex<Float>]))
            let y = try complexNoise(map.range, seed: 3).requiringGradient()
            let back = try map.adjoint(y).gradients(of: [y], weights: x.detached())[0]
            #expect(try back.values() as [Complex<Float>] == map.forward(x.values() as [Complex<Float>]))
        }

        @Test("‖Ax − y‖² against central differences, and its second derivative")
        func differences() throws {
            let map = try sense()
            let pairs = try noise(map.domain + [2]).converted(to: .float32).requiringGradient()
            let y = try complexNoise(map.range, seed: 2)
            func loss(_ pairs: Tensor) throws -> Tensor {
                try abs(map.forward(pairs.viewedAsComplex()) - y).squared().sum()
            }
            let gradient = try loss(pairs).gradients(of: [pairs], isDifferentiable: true)[0]
            let start = try pairs.values() as [Float]
            for index in [0, 7, 31] {
                var (above, below) = (start, start)
                above[index] += 1
                below[index] -= 1
                // Of a quadratic, central differences are exact at any distance; single precision is left.
                let expected = try Torch.withoutGradients {
                    try
                        (loss(Tensor(above, shape: pairs.shape)).item() - loss(Tensor(below, shape: pairs.shape)).item())
                        / 2
                }
                let found = Double(try gradient.values()[index] as Float)
                #expect(Swift.abs(found - expected) < 1e-4 * Swift.max(1, Swift.abs(expected)))
            }
            // The gradient of Σ ∇L is 2 AᴴA · 1.
            let second = try gradient.sum().gradients(of: [pairs])[0]
            let ones = [Complex<Float>](repeating: Complex(1, 1), count: map.domainCount)
            let expected = try Tensor(map.normal(ones), shape: map.domain).viewedAsReal() * 2
            #expect(try relativeError(second, expected) < 1e-5)
        }

        @Test("Another shape or type is an error, and nothing is kept alive")
        func errors() throws {
            let map = try sense()
            expectError(mentions: "CartesianSENSE", "[2, 6, 4] complex64", "[2, 6, 5]") {
                _ = try map.forward(complexNoise([2, 6, 4]))
            }
            expectError(mentions: "complex64", "[2, 6, 5]", "float32") { _ = try map.forward(Tensor.zeros([2, 6, 5])) }
            expectError(mentions: "[5]") { _ = try map.forward(complexNoise([5])) }
            try expectNoTensorForgotten {
                #expect(throws: CineError.self) { _ = try map.forward(complexNoise([5])) }
                _ = try map.forward(complexNoise(map.domain).requiringGradient())
            }
        }
    }
}
