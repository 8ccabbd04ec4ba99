import Core
import Fourier
import Learning
import Testing

@testable import Models

extension ModelTests {
    @Suite("CRNN-MRI and k-t NEXT")
    struct RecurrentTests {
        @Test("Parameters are as many as published")
        func counts() throws {
            var random = stream()
            #expect(try CRNN(using: &random).parameterCount == 297_794)
            #expect(try KTNext(using: &random).parameterCount == 1_496_080)
            #expect(try KTNext(iterations: 1, using: &random).parameterCount == 374_020)
        }

        @Test("A layer goes through time both ways, frame by frame", arguments: [false, true])
        func bidirectional(hasIterations: Bool) throws {
            var random = stream()
            let unit = try BidirectionalUnit(
                2, 3, dilation: 2, hasIterations: hasIterations, slope: 0.1, using: &random)
            let series = try noise([4, 2, 2, 5, 6])
            let previous = hasIterations ? try noise([4, 2, 3, 5, 6], seed: 2) : nil
            func passed(_ order: [Int]) throws -> [Tensor] {
                var (state, states) = (try Tensor.zeros([2, 3, 5, 6]), [Int: Tensor]())
                for frame in order {
                    var sum = try unit.i2h(series[.at(frame)]) + unit.h2h(state)
                    if let previous { sum = try sum + (unit.ih2ih?(previous[.at(frame)]) ?? sum) }
                    state = try leakyReLU(sum, slope: 0.1)
                    states[frame] = state
                }
                return (0..<4).compactMap { states[$0] }
            }
            let expected = try zip(passed([0, 1, 2, 3]), passed([3, 2, 1, 0])).map { try $0 + $1 }
            // Sums of some fifty products in single precision.
            #expect(try relativeError(unit(series, previous: previous), .stacked(expected)) < 1e-6)
            guard hasIterations else { return }
            // Without an iteration before, its state is zero.
            let zero = try unit(series, previous: .zeros([4, 2, 3, 5, 6]))
            #expect(try relativeError(unit(series), zero) < 1e-6)
        }

        @Test("Every weight learns, at odd and even sizes, with coils, too")
        func gradients() throws {
            for slices in try [Slices.oneCoil(), Slices.coils()] {
                var random = stream()
                let expected = try slices.measurement.backProjectedImages(axes: 3).shape
                let crnn = try CRNN(
                    iterations: 2, width: 4, dataLayer: ProximalConsistency(), using: &random)
                let images = try crnn(slices.measurement)
                #expect(images.shape == expected)
                try expectGradients(of: crnn, images)
                let next = try KTNext(iterations: 2, width: 4, dataLayer: { try GradientStep() }, using: &random)
                let result = try next(slices.measurement)
                #expect(result.images.shape == expected && result.spectrum.shape == expected)
                try expectGradients(of: next, result.images)
            }
        }

        @Test("Networks without effect give consistent images: zero-filled, and the lines' mean over time")
        func identity() throws {
            var random = stream()
            let slices = try Slices.oneCoil(slices: 1, frames: 4)
            let crnn = try CRNN(iterations: 2, width: 4, using: &random)
            for tensor in [crnn.conv4X.weight, crnn.conv4X.bias] { try tensor?.copy(from: Tensor(Float(0))) }
            let zeroFilled = try slices.measurement.backProjectedImages(axes: 3)
            // Single precision after four Fourier transforms.
            #expect(try relativeError(crnn(slices.measurement), zeroFilled) < 1e-6)
            let next = try KTNext(iterations: 1, width: 4, using: &random)
            let last = [next.xfConvBlocks[0].layers.last as? Convolution, next.xtConvBlocks[0].conv4X]
            for tensor in last.flatMap({ [$0?.weight, $0?.bias] }) { try tensor?.copy(from: Tensor(Float(0))) }
            let (images, spectrum) = try next(slices.measurement)
            // Lines that no frame read are empty, others are the mean of those that frames read.
            let mask = try #require(slices.measurement.mask)
            let fourier = try ImageFourier(shape: [9, 8])
            let k = try fourier.forward(zeroFilled.channelsToComplex())
            let mean = try k.sum([2], keepingAxes: true) / mask.sum([2], keepingAxes: true).clamped(from: 1)
            let expected = try mask * k + (1 - mask) * mean
            #expect(try relativeError(fourier.forward(images.channelsToComplex()), expected) < 2e-6)
            let temporal = try TemporalFourier(shape: [4, 9, 8])
            #expect(
                try relativeError(temporal.adjoint(spectrum.channelsToComplex()), images.channelsToComplex()) < 2e-6)
            expectError(mentions: "Lines") { _ = try next(Slices.spokes().measurement) }
        }
    }
}
