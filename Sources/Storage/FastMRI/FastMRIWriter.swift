import ComplexModule
import Core
import RealModule

/// Writes a multicoil fastMRI file, slice by slice: memory stays that of a slice.
public struct FastMRIWriter: ~Copyable {
    private let volume: FastMRIVolume
    private let kspace: HDF5Dataset
    private let target: HDF5Dataset?
    private let path: String
    private var maximum: Float = 0
    private var squares = 0.0
    /// Number of slices so far.
    public private(set) var count = 0

    /// Publishes a file in one step; `body` appends its slices.
    ///
    /// - Parameter path: name of the file.
    /// - Parameter staging: folder of the unfinished file, since loaders open all there is beside the others.
    /// - Parameter volume: what the file holds.
    /// - Parameter body: appends the slices.
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`, `.badData` when the slices do not fill the volume,
    ///   and what `body` throws. Nothing is left behind.
    public static func write(
        to path: String, staging: String? = nil, _ volume: FastMRIVolume,
        _ body: (inout FastMRIWriter) throws -> Void
    ) throws {
        precondition(volume.header.encodings.count == 1, "loaders take the first encoding they find")
        precondition(volume.mask.map { $0.count == volume.columns } ?? true, "a mask is along the columns")
        try HDF5File.write(to: path, staging: staging) { root in
            var writer = try FastMRIWriter(volume, root, path: path)
            try body(&writer)
            guard writer.count == volume.slices else {
                throw CineError(.badData, "\(path): expected \(volume.slices) slices to write, found \(writer.count).")
            }
            try writer.finish(root)
        }
    }

    private init(_ volume: FastMRIVolume, _ root: HDF5Group, path: String) throws {
        let slice = [1, volume.coils, volume.rows, volume.columns]
        let kspace = try root.makeDataset(
            "kspace", .complex64, shape: [volume.slices] + slice.dropFirst(), chunk: slice, packing: .checksummed)
        let target = try volume.target.map { size in
            try root.makeDataset(
                "reconstruction_rss", .float32, shape: [volume.slices, size.x, size.y], chunk: [1, size.x, size.y],
                packing: .checksummed)
        }
        if let mask = volume.mask { try root.write("mask", mask.map { $0 ? UInt8(1) : 0 }) }
        try root.writeText("ismrmrd_header", volume.header.xml)
        self.volume = volume
        self.kspace = kspace
        self.target = target
        self.path = path
    }

    /// Appends a slice.
    ///
    /// - Parameter samples: [coils, rows, columns], k = 0 at half of rows and columns.
    /// - Parameter target: [h, w] along rows and columns: root of the sum of squares over coils of the orthonormal
    ///   inverse transform, cut to its centre; none when the volume has none.
    /// - Throws: `CineError` of kind `.inputOutput`, `.badData` when they do not fit the volume.
    public mutating func append(_ samples: [Complex<Float>], target image: [Float]? = nil) throws {
        guard (target == nil) == (image == nil) else {
            throw CineError(.badData, "\(path): expected a target for each slice or for none, found otherwise.")
        }
        try kspace.write(samples, at: [count, 0, 0, 0], count: [1, volume.coils, volume.rows, volume.columns])
        if let image, let target {
            try target.write(image, at: [count, 0, 0], count: [1] + target.shape.dropFirst())
            for value in image {
                maximum = max(maximum, value)
                squares += Double(value) * Double(value)
            }
        }
        count += 1
    }

    private func finish(_ root: HDF5Group) throws {
        try root.attributes.set("acquisition", volume.acquisition)
        try root.attributes.set("patient_id", volume.patientID)
        if target != nil {
            try root.attributes.set("max", Double(maximum))
            try root.attributes.set("norm", squares.squareRoot())
        }
        if let acceleration = volume.acceleration { try root.attributes.set("acceleration", acceleration) }
        if let columns = volume.lowFrequencies { try root.attributes.set("num_low_frequency", columns) }
        for (name, number) in volume.numbers.sorted(by: { $0.key < $1.key }) {
            try root.attributes.set(name, number)
        }
    }
}
