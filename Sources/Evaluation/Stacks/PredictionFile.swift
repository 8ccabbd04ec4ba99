import Core
import Datasets
import Storage

/// What a method makes of a stack, in a file: `label` or `image` of the fine slices, [T, Z, Y, X], with their `affine`.
enum PredictionFile {
    /// Publishes the volumes of all frames in one step.
    ///
    /// - Parameters:
    ///   - name: of the dataset.
    ///   - volume: the volume of a frame, [Z, Y, X].
    /// - Throws: what `volume` throws, and `CineError` when the file cannot be written.
    static func write<Element: HDF5Element>(
        _ name: String, of file: StackFile, by method: String, source: String, to path: String,
        volume: (Int) throws -> [Element]
    ) throws {
        try HDF5File.write(to: path) { root in
            try root.attributes.set("format", "cineforge.prediction")
            try root.attributes.set("format_version", "1.0")
            try root.attributes.set("method", method)
            try root.attributes.set("source", source)
            try root.attributes.set("affine", file.fine.affine.rowMajor, shape: [4, 4])
            let size = file.fine.size
            let volumes = try root.makeDataset(
                name, Element.hdf5Type, shape: [file.frames, size.z, size.y, size.x],
                packing: Element.hdf5Type == .uint8 ? .gzip1 : .checksummed)
            for frame in 0..<file.frames {
                try volumes.write(volume(frame), at: [frame, 0, 0, 0], count: [1, size.z, size.y, size.x])
            }
        }
    }
}
