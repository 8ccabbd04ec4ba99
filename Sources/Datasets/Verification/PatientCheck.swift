import Core
import Foundation
import Phantom
import Scanner
import Storage

/// Checks one patient file against the recipe and against itself.
struct PatientCheck {
    let file: PatientFile
    private let entry: Manifest.Entry
    let recipe: Recipe
    /// The patient's place in the recipe; nil when the recipe has none of that name.
    let plan: PatientPlan?
    private let recipeSHA256: String

    init(
        _ file: PatientFile, entry: Manifest.Entry, plan: PatientPlan?, recipe: Recipe, recipeSHA256: String
    ) {
        self.file = file
        self.plan = plan
        self.entry = entry
        self.recipe = recipe
        self.recipeSHA256 = recipeSHA256
    }

    /// Everything that is wrong with the file.
    func problems() throws -> [Verification.Problem] {
        var findings = Findings(file: entry.file)
        try checkIdentity(&findings)
        let curves = try checkTruth(&findings)
        findings.expect("truth/volume", recipe.volume != nil, file.root.holdsGroup("truth/volume"), "volumes")
        if recipe.volume != nil, let volume = try file.volume() { try check(volume, curves: curves, &findings) }
        for view in View.allCases {
            let isAsked = recipe.cineViews.contains(view)
            let place = "cine/\(view.rawValue)"
            findings.expect(place, isAsked, file.root.holdsGroup(place), "slices")
            if isAsked, let cine = try file.cine(view) { try check(cine, place, &findings) }
        }
        try checkKSpace(&findings)
        try checkFields(&findings)
        return findings.problems
    }

    // MARK: - Identity and truth

    private func checkIdentity(_ findings: inout Findings) throws {
        for (name, expected, found) in [
            ("id", entry.id, try file.id), ("group", entry.group, try file.group),
            ("recipe_sha256", recipeSHA256, try file.recipeSHA256),
        ] where expected != found {
            findings.note("", "expected \(name) \(expected), found \(found)")
        }
        let seed = try file.root.attributes.integer("seed")
        if seed != Int(truncatingIfNeeded: recipe.seed) {
            findings.note("", "expected seed \(recipe.seed), found \(seed)")
        }
        _ = try file.provenance
        _ = try file.parameters
    }

    private func checkTruth(_ findings: inout Findings) throws -> [String: [Double]] {
        var curves: [String: [Double]] = [:]
        for name in ["time_ms", "lv_ml", "rv_ml", "la_ml", "ra_ml"] {
            let values = try file.curve(name)
            curves[name] = values
            let place = "truth/curves/\(name)"
            if values.count != recipe.frames {
                findings.note(place, "expected \(recipe.frames) values, found \(values.count)")
            }
            if !values.allSatisfy({ $0.isFinite && $0 >= 0 }) {
                findings.note(place, "expected finite values, none negative")
            }
        }
        let times = curves["time_ms"] ?? []
        if zip(times, times.dropFirst()).contains(where: { $0 >= $1 }) {
            findings.note("truth/curves/time_ms", "expected rising times")
        }
        let measures = try file.measures
        for (name, _) in PatientFormat.measures where !(measures[name]?.isFinite ?? false) {
            findings.note(
                "truth/measures", "expected a finite \(name), found \(measures[name].map(Words.number) ?? "none")")
        }
        checkMeasures(measures, curves: curves, &findings)
        return curves
    }

    /// Sampled curves stay between the extremes of the continuous ones and reach them nearly.
    private func checkMeasures(_ measures: [String: Double], curves: [String: [Double]], _ findings: inout Findings) {
        for (curve, low, high) in [
            ("lv_ml", "lv_esv_ml", "lv_edv_ml"), ("rv_ml", "rv_esv_ml", "rv_edv_ml"),
            ("la_ml", "la_min_ml", "la_max_ml"),
            ("ra_ml", "ra_min_ml", "ra_max_ml"),
        ] {
            guard let smallest = measures[low], let largest = measures[high], let values = curves[curve] else {
                continue
            }
            let slack = 1e-6 * max(1, largest)
            if values.contains(where: { $0 < smallest - slack || $0 > largest + slack }) {
                findings.note(
                    "truth/curves/\(curve)",
                    "expected values from \(low) \(Words.number(smallest)) to \(high) \(Words.number(largest))")
            }
        }
        for side in ["lv", "rv"] {
            guard let edv = measures["\(side)_edv_ml"], let esv = measures["\(side)_esv_ml"],
                let ef = measures["\(side)_ef"]
            else { continue }
            if edv <= 0 || abs(ef - (1 - esv / edv)) > 1e-9 {
                findings.note(
                    "truth/measures",
                    "expected \(side)_ef 1 - \(side)_esv_ml / \(side)_edv_ml, found \(Words.number(ef))")
            }
        }
        if let frame = measures["es_frame"], let values = curves["lv_ml"], let smallest = values.min(),
            !values.indices.contains(Int(frame)) || values[Int(frame)] > smallest + 1e-9
        {
            findings.note("truth/measures", "expected es_frame at the smallest lv_ml, found \(Int(frame))")
        }
    }

    // MARK: - Volume

    private func check(_ volume: VolumeGroup, curves: [String: [Double]], _ findings: inout Findings) throws {
        let place = "truth/volume"
        guard let request = recipe.volume else { return }
        findings.expect("\(place)/image", request.image, volume.image != nil, "images")
        findings.expect("\(place)/label", request.label, volume.label != nil, "labels")
        findings.expect(
            "\(place)/displacement", request.displacement != .none, volume.displacement != nil, "displacement")
        if volume.frames != recipe.frames {
            findings.note(place, "expected \(recipe.frames) frames, found \(volume.frames)")
        }
        try checkGrid(volume.grid, request, place, &findings)
        for frame in 0..<volume.frames {
            let (offset, count) = ([frame, 0, 0, 0], [1, volume.grid.size.z, volume.grid.size.y, volume.grid.size.x])
            if let image = volume.image {
                findings.checkImage(try image.read(at: offset, count: count), "\(place)/image", "frame \(frame)")
            }
            if let label = volume.label {
                let values: [UInt8] = try label.read(at: offset, count: count)
                findings.checkLabels(values, "\(place)/label", "frame \(frame)")
                checkVolume(values, frame: frame, volume.grid, curves: curves, &findings)
            }
            if let field = volume.displacement {
                let values: [Float] = try field.read(at: [frame, 0, 0, 0, 0], count: [1, 3] + count.dropFirst())
                findings.checkDisplacement(values, "\(place)/displacement", frame: frame)
            }
        }
    }

    private func checkGrid(
        _ grid: Grid, _ request: Recipe.VolumeRequest, _ place: String, _ findings: inout Findings
    ) throws {
        let spacing = grid.spacingMM
        let scan = recipe.scan
        let expected =
            request.spacingMM.map(Vector3.init(repeating:))
            ?? [
                scan.pixelMM, scan.pixelMM,
                (scan.sliceThicknessMM + scan.sliceGapMM) / Double(request.slicesPerThick ?? 1),
            ]
        if length(spacing - expected) > 1e-6 {
            func words(_ spacing: Vector3) -> String { Words.size([spacing.x, spacing.y, spacing.z]) }
            findings.note("\(place)@affine", "expected voxels of \(words(expected)) mm, found \(words(spacing))")
        }
        let size = [grid.size.x, grid.size.y, grid.size.z]
        if let expected = request.size, expected != Array(size.prefix(expected.count)) {
            findings.note(place, "expected \(Words.size(expected)) voxels, found \(Words.size(size))")
        }
        guard request.along == .sax, recipe.cineViews.contains(.sax), let stack = try file.cine(.sax) else { return }
        let planned = stack.stack.dividingSlices(
            by: request.slicesPerThick ?? 1, width: size[0], height: size[1])
        let corners = [grid, planned].map { [$0.position(0, 0, 0), $0.position($0.size.x, $0.size.y, $0.size.z)] }
        // Affines are stored in double precision.
        if zip(corners[0], corners[1]).contains(where: { length($0 - $1) > 1e-6 }) {
            findings.note("\(place)@affine", "expected fine slices of the planned short-axis stack, found others")
        }
    }

    /// The LV cavity's voxels hold what the curve says: a swapped or shifted frame does not.
    private func checkVolume(
        _ labels: [UInt8], frame: Int, _ grid: Grid, curves: [String: [Double]], _ findings: inout Findings
    ) {
        guard let curve = curves["lv_ml"], curve.indices.contains(frame) else { return }
        let expected = curve[frame]
        guard !touchesBorder(labels, grid.size) else { return }
        let voxels = labels.reduce(0) { $0 + ($1 == Label.lvCavity.rawValue ? 1 : 0) }
        let found = Double(voxels) * grid.voxelVolumeMM3 / 1000
        // Half a voxel's edge of a sphere's surface, and papillary muscles and valve planes.
        let surface = 4.84 * pow(expected, 2.0 / 3)
        let tolerance = 0.05 * expected + 0.25 * surface * grid.spacingMM.max() / 10
        if voxels > 0, abs(found - expected) > tolerance {
            findings.note(
                "truth/volume/label",
                String(
                    format: "frame %d: expected an LV cavity of %.1f ± %.1f mL, found %.1f", frame, expected, tolerance,
                    found))
        }
    }

    /// Whether the LV cavity reaches out of the volume, so that not all of it was counted.
    private func touchesBorder(_ labels: [UInt8], _ size: SIMD3<Int>) -> Bool {
        labels.indices.contains { index in
            guard labels[index] == Label.lvCavity.rawValue else { return false }
            let place = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
            return any(place .== 0) || any(place .== size &- 1)
        }
    }

    // MARK: - Cine

    private func check(_ cine: CineGroup, _ place: String, _ findings: inout Findings) throws {
        let scan = recipe.scan
        let expected = [cine.sliceCount, recipe.frames, scan.matrix, scan.matrix]
        if cine.image.shape != expected {
            findings.note("\(place)/image", "expected \(Words.size(expected)), found \(Words.size(cine.image.shape))")
        }
        for slice in 0..<cine.sliceCount {
            let (offset, count) = ([slice, 0, 0, 0], [1] + cine.image.shape.dropFirst())
            findings.checkImage(try cine.image.read(at: offset, count: count), "\(place)/image", "slice \(slice)")
            findings.checkLabels(try cine.label.read(at: offset, count: count), "\(place)/label", "slice \(slice)")
            checkPose(cine, slice, place, scan, &findings)
        }
    }

    private func checkPose(
        _ cine: CineGroup, _ slice: Int, _ place: String, _ scan: CineProtocol, _ findings: inout Findings
    ) {
        let values = cine.motions[slice].map(Double.init)
        guard values.allSatisfy(\.isFinite) else {
            return findings.note("\(place)/motion", "slice \(slice): expected finite values")
        }
        let planned = cine.planned[slice]
        if abs(planned.spacingMM.x - scan.pixelMM) > 1e-6 || abs(planned.spacingMM.y - scan.pixelMM) > 1e-6 {
            let found = Words.size([planned.spacingMM.x, planned.spacingMM.y])
            findings.note(
                "\(place)/planned_affine",
                "slice \(slice): expected pixels of \(Words.number(scan.pixelMM)) mm, found \(found)")
        }
        let motion = SliceMotion(
            shiftMM: [values[0], values[1], values[2]], rotationRad: [values[3], values[4], values[5]])
        let expected = motion.sampled(planned, about: cine.motionCenter).affine.rowMajor
        let error = zip(expected, cine.sampled[slice].affine.rowMajor).map { abs($0 - $1) }.max() ?? 0
        if !(error < 1e-4) {
            findings.note(
                "\(place)/true_affine",
                "slice \(slice): expected planned_affine moved back by motion, found \(Words.number(error)) mm off"
            )
        }
    }
}
