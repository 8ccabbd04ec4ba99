import ComplexModule
import Core
import Fourier

/// Encodes images of one slice into multi-coil k-space.
///
/// The object is sampled on a fine grid, cut in k-space to a middle grid a little finer than the acquired matrix,
/// multiplied there by each coil's sensitivity, and transformed. So a coil costs a transform of about the acquired
/// size, and nothing that the scanner would see is lost: what a sensitivity can carry into the sampled extent lies
/// within the margin of the middle grid.
///
/// - Convention: `CenteredTransform`'s, orthonormal on the acquired matrix: a fully sampled image and its k-space have
///   the same norm. Nothing outside the field of view gives signal; at its border it fades over `fadePixels`.
/// - Error: of the fine grid and the margin, relative to the norm of the samples, see `EncodingTests`.
/// - Cost: per image half a transform of the fine size, and per coil one of the middle size.
public struct SliceEncoder: Sendable {
    /// Pixels over which the field of view fades in, so that its border is no edge.
    public static let fadePixels = 3.0
    /// Frequencies that a sensitivity may shift signal by, in cycles per field of view.
    public static let margin = 8
    /// Frequencies over which the cut of k-space fades: a sharp one would ring across the whole field of view, and
    /// samples between the grid's frequencies would miss what has left it.
    static let rollOff = 12

    /// Pixels along x and y of the acquired matrix.
    public let matrix: Int
    /// Samples along x and y on which the object is sampled.
    public let fine: Int
    /// Samples of a readout per pixel: 1 or 2.
    public let readoutOversampling: Int
    private let limit: BandLimit
    private let columns: ColumnTransform
    private let readouts: RowTransform
    private let fade: [Float]

    /// Prepares the encoding of square images.
    ///
    /// - Parameter matrix: pixels along x and y.
    /// - Parameter oversampling: fine samples per pixel and axis; rounded up to a size with fast transforms.
    /// - Parameter readoutOversampling: samples of a readout per pixel, 1 or 2.
    /// - Throws: `CineError` when FFTW has no plan for a size.
    public init(matrix: Int, oversampling: Double, readoutOversampling: Int = 1) throws {
        precondition(readoutOversampling == 1 || readoutOversampling == 2, "1 or 2, got \(readoutOversampling)")
        self.matrix = matrix
        self.readoutOversampling = readoutOversampling
        let middle = FastSize.blocked(atLeast: matrix + 2 * (Self.margin + Self.rollOff))
        fine = max(middle, FastSize.blocked(atLeast: Int((Double(matrix) * oversampling).rounded(.up))))
        limit = try BandLimit(fine: fine, middle: middle, flat: matrix / 2 + Self.margin)
        columns = try ColumnTransform(rows: middle)
        readouts = try RowTransform(length: readoutOversampling * middle)
        fade = Self.fade(matrix: matrix, fine: fine)
    }

    /// The share of signal along one axis of the fine grid.
    private static func fade(matrix: Int, fine: Int) -> [Float] {
        (0..<fine).map { index in
            let inside = Double(matrix) / 2 - abs(Double(index - fine / 2)) * Double(matrix) / Double(fine)
            let ramp = min(max(inside / fadePixels, 0), 1)
            return Float(ramp * ramp * (3 - 2 * ramp))
        }
    }

    /// Samples of a readout.
    public var readoutCount: Int { readoutOversampling * matrix }

    // MARK: - Grids

    /// Samples along x and y of the middle grid, on which sensitivities are needed.
    public var middle: Int { limit.middle }

    /// The grid on which the object of a slice is sampled.
    public func fineGrid(_ slice: Grid) -> Grid { refined(slice, to: fine) }

    /// The grid on which sensitivities of a slice are needed.
    public func middleGrid(_ slice: Grid) -> Grid { refined(slice, to: middle) }

    private func refined(_ slice: Grid, to count: Int) -> Grid {
        let ratio = Double(matrix) / Double(count)
        var affine = slice.affine
        affine.x *= ratio
        affine.y *= ratio
        let corner = (affine.x + affine.y) * Double(count / 2)
        affine.translation = slice.position(matrix / 2, matrix / 2, 0) - corner
        return Grid(affine: affine, size: [count, count, 1])
    }

    /// Sensitivities on the middle grid, ready for encoding.
    ///
    /// - Shape: [C, M, M], x fastest.
    public func sensitivities(_ maps: [ComplexFloat]) -> Sensitivities {
        // Orthonormal on the acquired matrix and the oversampled readout.
        let scale = Float(matrix) / Float(middle * middle) / Float(readoutOversampling).squareRoot()
        return Sensitivities(maps, middle: middle, scale: scale)
    }

    // MARK: - One image

    /// Working memory of one thread.
    struct Scratch {
        fileprivate let limit: BandLimit.Scratch
        fileprivate let pair: LanesBuffer
        fileprivate let columns: LanesBuffer
        fileprivate let readouts: LanesBuffer

        init(_ encoder: SliceEncoder) {
            limit = BandLimit.Scratch(encoder.limit)
            pair = LanesBuffer(count: encoder.middle * encoder.middle / 8)
            columns = LanesBuffer(count: 2 * ColumnBlock.lanes * encoder.middle)
            readouts = LanesBuffer(count: encoder.matrix * encoder.readouts.lanes)
        }
    }

    /// Brings a complex fine image to the middle grid.
    ///
    /// - Shape: [F, F] → [M, M], x fastest.
    func middleImage(real: ArraySlice<Float>, imaginary: ArraySlice<Float>, scratch: Scratch) -> LanesBuffer {
        let image = LanesBuffer(count: middle * middle / 8)
        apply(real, imaginary, scratch: scratch, into: image)
        return image
    }

    /// Brings two real fine images to the middle grid at once, as real and imaginary part of one: the cut keeps real
    /// images real.
    func middleImages(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, scratch: Scratch
    ) -> (LanesBuffer, LanesBuffer) {
        let images = (LanesBuffer(count: middle * middle / 8), LanesBuffer(count: middle * middle / 8))
        apply(first, second, scratch: scratch, into: scratch.pair)
        let isReal = Lanes.alternating(1, 0)
        for index in 0..<scratch.pair.count {
            let values = scratch.pair.start[index]
            images.0.start[index] = values * isReal
            images.1.start[index] = values.swappedPairs * isReal
        }
        return images
    }

    private func apply(
        _ real: ArraySlice<Float>, _ imaginary: ArraySlice<Float>, scratch: Scratch, into image: LanesBuffer
    ) {
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { imaginary in
                limit.apply(scratch: scratch.limit, into: image) { row, y in
                    for x in 0..<fine {
                        let (index, weight) = (y * fine + x, fade[x] * fade[y])
                        row[x] = ComplexFloat(real[index] * weight, imaginary[index] * weight)
                    }
                }
            }
        }
    }

    /// Reads Cartesian lines of a middle image through one coil.
    ///
    /// - Parameter lines: places along phase encoding, 0 to matrix − 1; frequency 0 at matrix / 2.
    /// - Parameter output: where the readout of each line goes, `readoutCount` samples.
    /// - Cost: a transform of the middle size, of which the second half is only done for the lines.
    func read(
        _ image: LanesBuffer, through coil: Int, of sensitivities: Sensitivities, lines: [Int], scratch: Scratch,
        output: (_ line: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) {
        let (rows, width) = (scratch.readouts.start, readouts.lanes)
        if readoutOversampling > 1 { rows.update(repeating: Lanes(0), count: lines.count * width) }
        for block in 0..<middle / 16 {
            let (source, weighted) = (scratch.columns.start, scratch.columns.start + ColumnBlock.lanes * middle)
            ColumnBlock.load(
                block, of: UnsafePointer(image.complex), rows: middle, columns: middle, into: source)
            sensitivities.blocks.weight(source, block: block, coil: coil, into: weighted)
            columns.forward(weighted)
            // The centre of the image goes to index 0 along x; along y the phase that is left is a sign.
            for half in 0..<2 {
                let place = 2 * block + half - middle / 16
                let column = place < 0 ? place + width : place
                for (index, line) in lines.enumerated() {
                    let frequency = line - matrix / 2 + middle / 2
                    let value = weighted[2 * frequency + half]
                    rows[index * width + column] = frequency.isMultiple(of: 2) ? value : Lanes(0) - value
                }
            }
        }
        readouts.forward(rows, count: lines.count)
        let first = readouts.length / 2 - readoutCount / 2
        for index in lines.indices {
            output(index).update(
                from: scratch.readouts.complex + index * readouts.length + first, count: readoutCount)
        }
    }
}
