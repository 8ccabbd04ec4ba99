import Core
import Learning

/// CRNN-MRI: one recurrent network in place of a cascade, recurrent over iterations and, both ways, over time.
///
/// Five layers: a bidirectional one, three that remember the iteration before, and a convolution to the residual. All
/// iterations share their weights, 297,794 parameters.
///
/// - Shape: a measurement of N slices with T frames → [N, 2, T, Y, X].
/// - State: `bcrnn.i2h.weight` …, `conv1_x.weight`, `conv1_h.weight` … `conv4_x.weight`, and biases: the authors' PyTorch
///   names but for `bcrnn.CRNN_model.`; `dc.lambda` where the data layer has one.
/// - Reference: Qin et al. 2019, doi:10.1109/TMI.2018.2863670.
public final class CRNN: Module {
    /// The layer that goes through time.
    public let bcrnn: BidirectionalUnit
    /// Second layer, of the first.
    public let conv1X: Convolution
    /// Second layer, of itself in the iteration before.
    public let conv1H: Convolution
    /// Third layer, of the second.
    public let conv2X: Convolution
    /// Third layer, of itself in the iteration before.
    public let conv2H: Convolution
    /// Fourth layer, of the third.
    public let conv3X: Convolution
    /// Fourth layer, of itself in the iteration before.
    public let conv3H: Convolution
    /// What is added to the images.
    public let conv4X: Convolution
    /// The data layer after each iteration.
    public let dc: any DataLayer
    private let iterations: Int

    /// Makes a network with weights of a stream.
    ///
    /// - Parameters:
    ///   - iterations: 5 in the authors' code, 10 in the paper.
    ///   - width: channels of the states.
    ///   - dataLayer: the data layer; exact and without noise when nil.
    public init(
        iterations: Int = 5, width: Int = 64, dataLayer: (any DataLayer)? = nil, using random: inout Philox
    ) throws {
        func convolution(_ outputs: Int) throws -> Convolution {
            try Convolution(width, outputs, kernel: [3, 3], using: &random)
        }
        self.iterations = iterations
        bcrnn = try BidirectionalUnit(2, width, hasIterations: true, using: &random)
        (conv1X, conv1H) = (try convolution(width), try convolution(width))
        (conv2X, conv2H) = (try convolution(width), try convolution(width))
        (conv3X, conv3H) = (try convolution(width), try convolution(width))
        conv4X = try convolution(2)
        dc = try dataLayer ?? DataConsistency()
    }

    /// The reconstructed images.
    ///
    /// - Parameter start: images to begin with; the back projection when nil.
    public func callAsFunction(_ measurement: MeasuredSlices, from start: Tensor? = nil) throws -> Tensor {
        var images = try start ?? measurement.backProjectedImages(axes: 3)
        let layers = [(conv1X, conv1H), (conv2X, conv2H), (conv3X, conv3H)]
        var series: Tensor?
        var states = [Tensor?](repeating: nil, count: layers.count)
        for _ in 0..<iterations {
            let frames = try images.movedAxis(2, to: 0)
            let temporal = try bcrnn(frames, previous: series)
            series = temporal
            var x = try temporal.flattened(through: 1)
            for (index, (ofInput, ofState)) in layers.enumerated() {
                x = try relu(ofInput(x) + ofState.ofState(states[index]))
                states[index] = x
            }
            let residual = try conv4X(x).reshaped(frames.shape).movedAxis(0, to: 2)
            images = try dc(images + residual, measurement)
        }
        return images
    }
}
