import ComplexModule
import Core
import Fourier
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("DC-CNN")
    struct DCCNNTests {
        @Test("Parameters are as many as published")
        func counts() throws {
            var random = stream()
            #expect(try DCCNN(using: &random).parameterCount == 565_770)
            #expect(try DCCNN(cascades: 1, axes: 3, using: &random).parameterCount == 338_946)
            #expect(try DCCNN(cascades: 10, axes: 3, isShared: true, using: &random).parameterCount == 338_946)
            let shared = try DCCNN(cascades: 10, axes: 3, sharing: DataSharing.published, using: &random)
            #expect(shared.parameterCount == 3_562_260)
        }

        @Test("Weights are named as in the authors' PyTorch code")
        func names() throws {
            var random = stream()
            let network = try DCCNN(cascades: 2, depth: 3, width: 4, using: &random)
            let layers = [0, 2, 4].flatMap { ["\($0).weight", "\($0).bias"] }
            #expect(network.state.map(\.name) == [0, 1].flatMap { c in layers.map { "conv_blocks.\(c).\($0)" } })
            let learned = try DCCNN(
                cascades: 2, depth: 2, width: 4, dataLayer: { try ProximalConsistency() }, using: &random)
            #expect(learned.parameters.map(\.name).suffix(2) == ["dcs.0.lambda", "dcs.1.lambda"])
        }

        @Test("Networks without effect give the zero-filled images", arguments: [2, 3])
        func identity(axes: Int) throws {
            var random = stream()
            let network = try DCCNN(cascades: 2, depth: 2, width: 4, axes: axes, using: &random)
            for block in network.convBlocks {
                try (block.layers.last as? Convolution)?.weight.copy(from: Tensor(Float(0)))
            }
            let slices = try Slices.oneCoil()
            let zeroFilled = try slices.measurement.backProjectedImages(axes: axes)
            #expect(zeroFilled.shape == (axes == 2 ? [6, 2, 9, 8] : [2, 2, 3, 9, 8]))
            // Single precision after four Fourier transforms.
            #expect(try relativeError(network(slices.measurement), zeroFilled) < 1e-6)
        }

        @Test("Every weight learns, with any data layer, at odd and even sizes, along two and three axes")
        func gradients() throws {
            var random = stream()
            let layers: [() throws -> any DataLayer] = [
                { try DataConsistency() }, { try DataConsistency(lambda: 2) }, { try GradientStep() },
                { try ProximalConsistency() },
            ]
            for (index, layer) in layers.enumerated() {
                let slices = try index.isMultiple(of: 2) ? Slices.oneCoil() : Slices.coils()
                let axes = 2 + index / 2
                let network = try DCCNN(
                    cascades: 2, depth: 3, width: 4, axes: axes, dataLayer: layer, using: &random)
                let output = try network(slices.measurement)
                #expect(try output.shape == slices.measurement.backProjectedImages(axes: axes).shape)
                try expectGradients(of: network, output)
            }
            let slices = try Slices.spokes()
            let network = try DCCNN(
                cascades: 2, depth: 2, width: 4, dataLayer: { try ProximalConsistency() }, using: &random)
            try expectGradients(of: network, network(slices.measurement))
            let shared = try DCCNN(cascades: 2, depth: 2, width: 4, axes: 3, sharing: [0, 1], using: &random)
            try expectGradients(of: shared, shared(Slices.oneCoil().measurement))
        }

        @Test("Shared data are the means of what neighbours read", arguments: [false, true])
        func sharing(isDense: Bool) throws {
            let slices = try Slices.oneCoil(slices: 1, frames: 5, height: 7, width: 3)
            let images =
                try isDense
                ? noise([1, 2, 5, 7, 3], seed: 2) : slices.measurement.backProjectedImages(axes: 3)
            let distances = [0, 1, 3]
            let found = try DataSharing(distances: distances)(images, slices.measurement, isDense: isDense)
            #expect(found.shape == [1, 8, 5, 7, 3])
            #expect(try relativeError(found[.all, .range(0..<2)], images) == 0)
            let fourier = try ImageFourier(shape: [7, 3])
            let k = try fourier.forward(images.channelsToComplex()).values() as [Complex<Float>]
            let mask = try #require(slices.measurement.mask).values() as [Float]
            for (place, distance) in distances.enumerated() {
                var expected = k
                for frame in 0..<5 {
                    for y in 0..<7 where mask[frame * 7 + y] == 0 {
                        let frames = (-distance...distance).map { (frame + $0 + 10) % 5 }
                        let read = isDense ? frames : frames.filter { mask[$0 * 7 + y] > 0 }
                        for x in 0..<3 {
                            let sum = read.map { k[($0 * 7 + y) * 3 + x] }.reduce(.zero, +)
                            expected[(frame * 7 + y) * 3 + x] = sum / Complex(Float(Swift.max(read.count, 1)))
                        }
                    }
                }
                let part = try found[.all, .range(2 + 2 * place..<4 + 2 * place)].channelsToComplex()
                // Single precision after two Fourier transforms.
                let kSpace = try Tensor(expected, shape: [1, 1, 5, 7, 3])
                #expect(try relativeError(fourier.forward(part), kSpace) < 1e-6)
            }
        }

        @Test("A small cascade learns one series by heart")
        func overfit() throws {
            var random = stream()
            let slices = try Slices.oneCoil(slices: 1, frames: 2, height: 9, width: 8)
            let truth = try slices.truth.reshaped([2, 1, 9, 8]).complexToChannels()
            let network = try DCCNN(cascades: 2, depth: 3, width: 16, using: &random)
            let optimiser = Adam(network.parameters, rate: 5e-3)
            let before = try Loss.l2(slices.measurement.backProjectedImages(axes: 2), truth).item()
            var after = before
            for _ in 0..<150 {
                try optimiser.clearGradients()
                let loss = try Loss.l2(network(slices.measurement), truth)
                try loss.backward()
                try optimiser.step()
                after = try loss.item()
            }
            #expect(after < 0.05 * before, "\(after) of \(before)")
        }

        @Test("Numbers that make no network are an error")
        func errors() throws {
            var random = stream()
            expectError(mentions: "2 axes") { _ = try DCCNN(sharing: [0], using: &random) }
            let shared = try DCCNN(cascades: 1, depth: 2, width: 2, axes: 3, sharing: [0], using: &random)
            expectError(mentions: "shared", "lines") { _ = try shared(Slices.spokes().measurement) }
        }
    }
}
