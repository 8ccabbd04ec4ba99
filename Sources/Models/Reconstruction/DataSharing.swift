import Core
import Fourier
import Learning

/// Data sharing: images of the same frame whose missing lines come from its neighbours in time.
///
/// At distance n, a line that frame t did not read is the mean of those that frames t − n … t + n read, and stays empty
/// where none did. Frames follow each other in a circle. Once k-space has been filled by a cascade, the mean is over all
/// 2n + 1 frames.
///
/// - Shape: images [N, 2, T, Y, X] → [N, 2 (1 + distances), T, Y, X], the images themselves first.
/// - Cost: one Fourier transform, and one more for each distance.
/// - Reference: Schlemper et al. 2018, doi:10.1109/TMI.2017.2760978, section III-C.
public struct DataSharing {
    /// Distances of the authors' code.
    public static let published = [0, 1, 2, 3, 4]
    /// How many frames before and after are shared, one for each pair of channels.
    public let distances: [Int]

    /// Shares data at distances.
    public init(distances: [Int] = DataSharing.published) { self.distances = distances }

    /// The images, and for each distance those with shared data.
    ///
    /// - Parameter isDense: whether k-space is filled already.
    /// - Throws: `CineError(.badData)` when no lines were read, or images are no series of frames.
    public func callAsFunction(_ images: Tensor, _ measurement: MeasuredSlices, isDense: Bool) throws -> Tensor {
        guard let mask = measurement.mask, images.rank == 5 else {
            throw CineError(
                .badData,
                "Data can be shared between the lines of frames [N, 2, T, Y, X], found \(images) of other data.")
        }
        let fourier = try ImageFourier(shape: Array(images.shape.suffix(2)))
        let kSpace = try fourier.forward(images.channelsToComplex())
        var result = [images]
        for distance in distances {
            let count =
                try isDense ? mask.onesLike() * Double(2 * distance + 1) : shared(mask, distance).clamped(from: 1)
            let filled = try mask * kSpace + (1 - mask) * (shared(kSpace, distance) / count)
            result.append(try fourier.adjoint(filled).complexToChannels())
        }
        return try .concatenated(result, axis: 1)
    }

    /// Sums over frames t − n … t + n, in a circle.
    private func shared(_ frames: Tensor, _ distance: Int) throws -> Tensor {
        try (-distance...distance).filter { $0 != 0 }.reduce(frames) { try $0 + frames.rolled([$1], axes: [2]) }
    }
}
