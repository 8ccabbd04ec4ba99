import Core
import Foundation
import Fourier
import Learning
import Testing

@testable import Models

private let interopFolder = ProcessInfo.processInfo.environment["CINEFORGE_INTEROP_DIR"]

extension ModelTests {
    /// Writes the networks that `Tests/Interop/test_models.py` computes again with PyTorch.
    @Suite("Samples of models for other tools", .enabled(if: interopFolder != nil))
    struct InteropSamplesOfModels {
        /// Writes a network's weights, with statistics of a few batches, and what it gives in use.
        private func write(
            _ name: String, _ network: some Module, _ inputs: [String: Tensor], output: () throws -> Tensor
        ) throws {
            for _ in 0..<3 { _ = try output() }
            network.setTraining(false)
            var tensors = inputs
            tensors["output"] = try output().detached()
            for (key, tensor) in network.stateDictionary { tensors["state.\(key)"] = try tensor.detached() }
            try Weights.write(
                tensors, metadata: ["network": name], to: "\(#require(interopFolder))/model_\(name).safetensors")
        }

        private func write(_ name: String, _ network: some Layer, _ input: Tensor) throws {
            try write(name, network, ["input": input]) { try network(input) }
        }

        @Test("U-Nets, the FCN and the anatomical networks")
        func layers() throws {
            var random = stream(8)
            let pools = [[2, 2], [2, 2], [2, 2], [2, 2]]
            try write("unet", UNet(width: 8, pools: pools, using: &random), noise([2, 1, 39, 36]))
            try write("fcn", FCN(using: &random), noise([2, 1, 48, 32]))
            try write("segmenter", StackSegmenter(using: &random), noise([1, 1, 3, 16, 24]))
            try write("autoencoder", LabelAutoencoder(size: [16, 16, 32], using: &random), noise([2, 4, 16, 16, 32]))
            let superResolution = try SuperResolutionNetwork(using: &random)
            let stack = try noise([1, 1, 4, 9, 8])
            try write("deconvolution", superResolution, ["input": stack]) { try superResolution(stack) }
        }

        @Test("DC-CNN of one coil, with shared data, and of three coils with the proximal step")
        func cascades() throws {
            var random = stream(9)
            let oneCoil = try Slices.oneCoil(slices: 1)
            try write("dccnn", DCCNN(using: &random), of: oneCoil)
            try write(
                "dccnn_shared", DCCNN(cascades: 2, depth: 3, width: 8, axes: 3, sharing: [0, 1, 2], using: &random),
                of: oneCoil)
            let proximal = try DCCNN(
                cascades: 2, depth: 3, width: 8, slope: 0,
                dataLayer: { try ProximalConsistency(lambda: 2, iterations: 60) }, using: &random)
            try write("dccnn_coils", proximal, of: .coils(slices: 1))
        }

        @Test("CRNN-MRI and k-t NEXT of one coil")
        func recurrent() throws {
            var random = stream(10)
            let slices = try Slices.oneCoil(slices: 1, frames: 4)
            let crnn = try CRNN(using: &random)
            try write("crnn", crnn, inputs(of: slices)) { try crnn(slices.measurement) }
            let next = try KTNext(iterations: 2, width: 16, using: &random)
            try write("kt_next", next, inputs(of: slices)) { try next(slices.measurement).images }
        }

        private func write(_ name: String, _ network: DCCNN, of slices: Slices) throws {
            try write(name, network, inputs(of: slices)) { try network(slices.measurement) }
        }

        /// What Python needs to know of one slice.
        private func inputs(of slices: Slices) throws -> [String: Tensor] {
            let encoding = try #require(slices.measurement.encoding.operators[0] as? CartesianSENSE)
            let maps = encoding.maps
            return [
                "samples": try encoding.forward(slices.truth[0]).viewedAsReal(),
                "lines": try Tensor(
                    encoding.lines.joined().map { Int64($0) }, shape: [encoding.frames, encoding.lines[0].count]),
                "maps": try Tensor(maps.values, shape: maps.range).viewedAsReal(),
            ]
        }
    }
}
