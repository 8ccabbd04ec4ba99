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

    /// Encodes images through all coils.
    ///
    /// - Convention: coil c's readouts lie `coilStride` × c behind those of coil 0. Real images go in pairs, so the
    ///   order of images touches the last digits; the number of threads does not.
    /// - Cost: see `middleImages` and `read`; memory of one image and one transform per thread.
    /// - Throws: `CineError` when a transform cannot be planned.
    public func encode(
        _ images: SliceImages, readings: [Reading], through sensitivities: Sensitivities, coilStride: Int,
        into samples: SharedBuffer<ComplexFloat>, threads: Int
    ) throws {
        let area = fine * fine
        precondition(images.real.count == readings.count * area, "\(readings.count) images, got \(images.real.count)")
        let perStep = images.imaginary == nil ? 2 : 1
        let steps = (readings.count + perStep - 1) / perStep
        let lanes = max(1, min(threads, steps))
        let results = Workers.map(lanes, threads: threads) { lane in
            Result {
                let scratch = Scratch(self)
                for step in stride(from: lane, to: steps, by: lanes) {
                    let first = step * perStep
                    let members = readings[first..<min(first + perStep, readings.count)]
                    for (image, reading) in zip(middle(images, first, members.count, scratch: scratch), members) {
                        try read(image, reading, sensitivities, coilStride, scratch: scratch, into: samples.start)
                    }
                }
            }
        }
        for result in results { try result.get() }
    }

    /// One complex image, or two real ones, on the middle grid; the partner of a last odd one is itself.
    private func middle(_ images: SliceImages, _ first: Int, _ count: Int, scratch: Scratch) -> [ComplexBuffer] {
        let area = fine * fine
        func part(_ values: [Float], _ index: Int) -> ArraySlice<Float> { values[index * area..<(index + 1) * area] }
        if let imaginary = images.imaginary {
            return [middleImage(real: part(images.real, first), imaginary: part(imaginary, first), scratch: scratch)]
        }
        let pair = middleImages(
            part(images.real, first), part(images.real, first + count - 1), scratch: scratch)
        return [pair.0, pair.1]
    }

    private func read(
        _ image: ComplexBuffer, _ reading: Reading, _ sensitivities: Sensitivities, _ coilStride: Int,
        scratch: Scratch, into samples: UnsafeMutablePointer<ComplexFloat>
    ) throws {
        switch reading.path {
        case .lines(let lines):
            for coil in 0..<sensitivities.coils {
                read(image, through: coil, of: sensitivities, lines: lines, scratch: scratch) { line in
                    samples + coil * coilStride + reading.offsets[line]
                }
            }
        case .points(let points):
            try read(image, through: sensitivities, points: points, readouts: reading.offsets.count) { coil, readout in
                samples + coil * coilStride + reading.offsets[readout]
            }
        }
    }
}
