import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Scanner

/// Gaussian blobs seen through sensitivities made of plane waves: closed-form k-space for any sampling.
///
/// - Units: positions in fields of view from the centre, frequencies in cycles per field of view.
private struct Blobs {
    let centers: [(x: Double, y: Double, width: Double, height: Double)] = [
        (0.05, -0.1, 0.03, 1), (-0.2, 0.15, 0.05, -0.4), (0.21, 0.22, 0.022, 0.7),
    ]
    let waves: [(kx: Double, ky: Double, weight: ComplexDouble)] = [
        (0, 0, ComplexDouble(1, 0.2)), (3, -2, ComplexDouble(0.2, -0.3)), (-1, 5, ComplexDouble(-0.1, 0.15)),
        (8, 7, ComplexDouble(0.05, 0.02)),
    ]

    func value(_ x: Double, _ y: Double) -> Double {
        centers.reduce(0) {
            let squared = ((x - $1.x) * (x - $1.x) + (y - $1.y) * (y - $1.y)) / ($1.width * $1.width)
            return $0 + $1.height * exp(-.pi * squared)
        }
    }

    func sensitivity(_ x: Double, _ y: Double) -> ComplexDouble {
        waves.reduce(.zero) { $0 + $1.weight * ComplexDouble(length: 1, phase: 2 * .pi * ($1.kx * x + $1.ky * y)) }
    }

    /// The integral of value · e^(−2πi k·r).
    func transform(_ kx: Double, _ ky: Double) -> ComplexDouble {
        centers.reduce(.zero) {
            let area = $1.width * $1.width
            let decay = $1.height * area * exp(-.pi * area * (kx * kx + ky * ky))
            return $0 + ComplexDouble(length: 1, phase: -2 * .pi * (kx * $1.x + ky * $1.y)) * ComplexDouble(decay, 0)
        }
    }

    func signal(_ kx: Double, _ ky: Double) -> ComplexDouble {
        waves.reduce(.zero) { $0 + $1.weight * transform(kx - $1.kx, ky - $1.ky) }
    }

    /// Samples on a centred grid of the field of view, x fastest.
    func sampled<Value>(_ count: Int, _ body: (Double, Double) -> Value) -> [Value] {
        (0..<count * count).map { index in
            body(
                Double(index % count - count / 2) / Double(count), Double(index / count - count / 2) / Double(count))
        }
    }
}

@Suite struct SliceEncoderTests {
    /// Any sampling agrees with the closed form.
    ///
    /// What is left is single precision, about 1e-6 of the norm, and between the frequencies of the grid what the cut of
    /// k-space rings: the smallest blob reaches beyond the cut at a matrix of 75. At 208, fine rows are transformed in three
    /// parts and readouts in two.
    @Test(arguments: [(96, 1), (96, 2), (75, 1), (75, 2), (208, 2)])
    func readsWhatTheClosedFormSays(matrix: Int, oversampling: Int) throws {
        let blobs = Blobs()
        let encoder = try SliceEncoder(matrix: matrix, oversampling: 2, readoutOversampling: oversampling)
        let fine = blobs.sampled(encoder.fine) { Float(blobs.value($0, $1)) }
        let maps = blobs.sampled(encoder.middle) { ComplexFloat(blobs.sensitivity($0, $1)) }
        let count = oversampling * matrix
        let lines = Array(0..<matrix).reversed().filter { $0 % 3 != 1 }
        let factors = [1.0, -3.0, 0.5]
        let readings = factors.indices.map { image in
            SliceEncoder.Reading(.lines(lines), offsets: lines.indices.map { (image * lines.count + $0) * count })
        }
        var samples = [ComplexFloat](repeating: .zero, count: factors.count * lines.count * count)
        try samples.withUnsafeMutableBufferPointer {
            try encoder.encode(
                .init(real: factors.flatMap { factor in fine.map { $0 * Float(factor) } }), readings: readings,
                through: encoder.sensitivities(maps), coilStride: 0, into: SharedBuffer($0), threads: 2)
        }
        for (image, factor) in factors.enumerated() {
            var error = 0.0
            var norm = 0.0
            for (index, line) in lines.enumerated() {
                for sample in 0..<count {
                    let kx = Double(sample - count / 2) / Double(oversampling)
                    let scale = factor * Double(matrix) / Double(oversampling).squareRoot()
                    let expected = blobs.signal(kx, Double(line - matrix / 2)) * ComplexDouble(scale, 0)
                    let found = samples[(image * lines.count + index) * count + sample]
                    error += (ComplexDouble(found) - expected).lengthSquared
                    norm += expected.lengthSquared
                }
            }
            #expect((error / norm).squareRoot() < 3e-6)
        }
    }
}

extension Complex<Double> {
    init(_ other: ComplexFloat) { self.init(Double(other.real), Double(other.imaginary)) }
}
