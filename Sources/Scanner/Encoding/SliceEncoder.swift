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
    let limit: BandLimit
    let columns: RowTransform
    private let readouts: RowTransform
    private let fade: [Float]

    /// Prepares the encoding of square images.
    ///
    /// - Parameter matrix: pixels along x and y.
    /// - Parameter oversampling: fine samples per pixel and axis; rounded up to a size with fast transforms.
    /// - Parameter readoutOversampling: samples of a readout per pixel, 1 or 2.
    public init(matrix: Int, oversampling: Double, readoutOversampling: Int = 1) throws {
        precondition(readoutOversampling == 1 || readoutOversampling == 2, "1 or 2, got \(readoutOversampling)")
        self.matrix = matrix
        self.readoutOversampling = readoutOversampling
        let middle = FastSize.even(atLeast: matrix + 2 * (Self.margin + Self.rollOff))
        fine = max(middle, FastSize.even(atLeast: Int((Double(matrix) * oversampling).rounded(.up))))
        limit = try BandLimit(fine: fine, middle: middle, flat: matrix / 2 + Self.margin)
        columns = try RowTransform(length: middle)
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

    /// Working memory of one thread.
    final class Scratch {
        let limit: BandLimit.Scratch
        let columns: UnsafeMutablePointer<ComplexFloat>
        fileprivate let readouts: UnsafeMutablePointer<ComplexFloat>

        init(_ encoder: SliceEncoder) {
            limit = BandLimit.Scratch(encoder.limit)
            columns = encoder.columns.memory(encoder.middle)
            readouts = encoder.readouts.memory(encoder.matrix)
        }

        deinit {
            columns.deallocate()
            readouts.deallocate()
        }
    }

    /// Brings two real fine images to the middle grid at once, as real and imaginary part of one: the cut keeps real
    /// images real. A complex image is such a pair, too.
    ///
    /// - Shape: [F, F] each, x fastest.
    func object(_ real: ArraySlice<Float>, _ imaginary: ArraySlice<Float>?, scratch: Scratch) -> MiddleImage {
        let object = MiddleImage(columns, rows: middle)
        real.withUnsafeBufferPointer { real in
            guard let imaginary else {
                return limit.apply(scratch: scratch.limit, into: object.values) { row, y in
                    for x in 0..<fine { row[x] = ComplexFloat(real[y * fine + x] * (fade[x] * fade[y]), 0) }
                }
            }
            imaginary.withUnsafeBufferPointer { imaginary in
                limit.apply(scratch: scratch.limit, into: object.values) { row, y in
                    for x in 0..<fine {
                        let (index, weight) = (y * fine + x, fade[x] * fade[y])
                        row[x] = ComplexFloat(real[index] * weight, imaginary[index] * weight)
                    }
                }
            }
        }
        return object
    }

    /// A sensitivity on the middle grid, [M, M] with x fastest, in the layout of objects.
    public func sensitivity(_ map: ArraySlice<ComplexFloat>) -> MiddleImage {
        precondition(map.count == middle * middle, "expected \(middle)² values, found \(map.count)")
        let image = MiddleImage(columns, rows: middle)
        let first = map.startIndex
        for y in 0..<middle { for x in 0..<middle { image.values[x * columns.stride + y] = map[first + y * middle + x] } }
        return image
    }

    /// Reads Cartesian lines of an object through one coil.
    ///
    /// - Parameter part: which image of a pair, or both as one complex image.
    /// - Parameter lines: places along phase encoding, 0 to matrix − 1; frequency 0 at matrix / 2.
    /// - Parameter output: the readout of each line in turn, `readoutOversampling` × matrix samples.
    /// - Cost: a transform of the middle size, of which the second half is only done for the lines.
    func read(
        _ object: MiddleImage, _ part: MiddleImage.Part, through coil: MiddleImage, lines: [Int], scratch: Scratch,
        output: (_ line: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) {
        object.multiply(part, by: coil, into: scratch.columns)
        columns.forward(scratch.columns, count: middle)
        gather(lines, from: scratch.columns, into: scratch.readouts)
        readouts.forward(scratch.readouts, count: lines.count)
        let (length, count) = (readouts.length, readoutOversampling * matrix)
        // Orthonormal on the acquired matrix; the object's centre lies at half the size, hence the signs (−1)^k.
        let scale = Float(matrix) / Float(middle * middle) / Float(readoutOversampling).squareRoot()
        for (index, line) in lines.enumerated() {
            let row = scratch.readouts + index * readouts.stride
            let target = output(index)
            for sample in 0..<count {
                let frequency = sample - count / 2
                let isOdd = (frequency + line - matrix / 2) & 1 != 0
                target[sample] = row[frequency < 0 ? frequency + length : frequency].multiplied(
                    by: isOdd ? -scale : scale)
            }
        }
    }

    /// Turns the columns of some lines into rows, with nothing on either side of the field of view.
    private func gather(
        _ lines: [Int], from source: UnsafePointer<ComplexFloat>, into target: UnsafeMutablePointer<ComplexFloat>
    ) {
        let before = (readouts.length - middle) / 2
        for (index, line) in lines.enumerated() {
            let frequency = line - matrix / 2
            let column = source + (frequency < 0 ? frequency + middle : frequency)
            let row = target + index * readouts.stride
            for x in 0..<before { row[x] = .zero }
            for x in 0..<middle { row[before + x] = column[x * columns.stride] }
            for x in before + middle..<readouts.length { row[x] = .zero }
        }
    }
}
