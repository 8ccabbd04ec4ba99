import Core
import Scanner
import Storage

/// A file of raw data: k-space of one of our patients, or an MRD file of others.
public struct RawSource: Sendable {
    private enum Kind: Sendable {
        case ours(KSpaceView)
        case mrd(MRDScan)
    }

    private let kind: Kind
    /// Number of slices.
    public let slices: Int
    /// The view; nil for MRD files.
    public let view: View?

    /// Opens a file.
    ///
    /// - Parameter view: name of the view of a patient file; nil for the first that there is.
    /// - Throws: `CineError`: `noInput` when there is no such file, `badData` when it holds no raw data that are read
    ///   here, `usage` when it has no such view.
    public init(_ path: String, view name: String? = nil) throws {
        guard let patient = try RawSource.patient(path) else {
            let scan = try MRDScan(MRDFile(path))
            (kind, slices, view) = (.mrd(scan), scan.slices.count, nil)
            guard name == nil else { throw CineError(.usage, "--view: an MRD file has no views; leave it out") }
            return
        }
        let views = try View.allCases.compactMap { try patient.kspace($0) }
        guard let first = views.first else {
            throw CineError(
                .badData, "\(path): expected k-space, found none; the recipe needs a `kspace` section")
        }
        guard let name else {
            (kind, slices, view) = (.ours(first), first.slices, first.view)
            return
        }
        guard let found = views.first(where: { $0.view.rawValue == name }) else {
            throw CineError(
                .usage, "--view: no k-space of `\(name)`" + Nearest.advice(for: name, among: views.map(\.view.rawValue))
            )
        }
        (kind, slices, view) = (.ours(found), found.slices, found.view)
    }

    /// A slice, from 0.
    ///
    /// - Throws: `CineError` when the file is damaged.
    public func slice(_ index: Int) throws -> RawSlice {
        switch kind {
        case .ours(let view): try RawSlice(view, slice: index)
        case .mrd(let scan): try RawSlice(scan, slice: index)
        }
    }

    /// The patient file; nil when it is an HDF5 file of another kind.
    private static func patient(_ path: String) throws -> PatientFile? {
        let file = try HDF5File.open(path)
        guard (try? file.root.attributes.text("format")) == PatientFormat.name else { return nil }
        return try PatientFile(path)
    }
}
