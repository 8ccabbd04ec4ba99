import ComplexModule
import Core
import Foundation
import Storage
import Testing

@testable import Learning

extension EngineTests {
    @Suite("Weights in files")
    struct WeightsTests {
        private func network(_ seed: UInt64, width: Int = 3) throws -> Sequential {
            var random = stream(seed)
            return Sequential([
                try Convolution(1, width, kernel: [3, 3], using: &random), try BatchNorm(width), Lambda.relu(),
                try TransposedConvolution(width, 1, kernel: [2, 2], using: &random),
            ])
        }

        @Test("A network is the same after writing and reading, channels last or not")
        func roundTrip() throws {
            try withTemporaryFile("weights.safetensors") { path in
                let (first, second) = try (network(1), network(2))
                let x = try noise([2, 1, 6, 6]).converted(to: .float32)
                _ = try first(x)
                try Weights.write(first.stateDictionary, metadata: ["epoch": "3"], to: path)
                try second.setChannelsLast(false)
                let read = try Weights.read(path)
                try second.load(read.tensors)
                #expect(read.metadata == ["epoch": "3"])
                for (a, b) in zip(first.state, second.state) {
                    #expect(try a.name == b.name && a.tensor.values() == b.tensor.values() as [Float])
                }
                #expect(second.parameters.allSatisfy { $0.tensor.requiresGradient })
            }
        }

        @Test("Every type of elements keeps its bits and its shape")
        func types() throws {
            try withTemporaryFile("types.safetensors") { path in
                let ramp = try Tensor((0..<6).map { Float($0) - 0.1 }, shape: [2, 3])
                var tensors: [String: Tensor] = ["scalar": try Tensor(Float(3)), "empty": try .zeros([2, 0])]
                for type in DType.allCases where type != .complex128 {
                    tensors["\(type)"] = try ramp.converted(to: type)
                }
                tensors["turned"] = try ramp.transposed()
                tensors["conjugate"] = try Tensor([Complex<Float>(1, 2)]).conjugated()
                try Weights.write(tensors, to: path)
                let read = try Weights.read(path).tensors
                #expect(Set(read.keys) == Set(tensors.keys))
                for (name, tensor) in tensors {
                    let found = try #require(read[name])
                    #expect(found.shape == tensor.shape && found.dtype == tensor.dtype, "\(name)")
                    #expect(try Torch.callNumber("equal", found, tensor) == 1, "\(name)")
                }
                expectError(mentions: "\"z\"", "complex128") {
                    try Weights.write(["z": .zeros([1], dtype: .complex128)], to: path)
                }
                #expect(try Weights.read(path).tensors.count == tensors.count)
            }
        }

        @Test("Weights of another network are an error, and change nothing")
        func errors() throws {
            let network = try network(1)
            let before = try network.parameters.flatMap { try $0.tensor.values() as [Float] }
            var state = network.stateDictionary
            state["0.weight"] = nil
            state["0.wait"] = try .zeros([1])
            expectError(mentions: "Sequential", "missing: 0.weight", "unknown: 0.wait") { try network.load(state) }
            state["0.weight"] = network.stateDictionary["0.weight"]
            expectError(mentions: "missing: none", "unknown: 0.wait") { try network.load(state) }
            expectError(mentions: "\"0.weight\"", "[3, 1, 3, 3]", "[4, 1, 3, 3]") {
                try network.load(self.network(2, width: 4).stateDictionary)
            }
            expectError(.noInput, mentions: "/nowhere") { _ = try Weights.read("/nowhere") }
            #expect(try network.parameters.flatMap { try $0.tensor.values() as [Float] } == before)
        }
    }
}
