import Core
import Foundation
import Report
import Scanner
import Storage

/// Pictures of a patient: a montage at end-diastole and end-systole, and all slices beating.
public enum Previews {
    /// Makes both pictures from a patient file: `ID.png` and `ID.apng`.
    ///
    /// - Throws: `CineError`: `badData` when the file is damaged, and what writing throws.
    public static func write(file: String, into folder: URL, id: String, threads: Int = 1) throws {
        let file = try PatientFile(file)
        var preview = try preview(file, panels: panels(file, group: nil))
        let measures = try file.measures
        try preview.writeMontage(
            edFrame: 0, esFrame: frame(measures, preview), to: folder.appendingPathComponent("\(id).png").path)
        let times = try file.curve("time_ms")
        guard times.count > 1 else { return }
        // Noise hardly packs: small tiles, which the heart fills, keep an animation at 2 MB.
        preview.tileSize = 112
        try preview.focused().writeAnimation(
            frameTimeMS: times[1] - times[0], to: folder.appendingPathComponent("\(id).apng").path, threads: threads)
    }

    /// Makes the montage of one group of a patient file.
    ///
    /// - Parameter file: the patient.
    /// - Parameter group: `truth/volume`, `cine/<view>` or `kspace/<view>`; nil for what the patient's preview shows.
    /// - Parameter path: where the picture goes.
    /// - Throws: `CineError`: `usage` when there is no such group, else as above.
    public static func write(_ file: PatientFile, group: String?, to path: String) throws {
        let preview = try preview(file, panels: panels(file, group: group))
        try preview.writeMontage(edFrame: 0, esFrame: frame(file.measures, preview), to: path)
    }

    private static func frame(_ measures: [String: Double], _ preview: Preview) -> Int {
        min(preview.frameCount - 1, max(0, Int(measures["es_frame"] ?? 0)))
    }

    private static func preview(_ file: PatientFile, panels: [Panel]) throws -> Preview {
        let measures = try file.measures
        let note = String(
            format: "LV EF %.0f %%, EDV %.0f mL, %.0f/min", 100 * (measures["lv_ef"] ?? 0), measures["lv_edv_ml"] ?? 0,
            measures["heart_rate_bpm"] ?? 0)
        return try Preview(title: "\(file.id) \(file.group)", note: note, panels: panels)
    }

    // MARK: - Panels

    private static func panels(_ file: PatientFile, group: String?) throws -> [Panel] {
        let views = try View.allCases.compactMap { try file.cine($0) }
        let scans = try View.allCases.compactMap { try file.kspace($0) }
        guard let group else {
            if !views.isEmpty { return try views.flatMap(panels) }
            if let volume = try file.volume() { return try panels(volume) }
            return try scans.flatMap(panels)
        }
        if group == "truth/volume", let volume = try file.volume() { return try panels(volume) }
        if let view = views.first(where: { group == "cine/\($0.view.rawValue)" }) { return try panels(view) }
        if let scan = scans.first(where: { group == "kspace/\($0.view.rawValue)" }) { return try panels(scan) }
        let known =
            (try file.volume() == nil ? [] : ["truth/volume"]) + views.map { "cine/\($0.view.rawValue)" }
            + scans.map { "kspace/\($0.view.rawValue)" }
        throw CineError(.usage, "no picture of `\(group)`" + Nearest.advice(for: group, among: known))
    }

    /// The images that a perfect scan would have given.
    private static func panels(_ scan: KSpaceView) throws -> [Panel] {
        try (0..<scan.slices).map { slice in
            let name = title(scan.view)
            let pixels = scan.matrix * scan.matrix
            return Panel(
                title: scan.slices > 1 ? "\(name) \(slice + 1)" : name, stack: name, width: scan.matrix,
                height: scan.matrix,
                spacingMM: SIMD2(scan.planned[slice].spacingMM.x, scan.planned[slice].spacingMM.y),
                frames: split(try scan.reference(slice).map(\.length), pixels))
        }
    }

    private static func title(_ view: View) -> String {
        view.rawValue.uppercased().replacingOccurrences(of: "_", with: " ")
    }

    private static func panels(_ cine: CineGroup) throws -> [Panel] {
        let (height, width) = (cine.image.shape[2], cine.image.shape[3])
        let count = [1, cine.frames, height, width]
        return try (0..<cine.sliceCount).map { slice in
            let images: [Float] = try cine.image.read(at: [slice, 0, 0, 0], count: count)
            let labels: [UInt8] = try cine.label.read(at: [slice, 0, 0, 0], count: count)
            let name = title(cine.view)
            return Panel(
                title: cine.sliceCount > 1 ? "\(name) \(slice + 1)" : name, stack: name, width: width, height: height,
                spacingMM: SIMD2(cine.planned[slice].spacingMM.x, cine.planned[slice].spacingMM.y),
                frames: split(images, height * width), labels: split(labels, height * width))
        }
    }

    private static func split<Element>(_ values: [Element], _ size: Int) -> [[Element]] {
        stride(from: 0, to: values.count, by: size).map { Array(values[$0..<$0 + size]) }
    }

    /// The three central planes of a volume, seen as radiologists do: the patient's right on the left, head on top.
    private static func panels(_ volume: VolumeGroup) throws -> [Panel] {
        let size = volume.grid.size
        let spacing = volume.grid.spacingMM
        let planes = [
            Plane(title: "AXIAL", axis: 2, size: size, spacing: spacing),
            Plane(title: "CORONAL", axis: 1, size: size, spacing: spacing),
            Plane(title: "SAGITTAL", axis: 0, size: size, spacing: spacing),
        ]
        return try planes.map { plane in
            let frames = try (0..<volume.frames).map { frame in
                (
                    try volume.image.map { plane.turned(try plane.read($0, frame)) as [Float] },
                    try volume.label.map { plane.turned(try plane.read($0, frame)) as [UInt8] }
                )
            }
            let blank = [Float](repeating: 0, count: plane.width * plane.height)
            return Panel(
                title: plane.title, width: plane.width, height: plane.height, spacingMM: plane.spacingMM,
                frames: frames.map { $0.0 ?? blank }, labels: frames.compactMap(\.1))
        }
    }
}

/// A plane of a volume along the patient axes.
private struct Plane {
    let title: String
    let width: Int
    let height: Int
    let spacingMM: SIMD2<Double>
    private let axis: Int
    private let size: SIMD3<Int>

    init(title: String, axis: Int, size: SIMD3<Int>, spacing: Vector3) {
        let (column, row) = axis == 2 ? (0, 1) : axis == 1 ? (0, 2) : (1, 2)
        self.title = title
        self.axis = axis
        self.size = size
        (width, height) = (size[column], size[row])
        spacingMM = SIMD2(spacing[column], spacing[row])
    }

    func read<Element: HDF5Element>(_ dataset: HDF5Dataset, _ frame: Int) throws -> [Element] {
        var offset = [frame, 0, 0, 0]
        var count = [1, size.z, size.y, size.x]
        offset[3 - axis] = size[axis] / 2
        count[3 - axis] = 1
        return try dataset.read(at: offset, count: count)
    }

    /// Both axes run backwards: x to the patient's left, y to the back, z to the feet.
    func turned<Element>(_ values: [Element]) -> [Element] { values.reversed() }
}
