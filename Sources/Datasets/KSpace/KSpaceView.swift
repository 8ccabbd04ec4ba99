import Core
import Fourier
import Scanner
import Storage

/// The k-space of one view of a patient, read slice by slice.
public struct KSpaceView: Sendable {
    /// The view.
    public let view: View
    /// Slices, frames, coils, readouts of a frame and samples of a readout: the shape of the samples.
    public let shape: [Int]
    /// Pixels along x and y.
    public let matrix: Int
    /// Where the operator put each slice.
    public let planned: [Grid]
    /// Ψ of the noise of a sample, E[n nᴴ], [C, C]; zero without noise.
    public let noiseCovariance: [ComplexFloat]
    private let group: HDF5Group
    private let path: String

    init(_ group: HDF5Group, view: View, path: String) throws {
        self.group = group
        self.view = view
        self.path = path
        let shape = try group.dataset("samples").shape
        let image = try group.dataset("reference").shape
        guard shape.count == 5, image.count == 4, !shape.contains(0), !image.contains(0), image[2] == image[3],
            image[0] == shape[0], image[1] == shape[1]
        else {
            throw CineError(
                .badData,
                "\(path): kspace/\(view.rawValue): expected samples [S, T, C, L, N] and reference [S, T, Y, X], found"
                    + " \(Words.size(shape)) and \(Words.size(image)).")
        }
        self.shape = shape
        matrix = image[3]
        let affines: [Double] = try group.dataset("planned_affine").read(shape: [shape[0], 4, 4])
        planned = (0..<shape[0]).map {
            Grid(affine: Affine(rowMajor: Array(affines[$0 * 16..<($0 + 1) * 16])), size: [image[3], image[2], 1])
        }
        noiseCovariance = try group.dataset("noise_covariance").read(shape: [shape[2], shape[2]])
    }

    /// Number of slices.
    public var slices: Int { shape[0] }

    /// Sensitivities of a slice, [C, Y, X].
    public func coilMaps(_ slice: Int) throws -> [ComplexFloat] {
        try read("coil_maps", slice, [shape[2], matrix, matrix])
    }

    /// The fully sampled, still, noise-free images of a slice, [T, Y, X].
    public func reference(_ slice: Int) throws -> [ComplexFloat] {
        try read("reference", slice, [shape[1], matrix, matrix])
    }

    /// What was read of a slice, and what was true when each line was read.
    ///
    /// - Throws: `CineError` when the file is damaged.
    public func slice(_ slice: Int) throws -> KSpaceSlice {
        let times = [shape[1], shape[3]]
        let timesMS: [Double] = try read("time_ms", slice, times)
        let phases: [Double] = try read("cardiac_phase", slice, times)
        let encoding: KSpaceSlice.Encoding =
            group.holdsDataset("lines")
            ? .cartesian(try read("lines", slice, times))
            : .trajectory(try read("trajectory", slice, times + [shape[4], 2]))
        if case .cartesian(let lines) = encoding, let line = lines.first(where: { !(0..<matrix).contains(Int($0)) }) {
            throw CineError(
                .badData, "\(path): expected lines from 0 to \(matrix - 1), found \(line); the file is damaged.")
        }
        return KSpaceSlice(
            frames: shape[1], coils: shape[2], lines: shape[3], readout: shape[4],
            samples: try read("samples", slice, Array(shape.dropFirst())), encoding: encoding, timesMS: timesMS,
            sinceRMS: try read("since_r_ms", slice, times), phases: phases.map(Float.init),
            beats: try read("beat", slice, times),
            breathMM: try (read("breath_mm", slice, times) as [Double]).map(Float.init), affine: planned[slice].affine,
            imageSize: [matrix, matrix], thicknessMM: try group.attributes.number("thickness_mm"))
    }

    /// A number that holds for all slices: `tr_ms`, `te_ms`, `flip_deg`, `field_t`, `nominal_acceleration`,
    /// `true_acceleration`.
    public func number(_ name: String) throws -> Double { try group.attributes.number(name) }

    /// The kind of pattern.
    public var sampling: String { get throws { try group.attributes.text("sampling") } }

    private func read<Value: HDF5Element>(_ name: String, _ slice: Int, _ shape: [Int]) throws -> [Value] {
        let dataset = try group.dataset(name)
        let expected = [slices] + shape
        guard dataset.shape == expected else {
            throw CineError(
                .badData,
                "\(path): kspace/\(view.rawValue)/\(name): expected \(Words.size(expected)), found"
                    + " \(Words.size(dataset.shape)); the file is damaged.")
        }
        return try dataset.read(at: [slice] + shape.map { _ in 0 }, count: [1] + shape)
    }
}

extension PatientFile {
    /// The k-space of a view; nil when the recipe did not ask for it.
    public func kspace(_ view: View) throws -> KSpaceView? {
        let name = "kspace/\(view.rawValue)"
        return root.holdsGroup(name) ? try KSpaceView(root.group(name), view: view, path: path) : nil
    }
}
