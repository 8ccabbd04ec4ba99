import Core
import Fourier

extension SliceEncoder {
    /// What one image is read for: some readouts of a frame.
    public struct Reading: Sendable {
        /// Where k-space is read.
        public enum Path: Sendable {
            /// Cartesian: places along phase encoding, one for each readout.
            case lines([Int])
            /// Anywhere: samples of all readouts in turn, in cycles per field of view.
            case points([SIMD2<Double>])
        }

        /// Where k-space is read.
        public let path: Path
        /// Where each readout goes: the offset of its first sample in the output of coil 0.
        public let offsets: [Int]

        /// Makes a reading.
        public init(_ path: Path, offsets: [Int]) {
            self.path = path
            self.offsets = offsets
        }
    }

    /// Images of a slice: real, or complex where the field is uneven.
    public struct Images: Sendable {
        /// [I, F, F], x fastest.
        public var real: [Float]
        /// Of the same shape; nil where images are real.
        public var imaginary: [Float]?

        /// Makes images.
        public init(real: [Float], imaginary: [Float]? = nil) {
            self.real = real
            self.imaginary = imaginary
        }
    }

    /// Encodes images through all coils.
    ///
    /// - Convention: coil c's readouts lie `coilStride` × c behind those of coil 0. Real images go in pairs, so the
    ///   order of images touches the last digits; the number of threads does not.
    /// - Cost: see `object` and `read`; memory of one image and one transform per thread.
    /// - Throws: `CineError` when a transform cannot be planned.
    public func encode(
        _ images: Images, readings: [Reading], coils: [MiddleImage], coilStride: Int,
        into samples: SharedBuffer<ComplexFloat>, threads: Int
    ) throws {
        let area = fine * fine
        precondition(images.real.count == readings.count * area, "\(readings.count) images, got \(images.real.count)")
        let perObject = images.imaginary == nil ? 2 : 1
        let objects = (readings.count + perObject - 1) / perObject
        let lanes = max(1, min(threads, objects))
        let results = Workers.map(lanes, threads: threads) { lane in
            Result {
                let scratch = Scratch(self)
                for index in stride(from: lane, to: objects, by: lanes) {
                    let first = index * perObject
                    let members = readings[first..<min(first + perObject, readings.count)]
                    let partner = members.count == 2 ? images.real[(first + 1) * area..<(first + 2) * area] : nil
                    let object = object(
                        images.real[first * area..<(first + 1) * area],
                        images.imaginary?[first * area..<(first + 1) * area] ?? partner, scratch: scratch)
                    for (member, reading) in members.enumerated() {
                        let part: MiddleImage.Part = images.imaginary != nil ? .both : member == 0 ? .real : .imaginary
                        try read(object, part, reading, coils, coilStride, scratch: scratch, into: samples.start)
                    }
                }
            }
        }
        for result in results { try result.get() }
    }

    private func read(
        _ object: MiddleImage, _ part: MiddleImage.Part, _ reading: Reading, _ coils: [MiddleImage], _ coilStride: Int,
        scratch: Scratch, into samples: UnsafeMutablePointer<ComplexFloat>
    ) throws {
        switch reading.path {
        case .lines(let lines):
            for (coil, map) in coils.enumerated() {
                read(object, part, through: map, lines: lines, scratch: scratch) { line in
                    samples + coil * coilStride + reading.offsets[line]
                }
            }
        case .points(let points):
            try read(object, part, through: coils, points: points, scratch: scratch) { coil, readout in
                samples + coil * coilStride + reading.offsets[readout]
            }
        }
    }
}
