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
    /// ComplexBuffer along x and y on which the object is sampled.
    public let fine: Int
    /// ComplexBuffer of a readout per pixel: 1 or 2.
    public let readoutOversampling: Int
    private let limit: BandLimit
    private let column: RowTransform
    private let readout: RowTransform
    private let fade: [Float]

    /// Prepares the encoding of square images.
    ///
    /// - Parameter matrix: pixels along x and y.
    /// - Parameter oversampling: fine samples per pixel and axis; rounded up to a size with fast transforms.
    /// - Parameter readoutOversampling: samples of a readout per pixel, 1 or 2.
    /// - Parameter surfacePixels: width in pixels of the ramps that stand for sharp surfaces.
    /// - Throws: `CineError` when FFTW has no plan for a size.
    public init(
        matrix: Int, oversampling: Double, readoutOversampling: Int = 1, surfacePixels: Double = 0
    ) throws {
        precondition(readoutOversampling == 1 || readoutOversampling == 2, "1 or 2, got \(readoutOversampling)")
        self.matrix = matrix
        self.readoutOversampling = readoutOversampling
        let middle = Self.middleSize(matrix: matrix)
        fine = Self.fineSize(matrix: matrix, oversampling: oversampling)
        limit = try BandLimit(
            fine: fine, middle: middle, flat: matrix / 2 + Self.margin, surface: surfacePixels / Double(matrix))
        column = try RowTransform(length: middle)
        readout = try RowTransform(length: readoutOversampling * middle)
        fade = Self.fade(matrix: matrix, fine: fine)
    }

    private static func middleSize(matrix: Int) -> Int {
        FastSize.multipleOf16(atLeast: matrix + 2 * (margin + rollOff))
    }

    /// ComplexBuffer along each axis of the fine grid.
    static func fineSize(matrix: Int, oversampling: Double) -> Int {
        let wanted = FastSize.multipleOf16(atLeast: Int((Double(matrix) * oversampling).rounded(.up)))
        return max(middleSize(matrix: matrix), wanted)
    }

    /// The share of signal along one axis of the fine grid.
    private static func fade(matrix: Int, fine: Int) -> [Float] {
        (0..<fine).map { index in
            let inside = Double(matrix) / 2 - abs(Double(index - fine / 2)) * Double(matrix) / Double(fine)
            let ramp = min(max(inside / fadePixels, 0), 1)
            return Float(ramp * ramp * (3 - 2 * ramp))
        }
    }

    /// ComplexBuffer of a readout.
    public var readoutCount: Int { readoutOversampling * matrix }

    // MARK: - Grids

    /// ComplexBuffer along x and y of the middle grid, on which sensitivities are needed.
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
        /// Two real images as one.
        fileprivate let pair: ComplexBuffer
        /// One column, and eight transformed ones.
        fileprivate let column: ComplexBuffer
        fileprivate let eight: ComplexBuffer
        /// [L, N·M / X] pixels of each line, and one transformed readout.
        fileprivate let lines: ComplexBuffer
        fileprivate let readout: ComplexBuffer

        init(_ encoder: SliceEncoder) {
            limit = BandLimit.Scratch(encoder.limit)
            pair = ComplexBuffer(count: encoder.middle * encoder.middle)
            column = ComplexBuffer(count: encoder.middle)
            eight = ComplexBuffer(count: 8 * encoder.middle)
            lines = ComplexBuffer(count: encoder.matrix * encoder.readout.length)
            readout = ComplexBuffer(count: encoder.readout.length)
        }
    }

    /// Brings a complex fine image to the middle grid.
    ///
    /// - Shape: [F, F] with x fastest → [M, M] with y fastest.
    func middleImage(real: ArraySlice<Float>, imaginary: ArraySlice<Float>, scratch: Scratch) -> ComplexBuffer {
        let image = ComplexBuffer(count: middle * middle)
        apply(real, imaginary, scratch: scratch, into: image)
        return image
    }

    /// Brings two real fine images to the middle grid at once, as real and imaginary part of one: the cut keeps real
    /// images real.
    func middleImages(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, scratch: Scratch
    ) -> (ComplexBuffer, ComplexBuffer) {
        let (one, other) = (ComplexBuffer(count: middle * middle), ComplexBuffer(count: middle * middle))
        apply(first, second, scratch: scratch, into: scratch.pair)
        for index in 0..<middle * middle {
            let pair = scratch.pair.start[index]
            one.start[index] = ComplexFloat(pair.real, 0)
            other.start[index] = ComplexFloat(pair.imaginary, 0)
        }
        return (one, other)
    }

    private func apply(
        _ real: ArraySlice<Float>, _ imaginary: ArraySlice<Float>, scratch: Scratch, into image: ComplexBuffer
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
        _ image: ComplexBuffer, through coil: Int, of sensitivities: Sensitivities, lines: [Int], scratch: Scratch,
        output: (_ line: Int) -> UnsafeMutablePointer<ComplexFloat>
    ) {
        let length = readout.length
        if readoutOversampling > 1 { scratch.lines.start.update(repeating: .zero, count: lines.count * length) }
        let map = sensitivities.signed.start + coil * middle * middle
        for first in stride(from: 0, to: middle, by: 8) {
            for index in 0..<8 {
                multiply(
                    image.start + (first + index) * middle, map + (first + index) * middle, into: scratch.column.start)
                column.forward(scratch.column.start, into: scratch.eight.start + index * middle)
            }
            // The centre of the image goes to index 0 along x; along y the phase that is left is a sign.
            let place = first - middle / 2
            let target = scratch.lines.start + (place < 0 ? place + length : place)
            for (index, line) in lines.enumerated() {
                let frequency = line - matrix / 2 + middle / 2
                let sign: Float = frequency.isMultiple(of: 2) ? 1 : -1
                for x in 0..<8 {
                    target[index * length + x] = scratch.eight.start[x * middle + frequency].multiplied(by: sign)
                }
            }
        }
        let first = length / 2 - readoutCount / 2
        for index in lines.indices {
            readout.forward(scratch.lines.start + index * length, into: scratch.readout.start)
            output(index).update(from: scratch.readout.start + first, count: readoutCount)
        }
    }

    /// Product of a column of an image and of a map, eight pixels at a time.
    @inline(__always)
    private func multiply(
        _ image: UnsafeMutablePointer<ComplexFloat>, _ map: UnsafeMutablePointer<ComplexFloat>,
        into product: UnsafeMutablePointer<ComplexFloat>
    ) {
        let (image, map) = (UnsafeRawPointer(image), UnsafeRawPointer(map))
        let isReal = Lanes.alternating(1, 0), isImaginary = Lanes.alternating(0, 1), minus = Lanes.alternating(-1, 1)
        for first in stride(from: 0, to: middle * 8, by: 64) {
            let (a, b) = (
                image.load(fromByteOffset: first, as: Lanes.self), map.load(fromByteOffset: first, as: Lanes.self)
            )
            let (real, imaginary) = (a * isReal, a * isImaginary)
            let both = (real + real.swappedPairs) * b + (imaginary + imaginary.swappedPairs) * minus * b.swappedPairs
            UnsafeMutableRawPointer(product).storeBytes(of: both, toByteOffset: first, as: Lanes.self)
        }
    }
}
