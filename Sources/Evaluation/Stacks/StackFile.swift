import Core
import Datasets
import Scanner
import Storage

/// A patient's short-axis stack with its fine slices, of which frames are read one by one.
struct StackFile: Sendable {
    /// Name of the patient.
    let id: String
    /// Number of frames.
    let frames: Int
    /// The frame with the smallest left ventricle; end-diastole is frame 0.
    let endSystolicFrame: Int
    /// Fine slices for each of the stack.
    let factor: Int
    /// Where the fine slices lie.
    let fine: Grid
    private let stack: CineGroup
    private let truth: Truth?
    private let views: [CineGroup]
    /// The pixel of a cine slice at which the fine slices begin.
    private let corner: SIMD2<Int>

    /// What is true of the fine slices.
    private struct Truth {
        let image: HDF5Dataset
        let label: HDF5Dataset
    }

    /// The part of a recipe that gives fine slices.
    private static let aligned = "volume: {along: sax, size: [80, 80]}"

    /// Opens a stack and the truth about it.
    ///
    /// - Parameter views: long-axis views that are read along.
    /// - Throws: `CineError(.badData)` that says what the recipe should have asked for.
    init(_ patient: PatientFile, views: [View] = []) throws {
        guard let volume = try patient.volume() else {
            throw Self.missing("fine slices of the short-axis stack", Self.aligned, patient)
        }
        guard let image = volume.image, let label = volume.label else {
            throw Self.missing("image and label of the fine slices", Self.aligned, patient)
        }
        try self.init(patient, views: views, truth: Truth(image: image, label: label), frames: volume.frames) { _ in
            volume.grid
        }
    }

    /// Opens a stack of which nothing else need be known; the truth is then zero.
    ///
    /// - Parameter crop: how slices are divided, and how many rows and columns about the middle are seen.
    /// - Throws: as above.
    init(toPredict patient: PatientFile, views: [View] = [], crop: StackCrop) throws {
        try self.init(patient, views: views, truth: nil, frames: .max) { stack in
            stack.dividingSlices(
                by: crop.factor, width: min(crop.size[1], stack.size.x), height: min(crop.size[0], stack.size.y))
        }
    }

    private init(
        _ patient: PatientFile, views: [View], truth: Truth?, frames limit: Int, fine: (Grid) -> Grid
    ) throws {
        id = try patient.id
        guard let stack = try patient.cine(.sax) else {
            throw Self.missing("short-axis slices", "cine: {views: [sax]}", patient)
        }
        self.views = try views.map { view in
            guard let group = try patient.cine(view) else {
                throw Self.missing("a view \(view.rawValue)", "cine: {views: [sax, \(view.rawValue)]}", patient)
            }
            return group
        }
        guard stack.sliceCount >= 2 else {
            throw CineError(
                .badData,
                """
                \(patient.path): expected a stack of at least 2 short-axis slices, found \(stack.sliceCount). Generate \
                the dataset with a greater `cine.slice_count` in its recipe, or without it.
                """)
        }
        let fine = fine(stack.stack)
        factor = max(1, fine.size.z / stack.sliceCount)
        guard let corner = Self.corner(of: fine, in: stack.stack, factor: factor) else {
            throw CineError(
                .badData,
                """
                \(patient.path): expected volumes along the short-axis stack, found \(fine.size.z) slices along other \
                axes. Generate the dataset with `\(Self.aligned)` in its recipe.
                """)
        }
        (self.stack, self.truth, self.fine, self.corner) = (stack, truth, fine, corner)
        frames = min(stack.frames, limit)
        endSystolicFrame = min(frames - 1, max(0, Int(try patient.measures["es_frame"] ?? 0)))
    }

    private static func missing(_ what: String, _ key: String, _ patient: PatientFile) -> CineError {
        CineError(
            .badData,
            "\(patient.path): expected \(what), found none. Generate the dataset with `\(key)` in its recipe.")
    }

    /// Number of slices.
    var slices: Int { stack.sliceCount }

    /// Where the slices lie, on the pixels of the fine ones.
    var thick: Grid {
        Grid(
            affine: Affine(
                x: fine.affine.x, y: fine.affine.y, z: fine.affine.z * Double(factor),
                translation: fine.affine([0, 0, Double(factor - 1) / 2])),
            size: [fine.size.x, fine.size.y, slices])
    }

    /// The frames that are scored, with their names.
    var moments: [(name: String, frame: Int)] { [("ED", 0), ("ES", endSystolicFrame)] }

    /// One frame, all of it normalised by the stack's percentiles.
    ///
    /// - Throws: `CineError(.badData)` for a damaged file.
    func frame(_ frame: Int) throws -> ThickStack {
        let (width, height) = (fine.size.x, fine.size.y)
        let (place, block) = ([0, frame, corner.y, corner.x], [slices, 1, height, width])
        let (finePlace, fineBlock) = ([frame, 0, 0, 0], [1, fine.size.z, height, width])
        let image: [Float] = try stack.image.read(at: place, count: block)
        let window = try IntensityWindow(of: image)
        let zeros = [UInt8](repeating: 0, count: truth == nil ? fine.count : 0)
        let truth: (image: [Float], label: [UInt8])? = try self.truth.map {
            (try $0.image.read(at: finePlace, count: fineBlock), try $0.label.read(at: finePlace, count: fineBlock))
        }
        return ThickStack(
            slices: slices, factor: factor, height: height, width: width, window: window, image: window(image),
            label: HeartClass.classes(of: try stack.label.read(at: place, count: block)),
            fineImage: truth.map { window($0.image) } ?? zeros.map { Float($0) },
            fineLabel: truth.map { HeartClass.classes(of: $0.label) } ?? zeros,
            views: try views.map { view in
                let plane = view.planned[0]
                let image: [Float] = try view.image.read(
                    at: [0, frame, 0, 0], count: [1, 1, plane.size.y, plane.size.x])
                return FineView(window(image), plane: plane, on: fine)
            })
    }

    /// The pixel at which fine slices begin; nil when they do not divide the stack.
    private static func corner(of fine: Grid, in stack: Grid, factor: Int) -> SIMD2<Int>? {
        guard fine.size.z == factor * stack.size.z else { return nil }
        let first = stack.affine.inverse(fine.affine([0, 0, Double(factor - 1) / 2]))
        let corner = SIMD2(Int(first.x.rounded()), Int(first.y.rounded()))
        let last = corner &+ SIMD2(fine.size.x, fine.size.y)
        guard corner.min() >= 0, last.x <= stack.size.x, last.y <= stack.size.y else { return nil }
        // Affines are stored in double precision; a thousandth of a pixel would not be seen.
        let isAligned = [SIMD3(0, 0, 0), fine.size &- 1].allSatisfy { voxel in
            let expected = Vector3(
                Double(voxel.x + corner.x), Double(voxel.y + corner.y),
                (Double(voxel.z) - Double(factor - 1) / 2) / Double(factor))
            return length(
                stack.affine(expected) - fine.position(voxel.x, voxel.y, voxel.z)) < 1e-3 * fine.spacingMM.min()
        }
        return isAligned ? corner : nil
    }
}
