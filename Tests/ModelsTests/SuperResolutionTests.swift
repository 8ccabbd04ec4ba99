import Core
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("Super-resolution")
    struct SuperResolutionTests {
        @Test("Seven layers have as many parameters as published")
        func counts() throws {
            var random = stream()
            #expect(try SuperResolutionNetwork(upLayer: nil, using: &random).parameterCount == 186_057)
            #expect(
                try SuperResolutionNetwork(kernel: [5, 3, 3], upLayer: nil, using: &random).parameterCount == 309_969)
            // The transposed convolution's 9 × 1 × 1 kernels replace 3 × 3 × 3 ones of 64 to 64 channels.
            #expect(try SuperResolutionNetwork(using: &random).parameterCount == 186_057 - 64 * 64 * (27 - 9))
            #expect(
                try SuperResolutionNetwork(widths: SuperResolutionNetwork.shallow, upLayer: nil, using: &random)
                    .parameterCount == 27 * (64 + 64 * 64 + 64 * 32 + 32) + 161)
        }

        @Test("Slices become more by interpolation at first", arguments: [1, 2, 3, 4, 5])
        func interpolation(factor: Int) throws {
            var random = stream()
            let up = try TransposedConvolution.interpolatingSlices(3, 3, factor: factor, using: &random)
            let stack = try noise([1, 3, 4, 2, 3])
            let found = try up(stack)
            #expect(found.shape == [1, 3, 4 * factor, 2, 3])
            // Beyond the first and the last slice a transposed convolution fades out.
            let inside = TensorIndex.range(factor..<3 * factor)
            let expected = try stack.interpolatingSlices(factor)
            #expect(try relativeError(found[.all, .all, inside], expected[.all, .all, inside]) < 1e-6)
        }

        @Test("A network without effect gives the interpolated stack")
        func residual() throws {
            var random = stream()
            for upLayer in [nil, 1, 2] {
                let network = try SuperResolutionNetwork(
                    factor: 3, widths: [4, 4, 3, 1], upLayer: upLayer, using: &random)
                try network.fine.last?.weight.copy(from: Tensor(Float(0)))
                let stack = try noise([2, 1, 4, 5, 6])
                let expected = try stack.interpolatingSlices(3)
                #expect(expected.shape == [2, 1, 12, 5, 6])
                #expect(try network(stack).values() == expected.values() as [Float])
            }
        }

        @Test("Every weight learns at odd and even sizes, alone and with views")
        func gradients() throws {
            var random = stream()
            for (factor, upLayer) in [(5, 1), (4, 3), (2, nil)] {
                for channels in [0, 4] {
                    let network = try SuperResolutionNetwork(
                        factor: factor, widths: [6, 6, 4, 4, 1], upLayer: upLayer, viewChannels: channels,
                        using: &random)
                    let stack = try noise([1, 1, 3, 5, 4])
                    let views = channels == 0 ? nil : try noise([1, channels, 3 * factor, 5, 4], seed: 2)
                    let output = try network(stack, views: views)
                    #expect(output.shape == [1, 1, 3 * factor, 5, 4])
                    try expectGradients(of: network, output)
                    expectError(mentions: "\(channels) channels") {
                        _ = try network(stack, views: channels == 0 ? noise([1, 2, 3, 5, 4]) : nil)
                    }
                }
            }
            expectError(mentions: "layer 6") { _ = try SuperResolutionNetwork(upLayer: 6, using: &random) }
        }

        @Test("Views share the weights of their features and are read together")
        func siamese() throws {
            var random = stream()
            let network = try SiameseSuperResolution(views: 3, widths: [6, 6, 4, 1], using: &random)
            let stack = try noise([2, 1, 3, 5, 4])
            let first = try SiameseSuperResolution.view(ofStack: stack, factor: 5)
            #expect(first.shape == [2, 2, 15, 5, 4])
            let views = try [first, noise(first.shape, seed: 2), noise(first.shape, seed: 3)]
            let output = try network(views)
            #expect(output.shape == [2, 1, 15, 5, 4])
            try expectGradients(of: network, output)
            // With the first layers' weights counted once.
            #expect(network.parameterCount == 27 * (2 * 6 + 6 * 6 + 18 * 4 + 4) + 6 + 6 + 4 + 1)
            #expect(try relativeError(network([views[0], views[2], views[1]]), output) > 1e-3)
            try network.joint.last?.weight.copy(from: Tensor(Float(0)))
            #expect(try network(views).values() == stack.interpolatingSlices(5).values() as [Float])
            expectError(mentions: "3 views") { _ = try network([first]) }
        }
    }
}
