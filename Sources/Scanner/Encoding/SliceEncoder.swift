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
/// - Error: of the fine grid and the margin, of a thick slice of a patient below 1e-3 of the norm of
///   the samples at three samples a pixel.
/// - Cost: per image half a transform of the fine size, and per coil one of the middle size.
public struct SliceEncoder: Sendable {
    /// Pixels over which the field of view fades in, so that its border is no edge.
    public static let fadePixels = 3.0
    /// Frequencies that a sensitivity may shift signal by, in cycles per field of view.
    public static let margin = 8
    /// Frequencies over which the cut of k-space fades: a sharp one would ring across the whole field of view, and
    /// samples between the grid's frequencies would miss what has left it.
    static let rollOff = 8

    /// Pixels along x and y of the acquired matrix.
    public let matrix: Int
    /// Samples along x and y of the object.
    public let fine: Int
    /// Samples of a readout per pixel: 1 or 2.
    public let readoutOversampling: Int
    private let limit: BandLimit
    private let column: RowTransform
    private let readout: SplitTransform
    /// Where `readout` has the samples of a readout.
    private let readoutPlaces: [Int]
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
        let readout = try SplitTransform(length: readoutOversampling * middle)
        self.readout = readout
        let count = readoutOversampling * matrix
        readoutPlaces = (0..<count).map { readout.place(of: readout.length / 2 - count / 2 + $0) }
        fade = Self.fade(matrix: matrix, fine: fine)
    }

    private static func middleSize(matrix: Int) -> Int {
        FastSize.twoPassMultipleOf16(atLeast: matrix + 2 * (margin + rollOff))
    }

    /// Samples along each axis of the fine grid.
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
        _ one: ArraySlice<Float>, _ other: ArraySlice<Float>, scratch: Scratch
    ) -> (ComplexBuffer, ComplexBuffer) {
        let images = (ComplexBuffer(count: middle * middle), ComplexBuffer(count: middle * middle))
        apply(one, other, scratch: scratch, into: scratch.pair)
        let isReal = Lanes.alternating(1, 0)
        let (pair, first, second) = (
            UnsafeRawPointer(scratch.pair.start), UnsafeMutableRawPointer(images.0.start),
            UnsafeMutableRawPointer(images.1.start)
        )
        for offset in stride(from: 0, to: middle * middle * 8, by: 64) {
            let values = pair.load(fromByteOffset: offset, as: Lanes.self)
            first.storeBytes(of: values * isReal, toByteOffset: offset, as: Lanes.self)
            second.storeBytes(of: values.swappedPairs * isReal, toByteOffset: offset, as: Lanes.self)
        }
        return images
    }

    private func apply(
        _ real: ArraySlice<Float>, _ imaginary: ArraySlice<Float>, scratch: Scratch, into image: ComplexBuffer
    ) {
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { imaginary in
                fade.withUnsafeBufferPointer { fade in
                    limit.apply(scratch: scratch.limit, into: image) { row, y in
                        let target = UnsafeMutableRawPointer(row)
                        for x in stride(from: 0, to: fine, by: 8) {
                            var values = Lanes()
                            for lane in 0..<8 {
                                let (index, weight) = (y * fine + x + lane, fade[x + lane] * fade[y])
                                values[2 * lane] = real[index] * weight
                                values[2 * lane + 1] = imaginary[index] * weight
                            }
                            target.storeBytes(of: values, toByteOffset: 8 * x, as: Lanes.self)
                        }
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
            // The centre of the image goes to index 0, along x here, along y in `multiply`.
            let place = first - middle / 2
            ComplexBuffer.transposeEight(
                scratch.eight.start + (middle / 2 - matrix / 2), distance: middle, columns: lines,
                into: scratch.lines.start + (place < 0 ? place + length : place), stride: length)
        }
        for index in lines.indices {
            readout.forward(scratch.lines.start + index * length, into: scratch.readout.start)
            let target = output(index)
            readoutPlaces.withUnsafeBufferPointer { places in
                for sample in 0..<places.count { target[sample] = scratch.readout.start[places[sample]] }
            }
        }
    }

    /// Product of a column of an image and of a map, eight pixels at a time, its halves exchanged.
    @inline(__always)
    private func multiply(
        _ image: UnsafeMutablePointer<ComplexFloat>, _ map: UnsafeMutablePointer<ComplexFloat>,
        into product: UnsafeMutablePointer<ComplexFloat>
    ) {
        let (image, map) = (UnsafeRawPointer(image), UnsafeRawPointer(map))
        let product = UnsafeMutableRawPointer(product)
        let isReal = Lanes.alternating(1, 0), isImaginary = Lanes.alternating(0, 1), minus = Lanes.alternating(-1, 1)
        let half = middle * 4
        for first in stride(from: 0, to: 2 * half, by: 64) {
            let a = image.load(fromByteOffset: first, as: Lanes.self)
            let b = map.load(fromByteOffset: first, as: Lanes.self)
            let (real, imaginary) = (a * isReal, a * isImaginary)
            let both = (real + real.swappedPairs) * b + (imaginary + imaginary.swappedPairs) * minus * b.swappedPairs
            product.storeBytes(of: both, toByteOffset: first < half ? first + half : first - half, as: Lanes.self)
        }
    }
}
