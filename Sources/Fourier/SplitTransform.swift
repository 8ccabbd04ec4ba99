import ComplexModule
import Core

/// The unscaled Fourier transform of one row to frequencies in an order of its own, for sizes that FFTW's rule transforms
/// slowly.
///
/// Where half or a third of the row is a size of two passes (`FastSize`), one step of decimation in frequency leaves two
/// or three such rows: with q = N / p, X(p j + s) = Σ_i W_q^(ij) [W_N^(is) Σ_r x(i + r q) W_p^(rs)]. Their results follow
/// each other; `place(of:)` tells where a frequency is, which a transposition reads as well as the natural order.
/// - Error: that of the whole transform.
/// - Cost: one more pass over the row. Measured on AVX2, estimated plans: three rows of 192 samples take 0.43 µs, one of
///   576 takes 1.09 µs.
package struct SplitTransform: Sendable {
    /// Number of samples of a row, a multiple of 16.
    package let length: Int
    private let parts: Int
    private let part: RowTransform
    /// W_N^(is) of s = 1, 2, eight places i at a time: real parts twice, then imaginary parts (−, +).
    private let twiddles: [Lanes]

    /// Prepares transforms of a length.
    ///
    /// - Throws: `CineError` when FFTW has no plan for the length.
    package init(length: Int, planning: Fourier.Planning = .estimated) throws {
        precondition(length > 0 && length.isMultiple(of: 16), "a row has a multiple of 16 samples, got \(length)")
        self.length = length
        let splits = FastSize.isTwoPass(length) ? [] : [2, 3]
        let parts = splits.first { length.isMultiple(of: $0) && FastSize.isTwoPass(length / $0) } ?? 1
        self.parts = parts
        let count = length / parts
        part = try RowTransform(length: count, planning: planning)
        var twiddles: [Lanes] = []
        for first in stride(from: 0, to: count, by: 8) {
            for shift in 1..<parts {
                var (real, imaginary) = (Lanes(0), Lanes(0))
                for place in 0..<8 {
                    let factor = ComplexDouble(
                        length: 1, phase: -2 * .pi * Double((first + place) * shift) / Double(length))
                    real[2 * place] = Float(factor.real)
                    real[2 * place + 1] = Float(factor.real)
                    imaginary[2 * place] = -Float(factor.imaginary)
                    imaginary[2 * place + 1] = Float(factor.imaginary)
                }
                twiddles += [real, imaginary]
            }
        }
        self.twiddles = twiddles
    }

    /// Where the result has a frequency, 0 to length − 1.
    package func place(of frequency: Int) -> Int { frequency % parts * part.length + frequency / parts }

    /// Positions to frequencies; the row is overwritten.
    package func forward(_ row: UnsafeMutablePointer<ComplexFloat>, into result: UnsafeMutablePointer<ComplexFloat>) {
        switch parts {
        case 2: splitInTwo(UnsafeMutableRawPointer(row))
        case 3: splitInThree(UnsafeMutableRawPointer(row))
        default: break
        }
        for first in stride(from: 0, to: length, by: part.length) {
            part.forward(row + first, into: result + first)
        }
    }

    private func splitInTwo(_ row: UnsafeMutableRawPointer) {
        let bytes = part.length * 8
        twiddles.withUnsafeBufferPointer { twiddles in
            for group in 0..<part.length / 8 {
                let first = row + 64 * group
                let (a, b) = (first.load(as: Lanes.self), (first + bytes).load(as: Lanes.self))
                first.storeBytes(of: a + b, as: Lanes.self)
                let difference = a - b
                (first + bytes).storeBytes(
                    of: difference * twiddles[2 * group] + difference.swappedPairs * twiddles[2 * group + 1],
                    as: Lanes.self)
            }
        }
    }

    private func splitInThree(_ row: UnsafeMutableRawPointer) {
        let bytes = part.length * 8
        let half = Lanes(0.5)
        // −i √3/2 times a number is this times its swapped parts.
        let turn = Lanes.alternating(0.866_025_4, -0.866_025_4)
        twiddles.withUnsafeBufferPointer { twiddles in
            for group in 0..<part.length / 8 {
                let first = row + 64 * group
                let (second, third) = (first + bytes, first + 2 * bytes)
                let (a, b, c) = (first.load(as: Lanes.self), second.load(as: Lanes.self), third.load(as: Lanes.self))
                let sum = b + c
                first.storeBytes(of: a + sum, as: Lanes.self)
                let (rest, turned) = (a - half * sum, turn * (b - c).swappedPairs)
                let (y, z) = (rest + turned, rest - turned)
                second.storeBytes(
                    of: y * twiddles[4 * group] + y.swappedPairs * twiddles[4 * group + 1], as: Lanes.self)
                third.storeBytes(
                    of: z * twiddles[4 * group + 2] + z.swappedPairs * twiddles[4 * group + 3], as: Lanes.self)
            }
        }
    }
}
