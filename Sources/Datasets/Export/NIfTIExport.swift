import Core
import Foundation
import Phantom
import Scanner
import Storage

/// Writes a dataset as NIfTI, one folder a patient, with a JSON sidecar beside each file.
///
/// - Convention: cine slices lie where they were planned; the sidecar tells what each breath-hold moved the heart by.
///   Displacement is in mm, RAS+, from end-diastole to the frame, at the end-diastolic position.
public struct NIfTIExport: Sendable {
    private let manifest: Manifest
    private let source: DatasetFolder
    private let target: URL

    /// Prepares to export a dataset into a folder, which must be empty or not there.
    ///
    /// - Throws: `CineError`: `noInput` when there is no dataset, `cannotCreate` when the folder is not empty.
    public init(_ source: DatasetFolder, to target: URL) throws {
        manifest = try Manifest(contentsOf: source.manifest)
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
                try monitor.check()
                return try export(manifest.patients[index], monitor: monitor)
            }
        }
        return try results.reduce(0) { try $0 + $1.get() }
    }

    private func export(_ entry: Manifest.Entry, monitor: WorkMonitor) throws -> Int {
        let file = try source.patient(entry)
        let folder = target.appendingPathComponent(entry.id)
        try folder.makeFolder()
        let times = try file.curve("time_ms")
        let frameTime = times.count > 1 ? times[1] - times[0] : 0
        var files = 0
        for view in View.allCases {
            guard let cine = try file.cine(view) else { continue }
            try write(cine, entry, frameTime: frameTime, to: folder)
            files += 2
        }
        if let volume = try file.volume() {
            files += try write(volume, entry, frameTime: frameTime, to: folder, monitor: monitor)
        }
        let patient: [String: JSONValue] = [
            "id": .string(entry.id), "group": .string(entry.group), "split": .string(entry.split),
            "synthetic": .bool(true),
            "measures": try JSONValue(encoding: file.measures), "parameters": try file.parameters,
            "recipe_sha256": .string(manifest.recipeSHA256),
        ]
        try write(.object(patient), "patient", to: folder)
        monitor.advance(entry.bytes)
        return files
    }

    // MARK: - Cine

    private func write(_ cine: CineGroup, _ entry: Manifest.Entry, frameTime: Double, to folder: URL) throws {
        var sidecar = sidecar(entry, frameTime: frameTime)
        sidecar["slices"] = .array(
            cine.motions.indices.map { slice in
                .object([
                    "shift_mm": .array(cine.motions[slice].prefix(3).map { .number(Double($0)) }),
                    "rotation_rad": .array(cine.motions[slice].dropFirst(3).map { .number(Double($0)) }),
                    "planned_affine": .array(cine.planned[slice].affine.rowMajor.map { .number($0) }),
                    "true_affine": .array(cine.sampled[slice].affine.rowMajor.map { .number($0) }),
                ])
            })
        sidecar["motion_center_mm"] = .array([0, 1, 2].map { .number(cine.motionCenter[$0]) })
        let name = cine.view.rawValue
        try NIfTIWriter.write(header(.float32, cine, frameTime), to: path(folder, "\(name)_cine")) { writer in
            for frame in 0..<cine.frames { try writer.append(stack(cine.image, frame) as [Float]) }
        }
        try NIfTIWriter.write(header(.uint8, cine, frameTime), to: path(folder, "\(name)_label")) { writer in
            for frame in 0..<cine.frames { try writer.append(stack(cine.label, frame) as [UInt8]) }
        }
        try write(.object(sidecar), "\(name)_cine", to: folder)
        sidecar["labels"] = NIfTIExport.labels
        try write(.object(sidecar), "\(name)_label", to: folder)
    }

    private func header(_ element: NIfTIHeader.Element, _ cine: CineGroup, _ frameTime: Double) -> NIfTIHeader {
        NIfTIHeader(
            element, grid: cine.stack, frames: cine.frames, frameTimeMS: frameTime, description: NIfTIExport.mark)
    }

    /// One frame of all slices of [S, T, Y, X].
    private func stack<Element: HDF5Element>(_ dataset: HDF5Dataset, _ frame: Int) throws -> [Element] {
        try dataset.read(at: [0, frame, 0, 0], count: [dataset.shape[0], 1] + dataset.shape.dropFirst(2))
    }

    // MARK: - Volume

    private func write(
        _ volume: VolumeGroup, _ entry: Manifest.Entry, frameTime: Double, to folder: URL, monitor: WorkMonitor
    ) throws -> Int {
        var sidecar = sidecar(entry, frameTime: frameTime)
        let extent = [volume.grid.size.z, volume.grid.size.y, volume.grid.size.x]
        func header(_ element: NIfTIHeader.Element, _ intent: NIfTIHeader.Intent = .none) -> NIfTIHeader {
            NIfTIHeader(
                element, grid: volume.grid, frames: volume.frames, frameTimeMS: frameTime, intent: intent,
                description: NIfTIExport.mark)
        }
        var files = 0
        if let image = volume.image {
            try NIfTIWriter.write(header(.float32), to: path(folder, "volume_image")) { writer in
                for frame in 0..<volume.frames {
                    try monitor.check()
                    try writer.append(image.read(Float.self, at: [frame, 0, 0, 0], count: [1] + extent))
                }
            }
            try write(.object(sidecar), "volume_image", to: folder)
            files += 1
        }
        if let field = volume.displacement {
            try NIfTIWriter.write(header(.float32, .displacement), to: path(folder, "volume_displacement")) { writer in
                for axis in 0..<3 {
                    for frame in 0..<volume.frames {
                        try monitor.check()
                        try writer.append(field.read(Float.self, at: [frame, axis, 0, 0, 0], count: [1, 1] + extent))
                    }
                }
            }
            var own = sidecar
            own["displacement"] = "mm, RAS+, from end-diastole (frame 0) to the frame, at the end-diastolic position"
            try write(.object(own), "volume_displacement", to: folder)
            files += 1
        }
        if let label = volume.label {
            try NIfTIWriter.write(header(.uint8), to: path(folder, "volume_label")) { writer in
                for frame in 0..<volume.frames {
                    try writer.append(label.read(UInt8.self, at: [frame, 0, 0, 0], count: [1] + extent))
                }
            }
            sidecar["labels"] = NIfTIExport.labels
            try write(.object(sidecar), "volume_label", to: folder)
            files += 1
        }
        return files
    }

    // MARK: - Sidecars

    private static let mark = "SYNTHETIC: CineForge digital phantom"
    private static let labels = JSONValue.object(
        Label.allCases.reduce(into: [:]) { $0[String($1.rawValue)] = .string($1.name) })

    private func sidecar(_ entry: Manifest.Entry, frameTime: Double) -> [String: JSONValue] {
        [
            "id": .string(entry.id), "synthetic": .bool(true), "space": "patient frame, mm, RAS+",
            "frame_time_ms": .number(frameTime), "recipe_sha256": .string(manifest.recipeSHA256),
        ]
    }

    private func path(_ folder: URL, _ name: String) -> String { folder.appendingPathComponent("\(name).nii.gz").path }

    private func write(_ sidecar: JSONValue, _ name: String, to folder: URL) throws {
        try AtomicFile.write(sidecar.text(pretty: true) + "\n", to: folder.appendingPathComponent("\(name).json").path)
    }
}
