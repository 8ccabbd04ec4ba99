import Core
import Foundation
import Fourier

/// Takes fine images to a coarser grid by cutting k-space.
///
/// - Shape: [F, F] → [M, M] transposed (y fastest), the same field of view, both even.
/// - Convention: index `size / 2` is the same point of both grids. Frequencies up to `flat` keep their value, those
///   beyond fade to nothing at M / 2, so that the image rings little.
/// - Cost: about half the transforms of the fine size, as rows and columns that are cut are never transformed.
struct BandLimit: Sendable {
    let fine: Int
    let middle: Int
    private let fineRows: RowTransform
    private let middleRows: RowTransform
    /// What each frequency of the middle grid keeps, the scale of both transforms included once.
    private let weights: [Float]

    init(fine: Int, middle: Int, flat: Int) throws {
        precondition(fine.isMultiple(of: 2) && middle.isMultiple(of: 2) && middle <= fine, "\(fine) → \(middle)")
        self.fine = fine
        self.middle = middle
        fineRows = try RowTransform(length: fine)
        middleRows = try RowTransform(length: middle)
        weights = (0..<middle).map { index in
            let frequency = min(index, middle - index)
            let beyond = min(max(Double(frequency - flat) / Double(middle / 2 - flat), 0), 1)
            return Float(BandLimit.fading(beyond) / Double(fine))
        }
    }

    /// From 1 at 0 to 0 at 1, smoothly.
    private static func fading(_ x: Double) -> Double { let c = cos(.pi / 2 * x); return c * c }

    /// Working memory of one thread.
    final class Scratch {
        fileprivate let image: UnsafeMutablePointer<ComplexFloat>
        fileprivate let columns: UnsafeMutablePointer<ComplexFloat>
        fileprivate let spectrum: UnsafeMutablePointer<ComplexFloat>

        init(_ limit: BandLimit) {
            image = limit.fineRows.memory(limit.fine)
            columns = limit.fineRows.memory(limit.middle)
            spectrum = limit.middleRows.memory(limit.middle)
        }

        deinit {
            image.deallocate()
            columns.deallocate()
            spectrum.deallocate()
        }
    }

    /// Cuts one image.
    ///
    /// - Parameter output: [M, M] with y fastest, a row for each x, `output.stride` apart.
    /// - Parameter fill: writes the values of one row y of the fine image.
    func apply(
        scratch: Scratch, into output: UnsafeMutablePointer<ComplexFloat>,
        fill: (UnsafeMutablePointer<ComplexFloat>, _ y: Int) -> Void
    ) {
        let (image, columns, spectrum) = (scratch.image, scratch.columns, scratch.spectrum)
        for y in 0..<fine { fill(image + y * fineRows.stride, y) }
        // Both grids have their centre at half their even size: the signs (−1)^k of the two shifts cancel.
        fineRows.forward(image, count: fine)
        turn(image, fineRows, to: columns, fineRows, rows: fine, keep: middle)
        fineRows.forward(columns, count: middle)
        turn(columns, fineRows, to: spectrum, middleRows, rows: middle, keep: middle)
        for y in 0..<middle {
            let row = spectrum + y * middleRows.stride
            for x in 0..<middle { row[x] = row[x].multiplied(by: weights[x] * weights[y]) }
        }
        middleRows.inverse(spectrum, count: middle)
        turn(spectrum, middleRows, to: output, middleRows, rows: middle, keep: middle)
        middleRows.inverse(output, count: middle)
    }

    /// Makes columns of rows, of each row only the `keep` lowest frequencies.
    private func turn(
        _ source: UnsafeMutablePointer<ComplexFloat>, _ from: RowTransform,
        to target: UnsafeMutablePointer<ComplexFloat>, _ to: RowTransform, rows: Int, keep: Int
    ) {
        let cut = from.length - keep
        // Blocks, so that neither side strides through memory.
        for firstRow in stride(from: 0, to: rows, by: 16) {
            for first in stride(from: 0, to: keep, by: 16) {
                for row in firstRow..<min(firstRow + 16, rows) {
                    for column in first..<min(first + 16, keep) {
                        target[column * to.stride + row] =
                            source[row * from.stride + (column < keep / 2 ? column : column + cut)]
                    }
                }
            }
        }
    }
}
