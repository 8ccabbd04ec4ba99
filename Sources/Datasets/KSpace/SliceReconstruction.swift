import Core
import Fourier
import Reconstruction
import Storage

/// Reconstructs the raw data of one slice.
public struct SliceReconstruction: Sendable {
    /// Where sensitivities come from.
    public enum Maps: String, Sendable, CaseIterable {
        /// The true ones, which only our own files hold.
        case truth = "true"
        /// From the time-averaged data, by the subspace of k-space patches.
        case espirit
        /// From the time-averaged data, by the covariance of coils around each pixel.
        case walsh
    }

    /// The method.
    public let method: Method
    /// Where sensitivities come from; nil takes the true ones where there are any, else ESPIRiT.
    public let maps: Maps?
    /// Threads that work at a time.
    public let threads: Int

    /// Chooses how to reconstruct.
    public init(_ method: Method, maps: Maps? = nil, threads: Int) {
        self.method = method
        self.maps = maps
        self.threads = threads
    }

    /// The images of a slice, [T, Y, X], and how they compare with the reference.
    ///
    /// - Throws: `CineError` when the data do not make an image, or true maps are wanted of data that have none.
    public func run(
        _ data: RawSlice, progress: (Reconstruction.Progress) -> Void = { _ in }
    ) throws -> (images: [ComplexFloat], score: Score?) {
        let choice = maps ?? (data.coilMaps == nil ? .espirit : .truth)
        guard choice != .truth || data.coilMaps != nil else {
            throw CineError(
                .usage, "--maps true: these data hold no sensitivities; expected espirit or walsh")
        }
        let whitening = try data.noiseCovariance.map { try Whitening(covariance: $0, coils: data.coils) }
        let raw = whitening.map(data.whitened) ?? data
        switch raw.encoding {
        case .cartesian(let lines):
            let rows = (0..<raw.frames).map { lines[$0 * raw.lines..<($0 + 1) * raw.lines].map(Int.init) }
            return try run(raw, choice, whitening, progress) { maps in
                try CartesianSENSE(
                    maps: maps, lines: rows, samples: raw.readout, planning: .measured, threads: threads)
            }
        case .trajectory(let points):
            let perFrame = raw.lines * raw.readout
            let frames = try Workers.map(raw.frames, threads: threads) { frame in
                Result {
                    let places = (frame * perFrame..<(frame + 1) * perFrame).map {
                        SIMD2(Double(points[2 * $0]), Double(points[2 * $0 + 1]))
                    }
                    return try CurvedFrame(shape: [raw.imageSize.y, raw.imageSize.x], coils: raw.coils, points: places)
                }
            }.map { try $0.get() }
            return try run(raw.weighted(by: frames), choice, whitening, progress) { maps in
                try DynamicSENSE(maps: maps, transforms: frames, lines: raw.lines, threads: threads)
            }
        }
    }

    private func run<Encoding: DynamicEncoding>(
        _ raw: RawSlice, _ choice: Maps, _ whitening: Whitening?, _ progress: (Reconstruction.Progress) -> Void,
        encoding: (CoilMaps) throws -> Encoding
    ) throws -> (images: [ComplexFloat], score: Score?) {
        let (height, width) = (raw.imageSize.y, raw.imageSize.x)
        func maps(_ values: [ComplexFloat]) -> CoilMaps {
            CoilMaps(coils: raw.coils, height: height, width: width, values: values)
        }
        let truth = raw.coilMaps.map(maps)
        let used: CoilMaps
        switch choice {
        case .truth: used = truth.map { whitening?.maps($0) ?? $0 } ?? .uniform(height: height, width: width)
        case .espirit, .walsh:
            let blank = maps([ComplexFloat](repeating: ComplexFloat(1), count: raw.coils * height * width))
            let images = try encoding(blank).averageCoilImages(raw.samples)
            used =
                choice == .walsh
                ? .walsh(coilImages: images, coils: raw.coils, height: height, width: width, threads: threads)
                : try .espirit(coilImages: images, coils: raw.coils, height: height, width: width, threads: threads)
        }
        let images = try Reconstruction.run(
            method, samples: raw.samples, encoding: encoding(used), threads: threads, planning: .measured,
            progress: progress)
        let isShaded = choice != .truth || method == .rootSumOfSquares
        let shading = isShaded ? truth?.sumOfSquares.map { $0.squareRoot() } : nil
        return (images, raw.reference.map { Score(images, reference: $0, shading: shading, size: raw.imageSize) })
    }
}

extension RawSlice {
    /// The same data with uncorrelated noise of variance 1.
    fileprivate func whitened(by whitening: Whitening) -> RawSlice {
        RawSlice(self, samples: whitening.apply(to: samples, samplesOfCoil: lines * readout))
    }

    /// The same data with samples that count as much as the area of k-space that they stand for.
    fileprivate func weighted(by frames: [CurvedFrame]) -> RawSlice {
        let count = coils * lines * readout
        let weighted = frames.enumerated().flatMap { $1.weighted(samples[$0 * count..<($0 + 1) * count]) }
        return RawSlice(self, samples: weighted)
    }
}
