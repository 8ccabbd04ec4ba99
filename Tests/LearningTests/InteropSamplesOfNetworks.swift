import ComplexModule
import Core
import Foundation
import Testing

@testable import Learning

extension EngineTests {
    /// Writes the networks that `Tests/Interop/test_networks.py` computes again with PyTorch.
    @Suite(
        "Samples of networks for other tools",
        .enabled(if: ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"] != nil))
    struct InteropSamplesOfNetworks {
        /// An image network, a volume network and one of lines, whose layers `torch_networks.py` names likewise.
        private func networks() throws -> [(name: String, network: Sequential, shape: [Int])] {
            var random = stream(4)
            // Biases before a norm have no influence, and steps along their gradients, which are round-off, no meaning.
            let image = Sequential([
                try Convolution(2, 8, kernel: [3, 3], hasBias: false, using: &random), try BatchNorm(8), Lambda.relu(),
                try Convolution(8, 8, kernel: [3, 3], dilation: [2, 2], groups: 2, hasBias: false, using: &random),
                try InstanceNorm(8, isAffine: true), Lambda.leakyReLU(0.2), Lambda.maxPool([2, 2]),
                try Convolution(8, 16, kernel: [3, 3], stride: [2, 2], padding: .samples([1, 1]), using: &random),
                try GroupNorm(16, groups: 4), try PReLU(16), Lambda.upsample([2, 2]),
                try TransposedConvolution(16, 4, kernel: [2, 2], using: &random), Lambda.averagePool([2, 2]),
                Lambda { try sigmoid($0) }, Lambda.upsample([2, 2], .nearest), Lambda { try softmax($0) },
                try Linear(16, 5, using: &random), Lambda { try tanh($0) },
            ])
            let volume = Sequential([
                try Convolution(1, 4, kernel: [1, 3, 3], hasBias: false, using: &random), try BatchNorm(4),
                Lambda.relu(),
                Lambda.maxPool([1, 2, 2]), Lambda.upsample([2, 2, 2]),
                try TransposedConvolution(
                    4, 2, kernel: [3, 3, 3], stride: [1, 2, 2], padding: [1, 1, 1], using: &random),
                Lambda { try logSoftmax($0) },
            ])
            let line = Sequential([
                try Convolution(3, 4, kernel: [5], using: &random), Lambda.relu(), Lambda.upsample([3]),
                try TransposedConvolution(4, 2, kernel: [2], using: &random),
            ])
            return [
                ("image", image, [2, 2, 16, 16]), ("volume", volume, [1, 1, 4, 8, 8]), ("line", line, [2, 3, 9]),
            ]
        }

        @Test("Networks, what they give, and their weights after steps of each optimiser")
        func write() throws {
            let folder = try #require(ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"])
            for (name, network, shape) in try networks() {
                let input = try noise(shape, seed: 5).converted(to: .float32)
                let first = try network.stateDictionary.mapValues { try $0.detached().copied() }
                let output = try network(input).detached()
                let truth = try noise(output.shape, seed: 6).converted(to: .float32)
                var tensors = ["input": input, "output": output, "truth": truth]
                for (key, tensor) in first { tensors["before.\(key)"] = tensor }
                let optimisers: [(String, any Optimiser)] = [
                    ("adam", Adam(network.parameters, rate: 0.01, decay: 0.1)),
                    ("sgd", SGD(network.parameters, rate: 0.01, momentum: 0.9, isNesterov: true, decay: 0.1)),
                ]
                for (kind, optimiser) in optimisers {
                    try network.load(first)
                    for _ in 0..<3 {
                        try optimiser.clearGradients()
                        try Loss.smoothL1(network(input), truth, knee: 0.5).backward()
                        try optimiser.clipGradients(to: 0.1)
                        try optimiser.step()
                    }
                    for (key, tensor) in network.state { tensors["\(kind).\(key)"] = try tensor.detached().copied() }
                }
                try Weights.write(tensors, metadata: ["network": name], to: "\(folder)/\(name).safetensors")
            }
            let ramp = try Tensor((0..<6).map { Float($0) }, shape: [2, 3])
            var types = [
                "transposed": try ramp.transposed(), "empty": try .zeros([0, 3]), "scalar": try Tensor(Float(3)),
            ]
            for type in [DType.float64, .float32, .float16, .int64, .int32, .uint8, .bool] {
                types["\(type)"] = try ramp.converted(to: type)
            }
            try Weights.write(types, metadata: ["note": "ü/\"quoted\""], to: "\(folder)/types.safetensors")
        }
    }
}
