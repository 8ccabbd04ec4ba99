import Core
import Learning

/// DC-CNN: a deep cascade of networks that remove aliasing, each followed by a data layer.
///
/// Dn-Cm of the paper is `depth` n and `cascades` m. Along two axes, D5-C5 has 565,770 parameters; along three (frames,
/// y, x), a cascade has 338,946, and D5-C10 with data sharing 3,562,260.
///
/// - Shape: a measurement of N slices → [N·T, 2, Y, X] along two axes, [N, 2, T, Y, X] along three.
/// - State: `conv_blocks.c.l.weight`, `.bias` as in the authors' PyTorch code, whose weights it loads; l = 0, 2, 4 …
/// - Convention: rectifiers with slope 0.01 as in that code; 0 is the paper's.
/// - Reference: Schlemper et al. 2018, doi:10.1109/TMI.2017.2760978.
public final class DCCNN: Module {
    /// The networks of the cascades.
    public let convBlocks: [Sequential]
    /// The data layer after each.
    public let dcs: [any DataLayer]
    private let axes: Int
    private let sharing: DataSharing?

    /// Makes a cascade with weights of a stream.
    ///
    /// - Parameters:
    ///   - axes: 2 for frames by themselves, 3 for series.
    ///   - sharing: distances of frames whose data are shared before each cascade, as `DataSharing.published`; none when
    ///     empty. It needs three axes and lines of k-space.
    ///   - isShared: whether all cascades have the weights of the first.
    ///   - slope: of the rectifiers below 0.
    ///   - dataLayer: makes the data layer of each cascade.
    /// - Throws: `CineError(.badData)` for numbers that make no network.
    public init(
        cascades: Int = 5, depth: Int = 5, width: Int = 64, axes: Int = 2, sharing: [Int] = [], isShared: Bool = false,
        slope: Double = 0.01, dataLayer: () throws -> any DataLayer = { try DataConsistency() },
        using random: inout Philox
    ) throws {
        guard cascades > 0, depth > 1, [2, 3].contains(axes), sharing.isEmpty || axes == 3 else {
            throw CineError(
                .badData,
                """
                A cascade was expected to have 2 axes, or 3 where data are shared, and at least 2 layers, found \
                \(axes) axes and \(depth) layers in \(cascades) cascades.
                """)
        }
        self.axes = axes
        self.sharing = sharing.isEmpty ? nil : DataSharing(distances: sharing)
        let widths = [2 * (1 + sharing.count)] + [Int](repeating: width, count: depth - 1) + [2]
        func block() throws -> Sequential { try .chain(widths, axes: axes, slope: slope, using: &random) }
        let first = try block()
        convBlocks = try (0..<cascades).map { $0 == 0 || isShared ? first : try block() }
        dcs = try convBlocks.map { _ in try dataLayer() }
    }

    /// The reconstructed images.
    ///
    /// - Parameter start: images to begin with; the back projection when nil.
    public func callAsFunction(_ measurement: MeasuredSlices, from start: Tensor? = nil) throws -> Tensor {
        var images = try start ?? measurement.backProjectedImages(axes: axes)
        for (index, (block, dataLayer)) in zip(convBlocks, dcs).enumerated() {
            let input = try sharing?(images, measurement, isDense: index > 0) ?? images
            images = try dataLayer(images + block(input), measurement)
        }
        return images
    }
}
