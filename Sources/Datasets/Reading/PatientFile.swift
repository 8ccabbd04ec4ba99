import Core
import Foundation
import Scanner
import Storage

/// A patient file, open for reading.
public struct PatientFile: Sendable {
    /// Path of the file.
    public let path: String
    /// The file's root.
    public let root: HDF5Group
    private let file: HDF5File

    /// Opens a file and checks that it is a patient of a version that is read here.
    ///
    /// - Throws: `CineError`: `noInput` when it cannot be opened, `badData` when it is something else.
    public init(_ path: String) throws {
        self.path = path
        file = try HDF5File.open(path)
        root = file.root
        let format = try? root.attributes.text("format")
        guard format == PatientFormat.name else {
            throw CineError(
                .badData,
                "\(path): expected format \(PatientFormat.name), found \(format ?? "none"); it is no patient file")
        }
        let version = try root.attributes.text("format_version")
        guard version.hasPrefix("1.") else {
            throw CineError(.badData, "\(path): expected format version 1, found \(version); use a newer program")
        }
    }

    /// Name in its dataset.
    public var id: String { get throws { try root.attributes.text("id") } }
    /// Group of the cohort.
    public var group: String { get throws { try root.attributes.text("group") } }
    /// SHA-256 of the recipe.
    public var recipeSHA256: String { get throws { try root.attributes.text("recipe_sha256") } }
    /// Program and recipe that made it.
    public var provenance: JSONValue { get throws { try json(root.attributes.text("provenance")) } }
    /// Every drawn value, in the form of `PatientParameters` with snake-case names.
    public var parameters: JSONValue { get throws { try json(root.group("patient").attributes.text("parameters")) } }

    /// The measures of the continuous patient, by name.
    public var measures: [String: Double] {
        get throws {
            let attributes = try root.group("truth/measures").attributes
            return try attributes.names.reduce(into: [:]) { $0[$1] = try attributes.number($1) }
        }
    }

    /// A curve of the continuous patient: `time_ms`, `lv_ml`, `rv_ml`, `la_ml` or `ra_ml`.
    public func curve(_ name: String) throws -> [Double] { try root.dataset("truth/curves/\(name)").read() }

    /// The high-resolution volumes; nil when the recipe did not ask for them.
    public func volume() throws -> VolumeGroup? {
        root.holdsGroup("truth/volume") ? try VolumeGroup(root.group("truth/volume"), path: path) : nil
    }

    /// The slices of a view; nil when the recipe did not ask for them.
    public func cine(_ view: View) throws -> CineGroup? {
        let name = "cine/\(view.rawValue)"
        return root.holdsGroup(name) ? try CineGroup(root.group(name), view: view, path: path) : nil
    }

    /// Every dataset of the file.
    public func contents() throws -> [(path: String, dataset: HDF5Dataset)] {
        try datasets(in: root, prefix: "", depth: 0)
    }

    private func datasets(in group: HDF5Group, prefix: String, depth: Int) throws -> [(
        path: String, dataset: HDF5Dataset
    )] {
        guard depth < 8 else { return [] }
        return try group.children.flatMap { name in
            group.holdsGroup(name)
                ? try datasets(in: group.group(name), prefix: prefix + name + "/", depth: depth + 1)
                : [(prefix + name, try group.dataset(name))]
        }
    }

    private func json(_ text: String) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw CineError(.badData, "\(path): an attribute is not JSON; the file is damaged")
        }
    }
}

/// High-resolution volumes of a patient.
public struct VolumeGroup: Sendable {
    /// Where the voxels lie.
    public let grid: Grid
    /// Number of frames.
    public let frames: Int
    /// Images [T, Z, Y, X]; nil when not stored.
    public let image: HDF5Dataset?
    /// Labels [T, Z, Y, X]; nil when not stored.
    public let label: HDF5Dataset?
    /// Displacement [T, 3, Z, Y, X] in mm; nil when not stored.
    public let displacement: HDF5Dataset?

    init(_ group: HDF5Group, path: String) throws {
        func find(_ name: String) throws -> HDF5Dataset? { group.holdsDataset(name) ? try group.dataset(name) : nil }
        (image, label, displacement) = (try find("image"), try find("label"), try find("displacement"))
        let shapes = [image?.shape, label?.shape, displacement.map { [$0.shape.first ?? 0] + $0.shape.dropFirst(2) }]
            .compactMap { $0 }
        guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }), shape.count == 4, !shape.contains(0),
            displacement.map({ $0.shape.count == 5 && $0.shape[1] == 3 }) ?? true
        else { throw CineError(.badData, "\(path): truth/volume: expected [T, Z, Y, X] alike, found \(shapes)") }
        let affine = try group.attributes.numbers("affine", shape: [4, 4])
        frames = shape[0]
        grid = Grid(affine: Affine(rowMajor: affine), size: [shape[3], shape[2], shape[1]])
    }
}

/// The slices of one view of a patient.
public struct CineGroup: Sendable {
    /// The view.
    public let view: View
    /// Where the operator put each slice.
    public let planned: [Grid]
    /// Where each slice lies in the heart at rest.
    public let sampled: [Grid]
    /// What each breath-hold moved the heart by: mm and rad, six values a slice.
    public let motions: [[Float]]
    /// The point about which motions turn, mm.
    public let motionCenter: Vector3
    /// Number of frames.
    public let frames: Int
    /// Images [S, T, Y, X].
    public let image: HDF5Dataset
    /// Labels [S, T, Y, X].
    public let label: HDF5Dataset

    init(_ group: HDF5Group, view: View, path: String) throws {
        self.view = view
        image = try group.dataset("image")
        label = try group.dataset("label")
        let shape = image.shape
        guard shape.count == 4, label.shape == shape, !shape.contains(0) else {
            throw CineError(
                .badData,
                "\(path): cine/\(view.rawValue): expected image and label [S, T, Y, X] alike, found \(shape) and \(label.shape)"
            )
        }
        func grids(_ name: String) throws -> [Grid] {
            let values: [Double] = try group.dataset(name).read(shape: [shape[0], 4, 4])
            return (0..<shape[0]).map {
                Grid(affine: Affine(rowMajor: Array(values[$0 * 16..<($0 + 1) * 16])), size: [shape[3], shape[2], 1])
            }
        }
        frames = shape[1]
        planned = try grids("planned_affine")
        sampled = try grids("true_affine")
        let values: [Float] = try group.dataset("motion").read(shape: [shape[0], 6])
        motions = (0..<shape[0]).map { Array(values[$0 * 6..<($0 + 1) * 6]) }
        let center = try group.attributes.numbers("motion_center", shape: [3])
        motionCenter = Vector3(center[0], center[1], center[2])
    }

    /// Number of slices.
    public var sliceCount: Int { planned.count }

    /// All slices as one stack, where they are planned: slices along z.
    public var stack: Grid {
        Grid(affine: planned[0].affine, size: [planned[0].size.x, planned[0].size.y, sliceCount])
    }
}
