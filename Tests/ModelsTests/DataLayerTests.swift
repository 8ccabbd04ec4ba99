import ComplexModule
import Core
import Fourier
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("Data consistency")
    struct DataLayerTests {
        /// Single precision after two Fourier transforms.
        private let roundOff = 1e-6

        /// k-space of images of two channels [N, 2, T, Y, X].
        private func kSpace(_ images: Tensor) throws -> Tensor {
            try ImageFourier(shape: Array(images.shape.suffix(2))).forward(images.channelsToComplex())
        }

        @Test(
            "Without noise, read lines become what was measured and others stay", arguments: [(9, 8), (8, 11), (6, 6)])
        func noiseless(size: (Int, Int)) throws {
            let slices = try Slices.oneCoil(height: size.0, width: size.1)
            let images = try noise([2, 2, 3, size.0, size.1], seed: 3)
            let mask = try #require(slices.measurement.mask)
            let measured = try kSpace(slices.truth.unsqueezed(1).complexToChannels())
            let expected = try mask * measured + (1 - mask) * kSpace(images)
            let found = try DataConsistency()(images, slices.measurement)
            #expect(try relativeError(kSpace(found), expected) < roundOff)
            // The same as frames by themselves.
            let frames = try images.movedAxis(2, to: 1).reshaped([6, 2, size.0, size.1])
            let back = try DataConsistency()(frames, slices.measurement).reshaped([2, 3, 2, size.0, size.1])
            #expect(try relativeError(back.movedAxis(1, to: 2), found) < roundOff)
        }

        @Test("With noise, read lines become (s + λ s₀) / (1 + λ)", arguments: [0.0, 0.4, 10])
        func noisy(lambda: Double) throws {
            let slices = try Slices.oneCoil()
            let images = try noise([2, 2, 3, 9, 8], seed: 3)
            let mask = try #require(slices.measurement.mask)
            let measured = try kSpace(slices.truth.unsqueezed(1).complexToChannels())
            let s = try kSpace(images)
            let mixed = try (s + lambda * measured) * (1 / (1 + lambda))
            let expected = try mask * mixed + (1 - mask) * s
            let layer = try DataConsistency(lambda: lambda)
            #expect(try relativeError(kSpace(layer(images, slices.measurement)), expected) < roundOff)
            #expect(layer.parameters.map(\.name) == ["lambda"])
        }

        @Test("Full sampling gives the truth, whatever the image")
        func full() throws {
            let maps = CoilMaps.uniform(height: 5, width: 6)
            let encoding = try CartesianSENSE(maps: maps, lines: [Array(0..<5)])
            let truth = try complexNoise([1, 1, 5, 6])
            let measurement = try MeasuredSlices(lines: [encoding], samples: [encoding.forward(truth[0])])
            let found = try DataConsistency()(noise([1, 2, 5, 6], seed: 2), measurement)
            #expect(try relativeError(found, truth.complexToChannels()) < roundOff)
        }

        @Test("The gradient of λ is (s₀ − s) / (1 + λ)² on read lines")
        func gradientOfLambda() throws {
            let slices = try Slices.oneCoil()
            let images = try noise([2, 2, 3, 9, 8], seed: 3)
            let weights = try noise(images.shape, seed: 4)
            let layer = try DataConsistency(lambda: 0.7)
            try (layer(images, slices.measurement) * weights).sum().backward()
            let expected = try -(slices.measurement.gradient(of: images) * weights).sum().item() / (1.7 * 1.7)
            let found = try #require(try layer.lambda?.gradient).item()
            // A sum of a thousand products in single precision.
            #expect(Swift.abs(found - expected) < 1e-4 * Swift.abs(expected))
        }

        @Test("The proximal step is the closed form for one coil")
        func oneCoil() throws {
            let slices = try Slices.oneCoil()
            let images = try noise([2, 2, 3, 9, 8], seed: 3)
            let exact = try DataConsistency(lambda: 3)(images, slices.measurement)
            let found = try ProximalConsistency(lambda: 3)(images, slices.measurement)
            // AᴴA has two eigenvalues, so that two iterations suffice; the residual is below 1e-6.
            #expect(try relativeError(found, exact) < 3e-6)
        }

        @Test("The proximal step solves x − z + λ Aᴴ(A x − y) = 0 for coils and spokes", arguments: [false, true])
        func optimality(isRadial: Bool) throws {
            let slices = try isRadial ? Slices.spokes() : Slices.coils()
            let shape = slices.truth.shape
            let images = try noise([shape[0], 2] + shape.dropFirst(), seed: 3)
            let layer = try ProximalConsistency(lambda: 2, iterations: 60)
            let found = try layer(images, slices.measurement)
            let residual = try found - images + 2 * slices.measurement.gradient(of: found)
            // The tolerance of conjugate gradients is 1e-6 of the right-hand side's norm, here some three times the image's;
            // the NUFFT's adjoint is exact, so that it costs nothing.
            #expect(try relativeError(residual + images, images) < 1e-5)
            // With ever more weight of the data, the truth's samples are met.
            let strong = try ProximalConsistency(lambda: 1e4, iterations: 200)(images, slices.measurement)
            let before = try slices.measurement.gradient(of: images).norm().item()
            #expect(try slices.measurement.gradient(of: strong).norm().item() < 1e-3 * before)
        }

        @Test("Gradients of the proximal step are those of its solution")
        func proximalGradients() throws {
            let slices = try Slices.coils()
            let images = try noise([2, 2, 2, 8, 7], seed: 3).requiringGradient()
            let weights = try noise(images.shape, seed: 4)
            let layer = try ProximalConsistency(lambda: 1.5, iterations: 60)
            func value(_ images: Tensor, _ lambda: Double) throws -> Double {
                try layer.lambda.copy(from: .full([], lambda))
                return try (layer(images, slices.measurement) * weights).converted(to: .float64).sum().item()
            }
            try (layer(images, slices.measurement) * weights).sum().backward()
            let byImage = try #require(try images.gradient)
            let byLambda = try #require(try layer.lambda.gradient).item()
            // Linear in the image: differences are exact but for CG's 1e-6.
            let direction = try noise(images.shape, seed: 6)
            let along = try (byImage * direction).sum().item()
            let change = try value(images.detached() + direction, 1.5) - value(images.detached() - direction, 1.5)
            #expect(Swift.abs(change / 2 - along) < 1e-4 * Swift.max(1, Swift.abs(along)))
            // Of λ, central differences of ±0.05 are wrong by h² f‴ / 6 < 1e-3 f′.
            let slope = try (value(images.detached(), 1.55) - value(images.detached(), 1.45)) / 0.1
            #expect(Swift.abs(slope - byLambda) < 3e-3 * Swift.abs(byLambda))
        }

        @Test("A gradient step goes downhill by its length")
        func step() throws {
            let slices = try Slices.coils()
            let images = try noise([2, 2, 2, 8, 7], seed: 3)
            let found = try GradientStep(lambda: 0.5)(images, slices.measurement)
            let expected = try images - 0.5 * slices.measurement.gradient(of: images)
            #expect(try relativeError(found, expected) < roundOff)
            let gradient = try slices.measurement.gradient(of: found).norm().item()
            #expect(try gradient < slices.measurement.gradient(of: images).norm().item())
            // The truth is left as it is.
            let truth = try slices.truth.unsqueezed(1).complexToChannels()
            #expect(try relativeError(GradientStep()(truth, slices.measurement), truth) < roundOff)
        }

        @Test("Other images or samples are an error")
        func errors() throws {
            let slices = try Slices.oneCoil()
            expectError(mentions: "[2, 3, 9, 8]", "[2, 2, 3, 9, 7]") {
                _ = try DataConsistency()(noise([2, 2, 3, 9, 7]), slices.measurement)
            }
            expectError(mentions: "at least one") { _ = try MeasuredSlices(lines: [], samples: []) }
            expectError(mentions: "[3, 1, 4, 8]") {
                _ = try MeasuredSlices(slices.measurement.encoding.operators, samples: [noise([1]), noise([1])])
            }
        }
    }
}
