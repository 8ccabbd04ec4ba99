import ComplexModule
import Core
import Fourier
import Learning
import Models
import Reconstruction
import Scanner

/// The frames of one slice, and the lines that were read of them, scaled as networks see them.
///
/// - Units: the brightest tissue is about 1 (`Reconstruction.typicalMagnitude` of what was read, all frames together, is
///   ½), so that a network need not know any scanner's units.
struct MeasuredSeries: Sendable {
    /// What a perfect scan would have given, [T, Y, X]; empty where it is not known.
    let truth: [ComplexFloat]
    /// The sensitivities.
    let maps: CoilMaps
    /// The lines of each frame.
    let lines: [[Int]]
    /// What was read, [T, C, L, N].
    let samples: [ComplexFloat]
    /// Samples of a line, N.
    let readout: Int
    /// What the images are to be multiplied by to have the units of the data.
    let scale: Float

    /// Reads lines of a series.
    ///
    /// - Parameters:
    ///   - truth: the images, [T, Y, X], in any unit.
    ///   - snr: the brightest tissue over the noise's deviation |n|; 0 for none.
    ///   - random: the noise's stream.
    /// - Throws: `CineError` when lines and images do not fit each other.
    init(
        of truth: [ComplexFloat], maps: CoilMaps, lines: [[Int]], snr: Double, using random: inout Philox,
        threads: Int = 1
    ) throws {
        let encoding = try CartesianSENSE(maps: maps, lines: lines, threads: threads)
        var samples = encoding.forward(truth)
        // The scan's noise follows what is seen, not what is read.
        let brightest = 2 * Reconstruction.typicalMagnitude(truth)
        if snr > 0 {
            let deviation = brightest / Float(snr) / Float(2).squareRoot()
            for index in samples.indices {
                samples[index] += ComplexFloat(
                    deviation * Float(random.normal()), deviation * Float(random.normal()))
            }
        }
        try self.init(samples, truth: truth, encoding: encoding)
    }

    /// Takes what was read.
    init(_ samples: [ComplexFloat], truth: [ComplexFloat] = [], encoding: CartesianSENSE) throws {
        let average = encoding.maps.combine(try encoding.averageCoilImages(samples))
        let scale = 2 * Reconstruction.typicalMagnitude(average)
        guard scale > 0 else { throw CineError(.badData, "Expected images with some signal, found none.") }
        self.truth = truth.map { $0.multiplied(by: 1 / scale) }
        self.samples = samples.map { $0.multiplied(by: 1 / scale) }
        (maps, lines, readout, self.scale) = (encoding.maps, encoding.lines, encoding.samples, scale)
    }

    /// How it was read.
    func encoding(threads: Int = 1) throws -> CartesianSENSE {
        try CartesianSENSE(maps: maps, lines: lines, samples: readout, threads: threads)
    }

    /// Its samples as a tensor, in the encoding's range.
    func sampleTensor() throws -> Tensor { try Tensor(samples, shape: encoding().range) }
}

extension Array where Element == MeasuredSeries {
    /// The batch as networks take it.
    func measurement() throws -> MeasuredSlices {
        try MeasuredSlices(lines: map { try $0.encoding() }, samples: map { try $0.sampleTensor() })
    }

    /// The true images as complex tensor [N, T, Y, X].
    func truth() throws -> Tensor {
        guard let first else { throw CineError(.badData, "Expected at least one slice, found none.") }
        return try Tensor(flatMap(\.truth), shape: [count] + first.encoding().domain)
    }
}

extension CoilMaps {
    /// Maps of Σ|S|² = 1, and images [T, Y, X] as such coils see them: noise is then the same everywhere.
    func normalised(with images: [ComplexFloat]) -> (maps: CoilMaps, images: [ComplexFloat]) {
        let shading = sumOfSquares.map { $0.squareRoot() }
        return (normalised, images.indices.map { images[$0].multiplied(by: shading[$0 % pixels]) })
    }
}
