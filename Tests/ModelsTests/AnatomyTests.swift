import Core
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("Anatomical constraints")
    struct AnatomyTests {
        private let size = [8, 8, 16]

        private func labels(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
            var random = stream(seed)
            return try Tensor(
                (0..<shape.reduce(1, *)).map { _ in Int64(3 * random.uniform()) }, shape: shape)
        }

        private func network() throws -> TLNetwork {
            var random = stream()
            return try TLNetwork(classes: 3, size: size, widths: [4, 4], code: 5, using: &random)
        }

        @Test("The stack segmenter gives fine slices at any size, and every weight learns")
        func segmenter() throws {
            var random = stream()
            // Published as 1.60 million.
            #expect(try StackSegmenter(using: &random).parameterCount == 1_628_340)
            let network = try StackSegmenter(classes: 3, factor: 2, widths: [4, 4, 4], using: &random)
            for size in [[3, 8, 12], [2, 9, 7]] {
                let output = try network(noise([2, 1] + size))
                #expect(output.shape == [2, 3, 2 * size[0], size[1], size[2]])
                try expectGradients(of: network, output)
            }
        }

        @Test("The autoencoder has the parameters of the open one, less its second map to the code")
        func count() throws {
            var random = stream()
            let network = try LabelAutoencoder(size: [64, 128, 128], using: &random)
            let map = 8192 * 64 + 64
            // Published as 1.67 million.
            #expect((network.parameterCount + map + 5_000) / 10_000 == 167)
        }

        @Test("Codes are within ±1, labels come back in their size")
        func shapes() throws {
            let network = try network()
            let input = try noise([2, 3] + size)
            try network.autoencoder.encoder.code.bias?.copy(from: Tensor([5, -5, 0, 0, 0] as [Float]))
            let code = try network.autoencoder.encoder(input)
            #expect(try code.shape == [2, 5] && abs(code).max().item() <= 1)
            #expect(try network.autoencoder(input).shape == [2, 3] + size)
            #expect(try network.predictor(noise([2, 1] + size)).shape == [2, 5])
            expectError(mentions: "multiples of 4", "[8, 6, 8]") {
                var random = stream()
                _ = try ShapeEncoder(inputs: 1, size: [8, 6, 8], widths: [2, 2], using: &random)
            }
        }

        @Test("Each stage trains what it should")
        func stages() throws {
            let network = try network()
            let (images, truth) = try (noise([2, 1] + size), labels([2] + size))
            func trained(_ loss: Tensor) throws -> Set<String> {
                try network.clearGradients()
                try loss.backward()
                return Set(
                    try network.parameters.filter { try $0.tensor.gradient?.norm().item() ?? 0 > 0 }
                        .compactMap { $0.name.split(separator: ".").first.map(String.init) })
            }
            #expect(try trained(network.autoencoderLoss(truth)) == ["autoencoder"])
            #expect(try trained(network.predictorLoss(images, truth)) == ["predictor"])
            #expect(try trained(network.jointLoss(images, truth)) == ["autoencoder", "predictor"])
            try expectGradients(of: network, network.jointLoss(images, truth))
            network.setTraining(false)
            let sum = try network.autoencoderLoss(truth).item() + 0.3 * network.predictorLoss(images, truth).item()
            // Single precision.
            #expect(try Swift.abs(network.jointLoss(images, truth, weight: 0.3).item() - sum) < 1e-5 * sum)
        }

        @Test("The prior is zero for the truth, keeps its weights, and passes gradients on")
        func prior() throws {
            let network = try network()
            let prior = try AnatomicalPrior(network.autoencoder.encoder)
            let truth = try labels([2] + size)
            // Logits so large that softmax is the truth.
            let sure = try 100 * truth.oneHot(classes: 3).movedAxis(-1, to: 1).converted(to: .float32)
            #expect(try prior.segmentationLoss(sure, truth).item() < 1e-6)
            let logits = try noise([2, 3] + size, seed: 3).requiringGradient()
            let plain = try Loss.crossEntropy(logits, truth).item()
            let whole = try prior.segmentationLoss(logits, truth, weight: 0.5)
            let codes = try network.autoencoder.encoder(softmax(logits)).values() as [Float]
            let other = try network.autoencoder.encoder(sure * 0.01).values() as [Float]
            let distance = zip(codes, other).map { Double(($0 - $1) * ($0 - $1)) }.reduce(0, +) / 2
            // Single precision.
            #expect(try Swift.abs(whole.item() - plain - 0.5 * distance) < 1e-5)
            let gradient = try prior.distance(softmax(logits), sure * 0.01).gradients(of: [logits])[0]
            #expect(try gradient.norm().item() > 0)
            try whole.backward()
            #expect(try network.autoencoder.encoder.parameters.allSatisfy { try $0.tensor.gradient == nil })
            #expect(try logits.gradient != nil)
        }

        @Test("For super-resolution the prior looks at images")
        func images() throws {
            let prior = try AnatomicalPrior(network().predictor)
            let (x, y) = try (noise([2, 1] + size).requiringGradient(), noise([2, 1] + size, seed: 2))
            let loss = try prior.superResolutionLoss(x, y, weight: 0.2, knee: 0.5)
            let expected = try Loss.smoothL1(x, y, knee: 0.5).item() + 0.2 * prior.distance(x, y).item()
            #expect(try Swift.abs(loss.item() - expected) < 1e-6)
            #expect(try prior.superResolutionLoss(y, y).item() == 0)
            try loss.backward()
            #expect(try x.gradient != nil)
        }
    }
}
