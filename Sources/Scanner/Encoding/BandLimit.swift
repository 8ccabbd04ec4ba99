import Core
import Foundation
import Fourier

/// Takes fine images to a coarser grid by cutting k-space.
///
/// - Shape: [F, F] with x fastest → [M, M] with y fastest, the same field of view; both sizes multiples of 16.
/// - Convention: index `size / 2` is the same point of both grids. Frequencies up to `flat` keep their value, those
///   beyond fade to nothing at M / 2, so that the image rings little. Surfaces that ramp over `surface` of the field of
///   view lose sin(πwk)/(πwk) of a frequency k across them, which they get back here: so they are sharp.
/// - Cost: about half the transforms of the fine size, as columns that are cut are never transformed.
struct BandLimit: Sendable {
    let fine: Int
    let middle: Int
    private let fineRow: SplitTransform
    /// Where `fineRow` has the frequencies of the middle grid, 0 first.
    private let kept: [Int]
    /// All places of a row of the middle grid.
    private let all: [Int]
    private let middleRow: RowTransform
    /// What each frequency of the middle grid is multiplied by, with the scale of the transforms, [M, M].
    private let weights: [Float]

    /// - Parameter surface: width of surfaces as a share of the field of view.
    init(fine: Int, middle: Int, flat: Int, surface: Double) throws {
        precondition(middle <= fine && 2 * flat <= middle, "\(fine) → \(middle), of which \(flat)")
        self.fine = fine
        self.middle = middle
        let fineRow = try SplitTransform(length: fine)
        self.fineRow = fineRow
        all = Array(0..<middle)
        kept = (0..<middle).map { fineRow.place(of: $0 < middle / 2 ? $0 : fine - middle + $0) }
        middleRow = try RowTransform(length: middle)
        let gains = (0..<middle).map { index in
            let beyond = min(max(Double(min(index, middle - index) - flat) / Double(middle / 2 - flat), 0), 1)
            return cos(.pi / 2 * beyond) * cos(.pi / 2 * beyond) / Double(fine)
        }
        weights = (0..<middle * middle).map { index in
            let (x, y) = (index / middle, index % middle)
            let (kx, ky) = (Double(min(x, middle - x)), Double(min(y, middle - y)))
            let angle = .pi * surface * (kx * kx + ky * ky).squareRoot()
            // A surface wider than what is sampled is as smooth as it is: nothing is multiplied by more than two.
            let sharper = angle > 0 ? min(angle / sin(min(angle, .pi / 2)), 2) : 1
            return Float(gains[x] * gains[y] * sharper)
        }
    }

    /// Working memory of one thread.
    struct Scratch {
        /// One row, its low frequencies, and eight transformed ones.
        fileprivate let row: ComplexBuffer
        fileprivate let low: ComplexBuffer
        fileprivate let eight: ComplexBuffer
        /// [M, F]: frequencies along x, positions along y.
        fileprivate let columns: ComplexBuffer
        /// [M, M]: positions along y, frequencies along x.
        fileprivate let spectrum: ComplexBuffer

        init(_ limit: BandLimit) {
            row = ComplexBuffer(count: limit.fine)
            low = ComplexBuffer(count: limit.middle)
            eight = ComplexBuffer(count: 8 * limit.fine)
            columns = ComplexBuffer(count: limit.middle * limit.fine)
            spectrum = ComplexBuffer(count: limit.middle * limit.middle)
        }
    }

    /// Cuts one image.
    ///
    /// - Parameter fill: writes the values of one row y of the fine image.
    func apply(
        scratch: Scratch, into output: ComplexBuffer, fill: (UnsafeMutablePointer<ComplexFloat>, _ y: Int) -> Void
    ) {
        // Both grids have their centre at half their size, a multiple of 8: the signs (−1)^k of the two shifts cancel.
        transformX(scratch, fill)
        transformAndCutY(scratch)
        for first in stride(from: 0, to: middle, by: 8) {
            for row in 0..<8 {
                middleRow.inverse(
                    scratch.spectrum.start + (first + row) * middle, into: scratch.eight.start + row * middle)
            }
            ComplexBuffer.transposeEight(
                scratch.eight.start, distance: middle, columns: all, into: output.start + first, stride: middle)
        }
    }

    /// Rows of the image to frequencies along x, of which the low ones are kept.
    private func transformX(_ scratch: Scratch, _ fill: (UnsafeMutablePointer<ComplexFloat>, _ y: Int) -> Void) {
        let (row, eight, columns) = (scratch.row.start, scratch.eight.start, scratch.columns.start)
        for first in stride(from: 0, to: fine, by: 8) {
            for index in 0..<8 {
                fill(row, first + index)
                fineRow.forward(row, into: eight + index * fine)
            }
            ComplexBuffer.transposeEight(eight, distance: fine, columns: kept, into: columns + first, stride: fine)
        }
    }

    /// To frequencies along y, of which the low ones are weighted and brought back to positions.
    private func transformAndCutY(_ scratch: Scratch) {
        let (row, low, eight) = (scratch.row.start, scratch.low.start, scratch.eight.start)
        for first in stride(from: 0, to: middle, by: 8) {
            for index in 0..<8 {
                let column = first + index
                fineRow.forward(scratch.columns.start + column * fine, into: row)
                weigh(row, by: column * middle, into: low)
                middleRow.inverse(low, into: eight + index * middle)
            }
            ComplexBuffer.transposeEight(
                eight, distance: middle, columns: all, into: scratch.spectrum.start + first, stride: middle)
        }
    }

    /// The low frequencies of a transformed column, times the weights from `first` on.
    private func weigh(
        _ column: UnsafePointer<ComplexFloat>, by first: Int, into low: UnsafeMutablePointer<ComplexFloat>
    ) {
        kept.withUnsafeBufferPointer { kept in
            weights.withUnsafeBufferPointer { weights in
                for y in 0..<middle { low[y] = column[kept[y]].multiplied(by: weights[first + y]) }
            }
        }
    }
}
