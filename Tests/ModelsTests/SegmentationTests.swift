import Core
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("FCN and U-Net")
    struct SegmentationTests {
        @Test("The FCN has as many parameters as published")
        func counts() throws {
            var random = stream()
            #expect(try FCN(using: &random).parameterCount == 1_985_556)
            #expect(try FCN(width: 8, using: &random).parameterCount == 512_492)
        }

        @Test("The FCN gives logits at any size, those of the padded image")
        func sizes() throws {
            var random = stream()
            let network = try FCN(inputs: 1, classes: 3, width: 2, using: &random)
            network.setTraining(false)
            for size in [[16, 16], [32, 16], [17, 20], [5, 31]] {
                #expect(try network(noise([1, 1] + size)).shape == [1, 3] + size)
            }
            let small = try noise([1, 1, 20, 17])
            // 12 rows of zeros are 6 and 6, 15 columns 7 and 8.
            let whole = try network(small.padded([(7, 8), (6, 6)]))
            #expect(
                try network(small).values() == whole[.all, .all, .range(6..<26), .range(7..<24)].values() as [Float])
        }

        @Test(
            "Fixed interpolation puts sample i at f i + f − 1 − ⌊(f − 1)/2⌋, linear between", arguments: [2, 4, 8, 16])
        func interpolation(factor: Int) throws {
            let up = try BilinearUpsampling(2, factor: factor)
            let ramp = try Tensor((0..<5).map { Float($0) }, shape: [1, 1, 1, 5]).expanded(to: [1, 2, 5, 5])
                .contiguous()
            let found = try up(ramp)
            #expect(found.shape == [1, 2, 5 * factor, 5 * factor])
            let first = factor - 1 - (factor - 1) / 2
            let row = try found[0, 1, .at(2 * factor + first)].values() as [Float]
            // Between samples 0 and 4 the row is (x − first) / f.
            for x in first...first + 4 * factor {
                #expect(Swift.abs(row[x] - Float(x - first) / Float(factor)) < 1e-5)
            }
            #expect(up.parameters.isEmpty && up.state.map(\.name) == ["kernel"])
        }

        @Test("Units pad as TensorFlow does: after the image")
        func padding() throws {
            var random = stream()
            let unit = try ConvolutionUnit(1, 1, kernel: [3, 3], stride: [2, 2], using: &random)
            unit.setTraining(false)
            try unit.convolution.weight.copy(
                from: Tensor([0, 0, 0, 0, 1, 0, 0, 0, 0] as [Float], shape: [1, 1, 3, 3]))
            let image = try Tensor((0..<16).map { Float($0) }, shape: [1, 1, 4, 4])
            // The kernel's centre sees the second pixel of each pair, over √(1 + ε) of the fresh normalisation.
            let found = try unit(image).values() as [Float]
            for (value, expected) in zip(found, [5, 7, 13, 15] as [Float]) {
                #expect(Swift.abs(value - expected) < 1e-3)
            }
        }

        @Test("Every weight of the FCN learns")
        func gradientsOfFCN() throws {
            var random = stream()
            let network = try FCN(classes: 2, width: 2, using: &random)
            try expectGradients(of: network, network(noise([2, 1, 32, 32])))
            let names = network.state.map(\.name)
            for name in [
                "levels.0.0.convolution.weight", "levels.4.2.norm.running_var", "same_dim.4.norm.bias", "up.3.kernel",
                "out.0.convolution.weight", "out.2.weight", "out.2.bias",
            ] {
                #expect(names.contains(name))
            }
        }

        @Test("fastMRI's U-Net has as many parameters, under the same names")
        func unet() throws {
            var random = stream()
            let network = try UNet(using: &random)
            #expect(network.parameterCount == 7_756_097)
            var names: [String] = []
            func block(_ name: String) { names += ["\(name).layers.0.weight", "\(name).layers.4.weight"] }
            for level in 0..<4 { block("down_sample_layers.\(level)") }
            block("conv")
            for level in 0..<3 { block("up_conv.\(level)") }
            block("up_conv.3.0")
            names += ["up_conv.3.1.weight", "up_conv.3.1.bias"]
            for level in 0..<4 { names.append("up_transpose_conv.\(level).layers.0.weight") }
            #expect(network.state.map(\.name) == names)
        }

        @Test("A U-Net works at odd and even sizes along two and three axes, and every weight learns")
        func sizesOfUNet() throws {
            var random = stream()
            let flat = try UNet(inputs: 2, outputs: 3, width: 4, pools: [[2, 2], [2, 2]], using: &random)
            for size in [[16, 12], [13, 11], [10, 15]] {
                let output = try flat(noise([1, 2] + size))
                #expect(output.shape == [1, 3] + size)
                try expectGradients(of: flat, output)
            }
            let thick = try UNet(outputs: 4, width: 2, pools: [[1, 2, 2], [2, 2, 2], [3, 2, 2]], using: &random)
            for size in [[6, 16, 16], [13, 17, 19]] {
                let output = try thick(noise([2, 1] + size))
                #expect(output.shape == [2, 4] + size)
                try expectGradients(of: thick, output)
            }
            expectError(mentions: "[2, 2, 2]") {
                _ = try UNet(pools: [[2, 2], [2, 2, 2]], using: &random)
            }
        }

        @Test("Dropout takes whole channels, in training alone")
        func dropout() throws {
            var random = stream()
            let network = try UNet(width: 4, pools: [[2, 2]], dropout: 0.5, using: &random)
            let image = try noise([1, 1, 8, 8])
            #expect(try network(image).values() != network(image).values() as [Float])
            network.setTraining(false)
            #expect(try network(image).values() == network(image).values() as [Float])
        }

        @Test("Enhancement follows the scale and level of its images")
        func enhancement() throws {
            var random = stream()
            let network = try ImageEnhancement(UNet(width: 4, pools: [[2, 2]], using: &random))
            let image = try noise([2, 1, 9, 8])
            let output = try network(image)
            #expect(output.shape == image.shape)
            // Single precision of numbers around 1000.
            #expect(try relativeError(network(50 * image + 1000), 50 * output + 1000) < 1e-5)
            try expectGradients(of: network, output)
            #expect(try network(Tensor.ones([1, 1, 8, 8])).isFinite())
        }
    }
}
