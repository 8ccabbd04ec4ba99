import Core
import Fourier
import Storage

/// Images made of raw data, in a file: `reconstruction` (magnitudes) and `image` (complex), [S, T, Y, X].
public struct ReconstructionFile {
    /// Publishes the images of all slices in one step.
    ///
    /// - Parameter slices: images of each slice, [T, Y, X].
    /// - Parameter size: pixels along x and y.
    /// - Throws: `CineError` when the file cannot be written or slices differ in their number of frames.
    public static func write(
        to path: String, slices: [[ComplexFloat]], size: SIMD2<Int>, method: String, source: String
    ) throws {
        let pixels = size.x * size.y
        guard let first = slices.first, slices.allSatisfy({ $0.count == first.count }) else {
            throw CineError(
                .badData,
                "\(path): expected as many frames in every slice, found \(slices.map { $0.count / pixels }); choose one"
                    + " with --slice")
        }
        try HDF5File.write(to: path) { root in
            try root.attributes.set("format", "cineforge.reconstruction")
            try root.attributes.set("format_version", "1.0")
            try root.attributes.set("method", method)
            try root.attributes.set("source", source)
            let shape = [slices.count, first.count / pixels, size.y, size.x]
            let chunk = [1, 1, size.y, size.x]
            let values = slices.flatMap { $0 }
            try root.makeDataset("reconstruction", .float32, shape: shape, chunk: chunk).write(values.map(\.length))
            try root.makeDataset("image", .complex64, shape: shape, chunk: chunk).write(values)
        }
    }
}
