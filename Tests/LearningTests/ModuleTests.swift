import Core
import Foundation
import Testing

@testable import Learning

/// A convolution with a norm, for names.
private final class Block: Layer {
    let firstConvolution: Convolution
    let norm: BatchNorm?
    let missing: BatchNorm? = nil
    let scale: Parameter
    let note = "no state"

    init(_ channels: Int, hasNorm: Bool, using random: inout Philox) throws {
        firstConvolution = try Convolution(channels, channels, kernel: [3, 3], using: &random)
        norm = hasNorm ? try BatchNorm(channels) : nil
        scale = try Parameter(.ones([1]))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let y = try firstConvolution(x)
        return try x + scale * relu(norm?(y) ?? y)
    }
}

/// A cascade of blocks whose head is its tail.
private final class Network: Layer {
    let blocks: [Block]
    let head: Sequential
    let tail: Sequential
    let steps: [Parameter]
    let levels: [[any Layer]?]

    init(_ channels: Int = 2, seed: UInt64 = 1) throws {
        var random = stream(seed)
        blocks = try [true, false].map { try Block(channels, hasNorm: $0, using: &random) }
        head = Sequential([
            Lambda.relu(), try Convolution(channels, 1, kernel: [1, 1], hasBias: false, using: &random), Dropout(0.5),
        ])
        tail = head
        steps = try [Parameter(.zeros([])), Parameter(.zeros([]))]
        levels = [nil, [Lambda.relu(), try PReLU(channels)]]
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        try tail(blocks.reduce(x) { try $1($0) }) + steps[0] + steps[1]
    }
}

extension EngineTests {
    @Suite("Modules")
    struct ModuleTests {
        @Test("State is named as in a PyTorch state dictionary, what is shared once")
        func names() throws {
            let network = try Network()
            #expect(
                network.state.map(\.name) == [
                    "blocks.0.first_convolution.weight", "blocks.0.first_convolution.bias", "blocks.0.norm.weight",
                    "blocks.0.norm.bias", "blocks.0.norm.running_mean", "blocks.0.norm.running_var",
                    "blocks.0.norm.num_batches_tracked", "blocks.0.scale", "blocks.1.first_convolution.weight",
                    "blocks.1.first_convolution.bias", "blocks.1.scale", "head.1.weight", "steps.0", "steps.1",
                    "levels.1.1.weight",
                ])
            #expect(network.parameters.count == 12)
            #expect(network.parameterCount == 2 * (36 + 2 + 1) + 4 + 2 + 2 + 2)
        }

        @Test("A 2D cascade D5-C5 has the published 565,770 parameters")
        func publishedCount() throws {
            // Schlemper et al. 2018: five unshared cascades of 2 → 64 → 64 → 64 → 64 → 2 channels.
            var random = stream()
            let widths = [2, 64, 64, 64, 64, 2]
            let cascades = try (0..<5).map { _ in
                Sequential(
                    try zip(widths, widths.dropFirst()).map { try Convolution($0, $1, kernel: [3, 3], using: &random) })
            }
            #expect(Sequential(cascades).parameterCount == 565_770)
        }

        @Test("Training mode reaches every module within")
        func modes() throws {
            let network = try Network()
            let x = try noise([2, 2, 4, 4]).converted(to: .float32)
            let first = try network(x).values() as [Float]
            #expect(try network(x).values() != first)
            _ = try network(x)
            network.setTraining(false)
            #expect(network.blocks[0].norm?.isTraining == false)
            #expect(try network(x).values() == network(x).values() as [Float])
            #expect(try network.blocks[0].norm?.numBatchesTracked.item() == 3)
        }

        @Test("Running statistics are PyTorch's: momentum 0.1, unbiased variance")
        func statistics() throws {
            let norm = try BatchNorm(1)
            _ = try norm(Tensor([1, 3] as [Float], shape: [2, 1]))
            // Mean 2, unbiased variance 2.
            #expect(try Swift.abs(norm.runningMean.item() - 0.2) < 1e-6)
            #expect(try Swift.abs(norm.runningVar.item() - (0.9 + 0.2)) < 1e-6)
        }

        @Test("Weights begin uniform in ±1/√fan-in, or as asked, by the stream alone")
        func initialisation() throws {
            var random = stream()
            let layer = try Convolution(4, 500, kernel: [3, 3], using: &random)
            let bound = 1 / 36.0.squareRoot()
            for tensor in layer.parameters.map(\.tensor) {
                #expect(try abs(tensor).max().item() <= bound && abs(tensor).max().item() > 0.98 * bound)
                // The error of a mean of n uniform numbers is bound / √(3 n); five of them.
                #expect(try Swift.abs(tensor.mean().item()) < 5 * bound / (3 * Double(tensor.count)).squareRoot())
            }
            let up = try TransposedConvolution(500, 4, kernel: [2, 2], using: &random)
            #expect(try abs(up.weight).max().item() <= 0.25 && abs(up.weight).max().item() > 0.24)
            let he = try Convolution(4, 500, kernel: [3, 3], initialisation: .he, using: &random)
            // The error of a standard deviation of n numbers is 1 / √(2n), here 0.5 %; five of them.
            #expect(try Swift.abs(he.weight.flattened().variance([0]).item() / (2.0 / 36) - 1) < 0.05)
            #expect(try abs(he.bias ?? he.weight).max().item() == 0)
            let zero = try Convolution(4, 5, kernel: [3, 3], initialisation: .zero, using: &random)
            #expect(try abs(zero.weight).max().item() == 0)
            let (a, b) = try (Network(seed: 3), Network(seed: 3))
            for (first, second) in zip(a.state, b.state) {
                #expect(try first.tensor.values() == second.tensor.values() as [Float])
            }
        }

        @Test("Frozen weights pass gradients on and get none")
        func frozen() throws {
            let network = try Network()
            network.setTraining(false)
            try network.setTrainable(false)
            let x = try noise([1, 2, 4, 4]).converted(to: .float32).requiringGradient()
            try network(x).sum().backward()
            #expect(try x.gradient != nil && network.parameters.allSatisfy { try $0.tensor.gradient == nil })
            try network.setTrainable(true)
            try network(x).sum().backward()
            #expect(try network.parameters.contains { try $0.tensor.gradient != nil })
            try network.clearGradients()
            #expect(try network.parameters.allSatisfy { try $0.tensor.gradient == nil })
        }

        @Test("Channels last is how images come out, and changes no more than round-off")
        func channelsLast() throws {
            var random = stream()
            let layer = Sequential([try Convolution(16, 16, kernel: [3, 3], using: &random), Lambda.relu()])
            let x = try noise([2, 16, 8, 8]).converted(to: .float32)
            try layer.setChannelsLast(true)
            let last = try layer(x)
            #expect(last.isContiguous(.channelsLast) && !last.isContiguous())
            try layer.setChannelsLast(false)
            let first = try layer(x)
            #expect(first.isContiguous())
            // Sums of 144 products in single precision.
            #expect(try relativeError(last, first) < 1e-5)
        }

        @Test("A layer that cannot be is an error that says why")
        func errors() throws {
            var random = stream()
            expectError(mentions: "odd kernel", "[2, 2]") { _ = try Convolution(1, 1, kernel: [2, 2], using: &random) }
            expectError(mentions: "3 to 4 channels in 2 groups") {
                _ = try Convolution(3, 4, kernel: [3, 3], groups: 2, using: &random)
            }
            expectError(mentions: "[2, 2]", "[2]") {
                _ = try TransposedConvolution(1, 1, kernel: [2, 2], stride: [2], using: &random)
            }
            let layer = try Convolution(2, 3, kernel: [3, 3], using: &random)
            expectError(mentions: "conv2d", "[1, 4, 8, 8] float32", "[3, 2, 3, 3] float32") {
                _ = try layer(Tensor.zeros([1, 4, 8, 8]))
            }
            let image = try Tensor.zeros([1, 1, 4, 4])
            expectError(mentions: "[N, 2, ..]", "[1, 3, 4, 4]") { _ = try image.warped(by: .zeros([1, 3, 4, 4])) }
            expectError(mentions: "7 wide") { _ = try Loss.structuralDissimilarity(image, image) }
        }

        @Test("A warp by whole samples moves the image; beyond the edge is what was asked")
        func warp() throws {
            let image = try Tensor((0..<12).map { Float($0) }, shape: [1, 1, 3, 4])
            let right = try Tensor.stacked([.ones([1, 3, 4]), .zeros([1, 3, 4])], axis: 1)
            let expected = [1, 2, 3, 3, 5, 6, 7, 7, 9, 10, 11, 11] as [Float]
            #expect(try relativeError(image.warped(by: right), Tensor(expected, shape: [1, 1, 3, 4])) < 1e-6)
            let down = try Tensor.stacked([.zeros([1, 3, 4]), .ones([1, 3, 4])], axis: 1)
            let lower = [4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0] as [Float]
            #expect(
                try relativeError(image.warped(by: down, beyond: .zero), Tensor(lower, shape: [1, 1, 3, 4])) < 1e-6)
            // One frame: the axis has one sample, which is wherever one looks.
            let frame = try image.reshaped([1, 1, 1, 3, 4])
            #expect(try relativeError(frame.warped(by: .zeros([1, 3, 1, 3, 4])), frame) < 1e-6)
        }

        @Test("Losses against closed forms")
        func losses() throws {
            let (x, y) = try (Tensor([0.0, 1, 3]), Tensor([0.0, 0.5, 1]))
            #expect(try Swift.abs(Loss.l1(x, y).item() - 2.5 / 3) < 1e-12)
            #expect(try Swift.abs(Loss.l2(x, y).item() - 4.25 / 3) < 1e-12)
            // 0.5 · 0.5² / 1 and 2 − 1 / 2.
            #expect(try Swift.abs(Loss.smoothL1(x, y, knee: 1).item() - (0.125 + 1.5) / 3) < 1e-12)
            let z = try Tensor([3.0, 4], shape: [1, 2]).viewedAsComplex()
            #expect(try Loss.l2(z, z * 0).item() == 25 && Loss.l1(z, z * 0).item() == 5)
            let image = try noise([1, 1, 9, 9])
            #expect(try Swift.abs(Loss.structuralDissimilarity(image, image).item()) < 1e-12)
            // Of images without structure only means are compared: (2 a b + c₁) / (a² + b² + c₁).
            let flat = try image * 0
            let expected = (2 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4)
            #expect(try Swift.abs(Loss.structuralDissimilarity(flat + 0.2, flat + 0.6).item() - (1 - expected)) < 1e-12)
            let logits = try Tensor([0.0, 0, 0, 0], shape: [1, 2, 2])
            let labels = try Tensor([0, 1] as [Int64], shape: [1, 2])
            #expect(try Swift.abs(Loss.crossEntropy(logits, labels).item() - log(2.0)) < 1e-12)
            // Probabilities ½: of class 1, (2 · ½ + 1) / (1 + 1 + 1).
            #expect(try Swift.abs(Loss.softDice(logits, labels).item() - (1 - 2.0 / 3)) < 1e-12)
        }

        @Test("SSIM agrees with the sums of its definition", arguments: [[6, 5], [4, 5, 3]])
        func similarity(size: [Int]) throws {
            let (window, count) = (3, size.reduce(1, *))
            let (a, b) = try (
                noise([2, 1] + size).values() as [Double], noise([2, 1] + size, seed: 2).values() as [Double]
            )
            let ranges = [1.5, 4]
            // Any number of axes as three, of which the first may have but one sample and window.
            let full = [Int](repeating: 1, count: 3 - size.count) + size
            let reach = full.map { $0 == 1 ? 1 : window }
            var sum = 0.0
            var places = 0
            for image in 0..<2 {
                for z in 0...full[0] - reach[0] {
                    for y in 0...full[1] - reach[1] {
                        for x in 0...full[2] - reach[2] {
                            var indices: [Int] = []
                            for dz in 0..<reach[0] {
                                for dy in 0..<reach[1] {
                                    for dx in 0..<reach[2] {
                                        let plane = (z + dz) * full[1] + y + dy
                                        indices.append(image * count + plane * full[2] + x + dx)
                                    }
                                }
                            }
                            let n = Double(indices.count)
                            let (ma, mb) = (indices.reduce(0) { $0 + a[$1] } / n, indices.reduce(0) { $0 + b[$1] } / n)
                            let va = indices.reduce(0) { $0 + (a[$1] - ma) * (a[$1] - ma) } / (n - 1)
                            let vb = indices.reduce(0) { $0 + (b[$1] - mb) * (b[$1] - mb) } / (n - 1)
                            let cov = indices.reduce(0) { $0 + (a[$1] - ma) * (b[$1] - mb) } / (n - 1)
                            let (c1, c2) = (ranges[image] * 0.01, ranges[image] * 0.03)
                            let above = (2 * ma * mb + c1 * c1) * (2 * cov + c2 * c2)
                            sum += above / ((ma * ma + mb * mb + c1 * c1) * (va + vb + c2 * c2))
                            places += 1
                        }
                    }
                }
            }
            let found = try Loss.structuralSimilarity(
                Tensor(a, shape: [2, 1] + size), Tensor(b, shape: [2, 1] + size), range: Tensor(ranges), window: window)
            #expect(try Swift.abs(found.item() - sum / Double(places)) < 1e-12)
        }
    }
}
