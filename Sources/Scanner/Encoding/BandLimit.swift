import Core
import Foundation
import Fourier

/// Takes fine images to a coarser grid by cutting k-space.
///
/// - Shape: [F, F] → [M, M], x fastest, the same field of view; both sizes multiples of 16.
/// - Convention: index `size / 2` is the same point of both grids. Frequencies up to `flat` keep their value, those
///   beyond fade to nothing at M / 2, so that the image rings little.
/// - Cost: about half the transforms of the fine size, as columns that are cut are never transformed.
struct BandLimit: Sendable {
    let fine: Int
    let middle: Int
    private let fineRows: RowTransform
    private let fineColumns: ColumnTransform
    private let middleColumns: ColumnTransform
    private let middleRows: RowTransform
    /// What each frequency of the middle grid keeps, with the scale of the transform along one axis.
    private let weights: [Float]
    /// The same for eight frequencies at once, each twice.
    private let rowWeights: [Lanes]

    init(fine: Int, middle: Int, flat: Int) throws {
        precondition(middle <= fine && 2 * flat <= middle, "\(fine) → \(middle), of which \(flat)")
        self.fine = fine
        self.middle = middle
        fineRows = try RowTransform(length: fine)
        fineColumns = try ColumnTransform(rows: fine)
        middleColumns = try ColumnTransform(rows: middle)
        middleRows = try RowTransform(length: middle)
        let weights = (0..<middle).map { index in
            let frequency = min(index, middle - index)
            let beyond = min(max(Double(frequency - flat) / Double(middle / 2 - flat), 0), 1)
            let kept = cos(.pi / 2 * beyond)
            return Float(kept * kept / Double(fine))
        }
        self.weights = weights
        rowWeights = stride(from: 0, to: middle, by: 8).map { first in
            var lanes = Lanes(0)
            for lane in 0..<16 { lanes[lane] = weights[first + lane / 2] }
            return lanes
        }
    }

    /// Working memory of one thread.
    struct Scratch {
        fileprivate let image: LanesBuffer
        fileprivate let columns: LanesBuffer

        init(_ limit: BandLimit) {
            image = LanesBuffer(count: limit.fine * limit.fine / 8)
            columns = LanesBuffer(count: ColumnBlock.lanes * (limit.fine + limit.middle))
        }
    }

    /// Cuts one image.
    ///
    /// - Parameter fill: writes the values of one row y of the fine image.
    func apply(scratch: Scratch, into output: LanesBuffer, fill: (UnsafeMutablePointer<ComplexFloat>, _ y: Int) -> Void)
    {
        let image = scratch.image.start
        for y in 0..<fine { fill(scratch.image.complex + y * fine, y) }
        // Both grids have their centre at half their size, a multiple of 8: the signs (−1)^k of the two shifts cancel.
        fineRows.forward(image, count: fine)
        for block in 0..<middle / 16 {
            let (tall, short) = (scratch.columns.start, scratch.columns.start + ColumnBlock.lanes * fine)
            for half in 0..<2 {
                let source = image + lane(2 * block + half)
                for y in 0..<fine { tall[2 * y + half] = source[y * fine / 8] }
            }
            fineColumns.forward(tall)
            for y in 0..<middle {
                let (from, weight) = (y < middle / 2 ? y : y + fine - middle, weights[y])
                short[2 * y] = tall[2 * from] * weight * rowWeights[2 * block]
                short[2 * y + 1] = tall[2 * from + 1] * weight * rowWeights[2 * block + 1]
            }
            middleColumns.inverse(short)
            for y in 0..<middle {
                let row = output.start + y * middle / 8 + 2 * block
                (row[0], row[1]) = (short[2 * y], short[2 * y + 1])
            }
        }
        middleRows.inverse(output.start, count: middle)
    }

    /// Where eight kept columns lie in a row of the fine image: low frequencies at its start, negative ones at its end.
    private func lane(_ kept: Int) -> Int { kept < middle / 16 ? kept : kept + (fine - middle) / 8 }
}
