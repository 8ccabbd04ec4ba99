import Core
import Learning

extension Sequential {
    /// Convolutions of 3 samples along each axis with leaky rectifiers between them; the last is linear.
    ///
    /// - Parameters:
    ///   - widths: channels in, then those that each convolution gives.
    ///   - dilation: of all but the first and the last.
    static func chain(
        _ widths: [Int], axes: Int, dilation: Int = 1, slope: Double, using random: inout Philox
    ) throws -> Sequential {
        var layers: [any Layer] = []
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            if index > 0 { layers.append(Lambda.leakyReLU(slope)) }
            let isInner = index > 0 && index < widths.count - 2
            layers.append(
                try Convolution(
                    inputs, outputs, kernel: [Int](repeating: 3, count: axes),
                    dilation: [Int](repeating: isInner ? dilation : 1, count: axes), initialisation: .he,
                    using: &random))
        }
        return Sequential(layers)
    }
}
