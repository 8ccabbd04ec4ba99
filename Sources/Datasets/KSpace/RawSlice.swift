import Core
import Fourier
import Storage

/// The raw data of one slice, of ours or of others, and what is known beside them.
public struct RawSlice: Sendable {
    /// Frames, T.
    public let frames: Int
    /// Coils, C.
    public let coils: Int
    /// Readouts of a frame, L.
    public let lines: Int
    /// Samples of a readout, N.
    public let readout: Int
    /// Pixels of the image along x and y.
    public let imageSize: SIMD2<Int>
    /// [T, C, L, N].
    public let samples: [ComplexFloat]
    /// Where in k-space the samples lie.
    public let encoding: KSpaceSlice.Encoding
    /// E[n nᴴ] of the noise, [C, C]; nil when it is not known.
    public let noiseCovariance: [ComplexFloat]?
    /// True sensitivities, [C, Y, X]; nil for data of others.
    public let coilMaps: [ComplexFloat]?
    /// The images that a perfect scan would have given, [T, Y, X]; nil for data of others.
    public let reference: [ComplexFloat]?

    /// A slice of one of our files.
    ///
    /// - Throws: `CineError` when the file is damaged.
    public init(_ view: KSpaceView, slice: Int) throws {
        let data = try view.slice(slice)
        (frames, coils, lines, readout) = (data.frames, data.coils, data.lines, data.readout)
        imageSize = data.imageSize
        samples = data.samples
        encoding = data.encoding
        noiseCovariance = view.noiseCovariance.contains { $0 != .zero } ? view.noiseCovariance : nil
        coilMaps = try view.coilMaps(slice)
        reference = try view.reference(slice)
    }

    /// A slice of an MRD file: its images, one frame each.
    ///
    /// - Throws: `CineError` when frames differ in what was read of them, or the file is damaged.
    public init(_ scan: MRDScan, slice: Int) throws {
        let images = try scan.slices[slice].map(scan.read)
        let path = scan.file.path
        let first = images[0]
        let count = first.headers.count
        guard images.allSatisfy({ $0.coils == first.coils && $0.readout == first.readout && $0.headers.count == count })
        else {
            throw CineError(
                .badData,
                "\(path): expected images of as many coils, readouts and samples each, found images of"
                    + " \(Set(images.map(\.headers.count)).sorted()) readouts. Write them to separate files.")
        }
        (frames, coils, lines, readout) = (images.count, first.coils, count, first.readout)
        let (encoded, recon) = (scan.encoding.encodedSpace, scan.encoding.reconSpace)
        let isCartesian = first.trajectory.isEmpty
        let width = Int((Double(encoded.matrix.x) * recon.fovMM.x / encoded.fovMM.x).rounded())
        imageSize =
            isCartesian
            ? [min(max(width, 1), encoded.matrix.x), encoded.matrix.y] : [recon.matrix.x, recon.matrix.y]
        samples = images.flatMap(\.samples)
        encoding = isCartesian ? .cartesian(images.flatMap(\.lines)) : .trajectory(images.flatMap(\.trajectory))
        noiseCovariance = try Self.covariance(scan.noiseSamples())
        coilMaps = nil
        reference = nil
    }

    /// The same slice with other samples.
    init(_ other: RawSlice, samples: [ComplexFloat]) {
        (frames, coils, lines, readout) = (other.frames, other.coils, other.lines, other.readout)
        imageSize = other.imageSize
        self.samples = samples
        encoding = other.encoding
        noiseCovariance = other.noiseCovariance
        coilMaps = other.coilMaps
        reference = other.reference
    }

    /// E[n nᴴ] of noise samples [C][n]; nil when there are too few to tell.
    private static func covariance(_ noise: [[ComplexFloat]]) -> [ComplexFloat]? {
        guard let count = noise.first?.count, count > 4 * noise.count else { return nil }
        return noise.flatMap { a in
            noise.map { b in
                let sum = zip(a, b).reduce(ComplexDouble.zero) { $0 + ComplexDouble($1.0 * $1.1.conjugate) }
                return ComplexFloat(sum.divided(by: Double(count)))
            }
        }
    }
}
