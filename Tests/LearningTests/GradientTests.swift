import Core
import Testing

@testable import Learning

extension EngineTests {
    /// Every layer, loss and operation against central differences.
    @Suite("Gradients")
    struct GradientTests {
        /// Input and weights of a module in double precision.
        private func check(_ name: String, _ layer: some Layer, _ shape: [Int]) throws {
            try layer.convert(to: .float64)
            let input = try noise(shape)
            try expectGradients(name, [input] + layer.parameters.map(\.tensor)) { try layer(input) }
        }

        @Test("Convolutions along one, two and three axes")
        func convolutions() throws {
            var random = stream()
            try check("1D", Convolution(2, 3, kernel: [3], using: &random), [2, 2, 5])
            try check("2D", Convolution(2, 3, kernel: [3, 3], using: &random), [1, 2, 4, 5])
            try check("dilated", Convolution(2, 2, kernel: [3, 3], dilation: [2, 1], using: &random), [1, 2, 5, 3])
            try check(
                "strided, in groups",
                Convolution(
                    2, 4, kernel: [2, 2], stride: [2, 2], padding: .valid, groups: 2, hasBias: false, using: &random),
                [1, 2, 4, 4])
            try check("3D", Convolution(1, 2, kernel: [1, 3, 3], using: &random), [1, 1, 2, 3, 3])
            try check("up 1D", TransposedConvolution(2, 1, kernel: [2], using: &random), [1, 2, 3])
            try check(
                "up 2D",
                TransposedConvolution(2, 3, kernel: [3, 3], stride: [2, 2], padding: [1, 1], using: &random),
                [1, 2, 3, 2])
            try check("up 3D", TransposedConvolution(1, 2, kernel: [2, 1, 2], using: &random), [1, 1, 2, 2, 2])
            let cell = try ConvolutionalCell(2, 2, states: 2, kernel: [3, 3], using: &random)
            try cell.convert(to: .float64)
            let (x, a, b) = try (noise([1, 2, 3, 3]), noise([1, 2, 3, 3], seed: 2), noise([1, 2, 3, 3], seed: 3))
            try expectGradients("cell", [x, a, b] + cell.parameters.map(\.tensor)) { try cell(x, states: [a, b]) }
        }

        @Test("Normalisations")
        func normalisations() throws {
            let shape = [2, 4, 3, 2]
            try check("batch", BatchNorm(4), shape)
            let trained = try BatchNorm(4)
            trained.setTraining(false)
            try check("batch, in use", trained, shape)
            try check("instance", InstanceNorm(4), shape)
            try check("instance, affine", InstanceNorm(4, isAffine: true), shape)
            try check("group", GroupNorm(4, groups: 2), shape)
        }

        @Test("Pooling, resampling, activations")
        func functions() throws {
            var random = stream()
            try check("maximum", Lambda.maxPool([2, 2]), [1, 2, 4, 4])
            try check("maximum 3D", Lambda.maxPool([1, 2, 2]), [1, 1, 2, 4, 2])
            try check("mean", Lambda.averagePool([2, 2]), [1, 2, 4, 4])
            try check("mean 1D", Lambda.averagePool([2]), [1, 2, 4])
            try check("linear", Lambda.upsample([2, 2]), [1, 2, 3, 2])
            try check("linear 3D", Lambda.upsample([1, 2, 2]), [1, 1, 2, 2, 2])
            try check("nearest", Lambda.upsample([2, 3], .nearest), [1, 1, 2, 2])
            try check("cubic", Lambda { try $0.resized(to: [5, 5], .cubic) }, [1, 1, 3, 3])
            try check("shuffled", Lambda { try $0.pixelShuffled(2) }, [1, 4, 2, 2])
            try check("padded", Lambda { try $0.padded([(1, 2), (0, 1)], .circular) }, [1, 1, 3, 3])
            try check("relu", Lambda.relu(), [3, 4])
            try check("leaky", Lambda.leakyReLU(0.2), [3, 4])
            try check("sigmoid", Lambda { try sigmoid($0) }, [3, 4])
            try check("tanh", Lambda { try tanh($0) }, [3, 4])
            try check("softmax", Lambda { try softmax($0) }, [2, 3, 2])
            try check("log softmax", Lambda { try logSoftmax($0) }, [2, 3, 2])
            try check("prelu", PReLU(2), [2, 2, 3])
            try check("linear map", Linear(3, 2, using: &random), [2, 3])
            try check("quotient", Lambda { try ($0 + 1) / ($0 * $0 + 2) }, [3, 4])
            try check("functions", Lambda { try sqrt(exp($0)) + log($0.squared() + 1) + abs($0) }, [3, 4])
            try check(
                "statistics", Lambda { try $0.variance([1]) + $0.mean([1]) + $0.max([1]) + $0.norm([1]) }, [3, 4])
        }

        @Test("Sampling, by image and by field")
        func sampling() throws {
            let (image, field) = try (noise([1, 2, 4, 5]), noise([1, 2, 4, 5], seed: 2))
            try expectGradients("warped", [image, field]) { try image.warped(by: field) }
            let (volume, shift) = try (noise([1, 1, 3, 3, 2]), 0.3 * noise([1, 3, 3, 3, 2], seed: 2))
            try expectGradients("warped 3D", [volume, shift], location: #_sourceLocation) {
                try volume.warped(by: shift, beyond: .zero)
            }
        }

        @Test("Losses")
        func losses() throws {
            let (x, y) = try (noise([2, 3, 8, 9]), noise([2, 3, 8, 9], seed: 2))
            try expectGradients("L1", [x]) { try Loss.l1(x, y) }
            try expectGradients("L2", [x, y]) { try Loss.l2(x, y) }
            try expectGradients("smooth L1", [x]) { try Loss.smoothL1(x, y, knee: 0.7) }
            try expectGradients("SSIM", [x]) { try Loss.structuralDissimilarity(x, y, range: 4) }
            let (u, v) = try (noise([1, 1, 3, 4, 3]), noise([1, 1, 3, 4, 3], seed: 2))
            try expectGradients("SSIM 3D", [u]) {
                try Loss.structuralSimilarity(u, v, range: Tensor([4.0]), window: 3)
            }
            let labels = try Tensor((0..<144).map { Int64($0 * 7 % 3) }, shape: [2, 8, 9])
            let weights = try Tensor([1, 2, 3] as [Double])
            try expectGradients("cross-entropy", [x]) { try Loss.crossEntropy(x, labels, weights: weights) }
            try expectGradients("soft Dice", [x]) { try Loss.softDice(x, labels) }
        }

        @Test("Of complex numbers: ∂L/∂Re z + i ∂L/∂Im z")
        func complexNumbers() throws {
            let parts = try noise([2, 3, 2])
            let weights = try noise([2, 3, 2], seed: 2).viewedAsComplex()
            try expectGradients("modulus", [parts]) { try abs(parts.viewedAsComplex() * weights.conjugated()) }
            try expectGradients("L2", [parts]) { try Loss.l2(parts.viewedAsComplex(), weights) }
            try expectGradients("phase", [parts]) { try (parts.viewedAsComplex() * weights).phase }
        }
    }
}
