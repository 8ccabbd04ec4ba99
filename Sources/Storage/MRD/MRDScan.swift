import ComplexModule
import Core
import RealModule

/// An MRD file of two-dimensional images, sorted into what belongs together.
///
/// Which readouts make an image is told by their counters: slice, contrast, set, repetition and cardiac phase. Averages
/// and segments of an image stay together. Samples are read when they are asked for.
public struct MRDScan: Sendable {
    /// The file.
    public let file: MRDFile
    /// Its encoding.
    public let encoding: MRDEncoding
    /// The images, by slice, contrast, set, repetition and phase.
    public let images: [Image]
    /// Readouts of noise.
    public let noise: [Int]
    /// Readouts for calibration that are not part of an image.
    public let calibration: [Int]

    /// An image: its counters and readouts.
    public struct Image: Sendable, Hashable {
        /// Slice.
        public var slice: Int
        /// Contrast.
        public var contrast: Int
        /// Set.
        public var set: Int
        /// Repetition.
        public var repetition: Int
        /// Cardiac phase.
        public var phase: Int
        /// Numbers of its readouts in the file, in order.
        public internal(set) var readouts: [Int]

        fileprivate init(_ counters: MRDCounters) {
            slice = Int(counters.slice)
            contrast = Int(counters.contrast)
            set = Int(counters.set)
            repetition = Int(counters.repetition)
            phase = Int(counters.phase)
            readouts = []
        }

        fileprivate var order: [Int] { [slice, contrast, set, repetition, phase] }
    }

    /// Sorts the readouts of a file.
    ///
    /// - Throws: `CineError(.badData)` when the file holds no images in two dimensions, or several encodings.
    public init(_ file: MRDFile) throws {
        self.file = file
        encoding = try file.header.encoding(source: file.path)
        guard encoding.encodedSpace.matrix.z == 1 else {
            throw CineError(
                .badData,
                "\(file.path): expected images in two dimensions, found \(encoding.encodedSpace.matrix.z) partitions. Transform along the slab first, and write each partition as a slice."
            )
        }
        var images: [Image: [Int]] = [:]
        var noise: [Int] = []
        var calibration: [Int] = []
        for (index, header) in try file.headers().enumerated() {
            if header.flags.contains(.noise) {
                noise.append(index)
            } else if header.flags.contains(.calibration), !header.flags.contains(.calibrationAndImaging) {
                calibration.append(index)
            } else if header.flags.isDisjoint(with: .auxiliary) {
                images[Image(header.counters), default: []].append(index)
            }
        }
        guard !images.isEmpty else {
            throw CineError(
                .badData,
                "\(file.path): expected readouts of images, found only noise or calibration. Check that it is the right file."
            )
        }
        self.noise = noise
        self.calibration = calibration
        self.images = images.map { image, readouts in
            var image = image
            image.readouts = readouts
            return image
        }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    }

    /// The images of each slice, in order of the slices' numbers.
    public var slices: [[Image]] {
        images.reduce(into: []) { result, image in
            if result.last?.last?.slice == image.slice {
                result[result.count - 1].append(image)
            } else {
                result.append([image])
            }
        }
    }

    /// Noise of all noise readouts, [C][n]; empty when there is none.
    ///
    /// - Throws: `CineError(.badData)` when the readouts have different numbers of coils.
    public func noiseSamples() throws -> [[Complex<Float>]] {
        let readouts = try file.acquisitions(noise)
        guard let coils = readouts.first.map({ Int($0.header.activeChannels) }) else { return [] }
        guard readouts.allSatisfy({ Int($0.header.activeChannels) == coils }) else {
            throw CineError(.badData, "\(file.path): expected \(coils) coils in all noise readouts, found others.")
        }
        return (0..<coils).map { coil in
            readouts.flatMap { readout in
                let length = Int(readout.header.sampleCount)
                return readout.samples[(coil * length)..<((coil + 1) * length)]
            }
        }
    }
}
