import ComplexModule
import Fourier

/// An image on the middle grid of a `SliceEncoder`: rows along y, one for each x, aligned for the transforms.
///
/// `@unchecked Sendable`: written by the one thread that makes it, only read afterwards.
public final class MiddleImage: @unchecked Sendable {
    let values: UnsafeMutablePointer<ComplexFloat>
    private let count: Int

    /// Which image of a pair.
    enum Part {
        /// The first of two real images.
        case real
        /// The second of two real images.
        case imaginary
        /// Both as one complex image.
        case both
    }

    init(_ transform: RowTransform, rows: Int) {
        values = transform.memory(rows)
        count = rows * transform.stride
    }

    deinit { values.deallocate() }

    /// Writes image × map.
    func multiply(_ part: Part, by map: MiddleImage, into target: UnsafeMutablePointer<ComplexFloat>) {
        let (image, map) = (values, map.values)
        switch part {
        case .real: for index in 0..<count { target[index] = map[index].multiplied(by: image[index].real) }
        case .imaginary: for index in 0..<count { target[index] = map[index].multiplied(by: image[index].imaginary) }
        case .both: for index in 0..<count { target[index] = image[index] * map[index] }
        }
    }
}
