import ComplexModule
import Core
import Foundation
import Fourier
import Scanner
import Storage

/// Writes the k-space of a dataset for other tools: as ISMRMRD (MRD) or in fastMRI's layout.
///
/// - MRD: one file a patient and view, `<id>_<view>.h5`, all slices and frames; 512 samples of noise alone come first.
/// - fastMRI: one file a patient, view and slice, `<id>_<view>_<slice>.h5`, frames as its slices; what was true beside
///   it in `<out>_truth`. Only Cartesian data fit. Files have a mask when all frames read the same lines.
public struct RawDataExport: Sendable {
    /// The form of the files.
    public enum Format: String, Sendable, CaseIterable {
        /// ISMRMRD.
        case mrd
        /// fastMRI's folders of HDF5 files.
        case fastmri
    }

    private let format: Format
    private let manifest: Manifest
    private let source: DatasetFolder
    private let target: URL

    /// Prepares to export a dataset into a folder, which must be empty or not there.
    ///
    /// - Throws: `CineError`: `noInput` when there is no dataset, `badData` when it has no k-space of that form,
    ///   `cannotCreate` when the folder is not empty.
    public init(_ format: Format, of source: DatasetFolder, to target: URL) throws {
        manifest = try Manifest(contentsOf: source.manifest)
        let recipe = manifest.recipe
        let requests = recipe.roster().compactMap(recipe.kspace)
        guard !requests.isEmpty else {
            throw CineError(
                .badData,
                "\(source.url.relativePath): expected k-space, found none; the recipe needs a `kspace` section")
        }
        if let curved = requests.map(\.settings.sampling.kind).first(where: { !$0.isCartesian }), format == .fastmri {
            throw CineError(
                .badData, "fastMRI files hold Cartesian lines, found `\(curved.rawValue)`; export to mrd instead")
        }
        self.format = format
        self.source = source
        self.target = target
        try target.checkEmpty()
    }

    /// Exports every patient.
    ///
    /// - Returns: the number of files.
    /// - Throws: `CineError`: `badData` when a patient file is damaged, `interrupted`, and what writing throws.
    public func run(threads: Int, monitor: WorkMonitor = WorkMonitor()) throws -> Int {
        let results = Workers.map(manifest.patients.count, threads: threads) { index in
            Result {
                let entry = manifest.patients[index]
                let file = try source.patient(entry)
                return try View.allCases.compactMap { try file.kspace($0) }.reduce(0) { count, view in
                    try monitor.check()
                    return try count + (format == .mrd ? writeMRD(view, entry) : writeFastMRI(view, entry))
                }
            }
        }
        return try results.reduce(0) { try $0 + $1.get() }
    }

    private func info(_ view: KSpaceView, _ entry: Manifest.Entry) throws -> MRDScanInfo {
        var info = MRDScanInfo()
        info.patientID = entry.id
        info.protocolName = "\(manifest.recipe.name) \(view.view.rawValue) \(try view.sampling)"
        info.trMS = try view.number("tr_ms")
        info.teMS = try view.number("te_ms")
        info.flipDegrees = try view.number("flip_deg")
        info.fieldT = try view.number("field_t")
        // Half of each repetition is read.
        info.sampleTimeUS = info.trMS * 500 / Double(view.shape[4])
        info.slices = view.slices
        info.isGoldenAngle = try view.sampling == SamplingSettings.Kind.radialGolden.rawValue
        return info
    }

    // MARK: - MRD

    private func writeMRD(_ view: KSpaceView, _ entry: Manifest.Entry) throws -> Int {
        let info = try info(view, entry)
        try target.makeFolder()
        let path = target.appendingPathComponent("\(entry.id)_\(view.view.rawValue).h5").path
        let header = try view.slice(0).mrdHeader(info)
        try MRDWriter.write(to: path, header) { file in
            if let noise = try noise(view, entry) {
                try file.append(
                    MRDAcquisition(coils: view.shape[2], noise: noise, sampleTimeUS: info.sampleTimeUS))
            }
            for index in 0..<view.slices {
                let slice = try view.slice(index)
                for frame in 0..<slice.frames {
                    for line in 0..<slice.lines {
                        try file.append(slice.mrdAcquisition(frame: frame, line: line, slice: index, info))
                    }
                }
            }
        }
        return 1
    }

    /// Samples of noise alone, [C, 512], as correlated as that of the data; nil without noise.
    private func noise(_ view: KSpaceView, _ entry: Manifest.Entry) throws -> [ComplexFloat]? {
        let coils = view.shape[2]
        let covariance = view.noiseCovariance.map { ComplexDouble($0) }
        let variance = (0..<coils).reduce(0.0) { $0 + covariance[$1 * coils + $1].real } / Double(coils)
        guard variance > 0 else { return nil }
        var samples = [ComplexFloat](repeating: .zero, count: coils * 512)
        // A frame beyond those of the scan, so that no sample's noise is repeated.
        try CoilNoise(
            NoiseCovariance(matrix: covariance, count: coils), deviation: (variance / 2).squareRoot(),
            seed: manifest.recipe.seed, patient: entry.subject
        ).add(to: &samples, view: view.view, slice: 0, frame: view.shape[1])
        return samples
    }

    // MARK: - fastMRI

    private func writeFastMRI(_ view: KSpaceView, _ entry: Manifest.Entry) throws -> Int {
        let info = try info(view, entry)
        let folder = FastMRIFolder(target)
        let split: FastMRIFolder.Split = entry.split == "test" ? .test : entry.split == "validation" ? .val : .train
        let matrix = view.matrix
        for index in 0..<view.slices {
            let slice = try view.slice(index)
            let (maps, reference) = try (view.coilMaps(index), view.reference(index))
            let mask = slice.fastMRIMask
            let isFull = slice.lines == matrix
            let volume = FastMRIVolume(
                slices: slice.frames, coils: slice.coils, rows: slice.readout, columns: matrix,
                target: [matrix, matrix], mask: isFull ? nil : mask,
                acceleration: Int(try view.number("nominal_acceleration").rounded()), header: slice.mrdHeader(info),
                acquisition: "CINE_\(view.view.rawValue.uppercased())", patientID: entry.id,
                numbers: ["frames": slice.frames, "slice": index])
            let name = "\(entry.id)_\(view.view.rawValue)_\(index)"
            let pixels = matrix * matrix
            let gains = (0..<pixels).map { pixel in
                (0..<slice.coils).reduce(Float(0)) { $0 + maps[$1 * pixels + pixel].lengthSquared }.squareRoot()
            }
            try folder.write(name, split, volume) { file in
                for frame in 0..<slice.frames {
                    // Rows are x: the transpose of our images.
                    let target = (0..<pixels).map { place in
                        let pixel = place % matrix * matrix + place / matrix
                        return reference[frame * pixels + pixel].length * gains[pixel]
                    }
                    try file.append(slice.fastMRISamples(frame: frame), target: target)
                }
            }
            try folder.writeTruth(name) { root in
                try root.makeDataset("reference", .complex64, shape: [slice.frames, matrix, matrix]).write(reference)
                try root.makeDataset("coil_maps", .complex64, shape: [slice.coils, matrix, matrix]).write(maps)
                try root.makeDataset("time_ms", .float64, shape: [slice.frames, slice.lines]).write(slice.timesMS)
                try root.makeDataset("cardiac_phase", .float32, shape: [slice.frames, slice.lines]).write(slice.phases)
                try root.makeDataset("breath_mm", .float32, shape: [slice.frames, slice.lines]).write(slice.breathMM)
            }
        }
        return view.slices
    }
}

extension URL {
    /// Refuses a folder that holds something.
    func checkEmpty() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.isEmpty else {
            throw CineError(.cannotCreate, "\(relativePath) is not empty; choose another folder")
        }
    }

    /// Makes a folder, and those on the way to it.
    func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
        } catch {
            throw CineError(.cannotCreate, "cannot create \(relativePath): \(error.localizedDescription)")
        }
    }
}
