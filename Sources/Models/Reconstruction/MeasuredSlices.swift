import Core
import Fourier
import Learning

/// What was measured of a batch of slices: samples, and how the scanner came by them.
///
/// Data layers need no more of it than AᴴA and Aᴴy, so that Cartesian lines, radial spokes, one coil and many are the
/// same to them.
///
/// - Shape: images are [N·T, 2, Y, X] for networks along two axes and [N, 2, T, Y, X] for networks along three, of N slices
///   with T frames each; channels are the real and the imaginary part.
public struct MeasuredSlices {
    /// The encodings of the slices, side by side: [N, T, Y, X] → samples.
    public let encoding: SideBySide
    /// Aᴴy as complex images [N, T, Y, X]: zero-filled where lines are missing.
    public let backProjection: Tensor
    /// 1 where a line was read and 0 elsewhere, [N, 1, T, Y, 1]; nil unless lines were read.
    public let mask: Tensor?

    /// Takes the samples of slices.
    ///
    /// - Parameters:
    ///   - encodings: of each slice, [T, Y, X] → its samples; all of one domain.
    ///   - samples: of each slice, complex64, in the shape of its encoding's range.
    /// - Throws: `CineError(.badData)` when there are none, or shapes do not fit.
    public init(_ encodings: [any LinearOperator], samples: [Tensor]) throws {
        try self.init(encodings, samples: samples, mask: nil)
    }

    /// Takes the lines of slices.
    ///
    /// - Parameters:
    ///   - encodings: of each slice, [T, Y, X] → [T, C, L, X]; of one coil with `CoilMaps.uniform`.
    ///   - samples: of each slice, complex64, in the shape of its encoding's range.
    /// - Throws: `CineError(.badData)` when there are none, or shapes do not fit.
    public init(lines encodings: [CartesianSENSE], samples: [Tensor]) throws {
        let masks = try encodings.map { encoding in
            let (frames, height) = (encoding.domain[0], encoding.domain[1])
            var isRead = [Float](repeating: 0, count: frames * height)
            for (frame, lines) in encoding.lines.enumerated() {
                for line in lines { isRead[frame * height + line] = 1 }
            }
            return try Tensor(isRead, shape: [1, frames, height, 1])
        }
        guard !masks.isEmpty else { throw CineError(.badData, "Lines of at least one slice were expected.") }
        try self.init(encodings, samples: samples, mask: .stacked(masks))
    }

    private init(_ encodings: [any LinearOperator], samples: [Tensor], mask: Tensor?) throws {
        encoding = try SideBySide(encodings)
        guard samples.count == encodings.count, zip(encodings, samples).allSatisfy({ $0.range == $1.shape }) else {
            throw CineError(
                .badData,
                "Samples of shapes \(encodings.map(\.range)) were expected, found \(samples.map(\.shape)).")
        }
        let all = try Tensor.concatenated(samples.map { try $0.flattened() }, axis: 0)
        backProjection = try encoding.adjoint(all)
        self.mask = try mask?.converted(to: all.device)
    }

    /// The back projection as images of two channels.
    ///
    /// - Parameter axes: 2 for [N·T, 2, Y, X], 3 for [N, 2, T, Y, X].
    public func backProjectedImages(axes: Int) throws -> Tensor {
        let domain = encoding.domain
        let shape =
            axes == 2 ? [domain[0] * domain[1], 1] + domain[2...] : [domain[0], 1] + domain[1...]
        return try backProjection.reshaped(shape).complexToChannels()
    }

    /// Aᴴ(A x − y), the gradient of ½ ‖A x − y‖², of images of two channels.
    ///
    /// - Throws: `CineError(.badData)` when the images are not those that were measured.
    public func gradient(of images: Tensor) throws -> Tensor {
        try asChannels(encoding.normal(asComplex(images)) - backProjection, like: images)
    }

    /// Images of two channels as complex ones, [N, T, Y, X].
    func asComplex(_ images: Tensor) throws -> Tensor {
        let (shape, domain) = (images.shape, encoding.domain)
        guard [4, 5].contains(shape.count), shape[1] == 2, shape.reduce(1, *) == 2 * domain.reduce(1, *),
            shape.suffix(2) == domain.suffix(2)
        else {
            throw CineError(
                .badData,
                """
                Images of real and imaginary parts of \(domain) were expected, [N·T, 2, Y, X] or [N, 2, T, Y, X], \
                found \(images).
                """)
        }
        return try images.channelsToComplex().reshaped(domain)
    }

    /// Complex images [N, T, Y, X] in the shape that images of two channels have.
    func asChannels(_ complex: Tensor, like images: Tensor) throws -> Tensor {
        let shape = images.shape
        return try complex.reshaped([shape[0], 1] + shape[2...]).complexToChannels()
    }
}
