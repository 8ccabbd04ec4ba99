import Core
import Phantom
import Scanner
import Storage

/// Makes the file of one patient: a pure function of (resolved recipe, plan).
///
/// - Cost: memory for one moment of the volume and one view of the cine; the file is written as it is computed.
public struct PatientWriter: Sendable {
    /// The resolved recipe.
    public let recipe: Recipe
    /// Its SHA-256.
    public let recipeSHA256: String
    /// Threads that work on one patient; their number does not change a byte.
    public let threads: Int

    /// Prepares to write the patients of a recipe.
    ///
    /// - Throws: `CineError` when the recipe cannot be encoded.
    public init(recipe: Recipe, threads: Int) throws {
        self.recipe = recipe
        recipeSHA256 = try recipe.sha256()
        self.threads = threads
    }

    /// Writes the file of a patient and publishes it under its name in one step.
    ///
    /// - Throws: `CineError`: `interrupted` when the monitor says stop, `cannotCreate` or `inputOutput` when the disk
    ///   fails, `badData` when the values do not make a heart. Nothing is left under the name.
    public func write(_ plan: PatientPlan, to path: String, monitor: WorkMonitor = WorkMonitor()) throws {
        let study = try PatientStudy(plan, of: recipe, threads: threads)
        monitor.begin(study.samples.total)
        try HDF5File.write(to: path) { root in
            try writeIdentity(study, to: root)
            try writeTruth(study, to: root)
            if let request = recipe.volume, let grid = study.volumeGrid {
                try writeVolume(request, grid, study, to: root.makeGroup("truth/volume"), monitor)
            }
            for slices in study.slices {
                try monitor.check()
                try writeCine(slices, study, to: root.makeGroup("cine/\(slices.view.rawValue)"), monitor)
            }
            if let settings = study.kspaceSettings { try writeKSpace(settings, study, to: root, monitor) }
        }
    }

    // MARK: - Who it is and what is true

    private func writeIdentity(_ study: PatientStudy, to root: HDF5Group) throws {
        let attributes = root.attributes
        try attributes.set("format", PatientFormat.name)
        try attributes.set("format_version", PatientFormat.version)
        try attributes.set("id", study.plan.id)
        try attributes.set("group", study.patient.parameters.group)
        try attributes.set("seed", Int(truncatingIfNeeded: recipe.seed))
        try attributes.set("recipe_sha256", recipeSHA256)
        let provenance: [String: JSONValue] = [
            "cineforge": .string(PatientFormat.programVersion), "recipe": .string(recipe.name),
            "subject": .integer(study.plan.subject), "synthetic": .bool(true),
        ]
        try attributes.set("provenance", JSONValue.object(provenance).text())
        let parameters = try JSONValue(encoding: study.patient.parameters).renamingKeys(SnakeKeys.snake)
        try root.makeGroup("patient").attributes.set("parameters", parameters.text())
    }

    private func writeTruth(_ study: PatientStudy, to root: HDF5Group) throws {
        let measures = try root.makeGroup("truth/measures").attributes
        for (name, value) in PatientFormat.measures { try measures.set(name, value(study.patient.measures)) }
        try measures.set("ed_frame", 0)
        try measures.set("es_frame", study.endSystolicFrame)
        let curves = try root.makeGroup("truth/curves")
        for (name, values) in [
            ("time_ms", study.timesMS), ("lv_ml", study.moments.map(\.volumes.lvML)),
            ("rv_ml", study.moments.map(\.volumes.rvML)), ("la_ml", study.moments.map(\.volumes.laML)),
            ("ra_ml", study.moments.map(\.volumes.raML)),
        ] {
            try curves.makeDataset(name, .float64, shape: [values.count], packing: .plain).write(values)
        }
    }

    // MARK: - Volume

    private func writeVolume(
        _ request: Recipe.VolumeRequest, _ grid: Grid, _ study: PatientStudy, to group: HDF5Group,
        _ monitor: WorkMonitor
    ) throws {
        try group.attributes.set("affine", grid.affine.rowMajor, shape: [4, 4])
        let extent = [grid.size.z, grid.size.y, grid.size.x]
        let shape = [study.moments.count] + extent
        let images = request.image ? try group.makeDataset("image", .float32, shape: shape) : nil
        let labels = request.label ? try group.makeDataset("label", .uint8, shape: shape, packing: .gzip1) : nil
        let field = try request.displacement.type.map {
            try group.makeDataset("displacement", $0, shape: [study.moments.count, 3] + extent)
        }
        let render = RenderRequest(grid: grid, layers: [request.layer(of: study.scan, tissues: study.relaxations)])
        try Workers.pipeline(study.moments.count, threads: threads) { frame in
            try monitor.check()
            let moment = study.moments[frame]
            var sampled = sample(render, moment, study.patient, image: images != nil, label: labels != nil)
            switch request.displacement {
            case .none: break
            case .float16: sampled.halfField = halfField(grid, moment, study.patient)
            case .float32: sampled.field = singleField(grid, moment)
            }
            monitor.advance(grid.count)
            return sampled
        } putAway: { frame, sampled in
            let (offset, count) = ([frame, 0, 0, 0], [1] + extent)
            try images?.write(sampled.image, at: offset, count: count)
            try labels?.write(sampled.label, at: offset, count: count)
            let (fieldOffset, fieldCount) = (offset + [0], [1, 3] + extent)
            if let values = sampled.halfField { try field?.write(values, at: fieldOffset, count: fieldCount) }
            if let values = sampled.field { try field?.write(values, at: fieldOffset, count: fieldCount) }
        }
    }

    /// One frame of a volume.
    private struct VolumeFrame: Sendable {
        var image: [Float] = []
        var label: [UInt8] = []
        var halfField: [Float16]?
        var field: [Float]?
    }

    private func sample(
        _ request: RenderRequest, _ moment: Moment, _ patient: Patient, image: Bool, label: Bool
    ) -> VolumeFrame {
        var values = [Float](repeating: 0, count: image ? request.grid.count : 0)
        var classes = [UInt8](repeating: 0, count: label ? request.grid.count : 0)
        values.withUnsafeMutableBufferPointer { values in
            classes.withUnsafeMutableBufferPointer { classes in
                patient.render(
                    request, moments: [moment], threads: threads, image: image ? values : nil,
                    label: label ? classes : nil)
            }
        }
        return VolumeFrame(image: values, label: classes)
    }

    private func halfField(_ grid: Grid, _ moment: Moment, _ patient: Patient) -> [Float16] {
        var field = [Float16](repeating: 0, count: 3 * grid.count)
        field.withUnsafeMutableBufferPointer { patient.displacement(moment, grid: grid, threads: threads, into: $0) }
        return field
    }

    /// Single precision comes from the exact map, point by point.
    private func singleField(_ grid: Grid, _ moment: Moment) -> [Float] {
        let planes = Workers.map(grid.size.z, threads: threads) { z in
            (0..<grid.size.x * grid.size.y).map { index in
                let point = grid.position(index % grid.size.x, index / grid.size.x, z)
                return SIMD3<Float>(moment.forward(point) - point)
            }
        }
        return (0..<3).flatMap { axis in planes.flatMap { $0.map { $0[axis] } } }
    }

    // MARK: - Cine

    private func writeCine(
        _ slices: PatientStudy.ViewPlan, _ study: PatientStudy, to group: HDF5Group, _ monitor: WorkMonitor
    ) throws {
        let scan = try CineScan(
            study.scan, view: slices.view, tissues: study.relaxations, field: study.field,
            noise: CineScan.NoiseKey(seed: recipe.seed, patient: study.plan.subject))
        let center = study.patient.landmarks.lvFrame.translation
        let stack = scan.acquire(
            planned: slices.planned, motions: slices.motions, center: center,
            phases: study.moments.map(\.phase), threads: threads
        ) { request, image, label in
            // Once the user wants to stop, the rest is skipped and the file dropped.
            guard !monitor.isStopped() else { return }
            study.patient.render(request, moments: study.moments, threads: threads, image: image, label: label)
            if image != nil { monitor.advance(request.grid.count * request.layers.count * study.moments.count) }
        }
        try monitor.check()
        let shape = [stack.sliceCount, stack.frames, study.scan.matrix, study.scan.matrix]
        let chunk = [1, 1, shape[2], shape[3]]
        try group.makeDataset("image", .float32, shape: shape, chunk: chunk).write(stack.images)
        try group.makeDataset("label", .uint8, shape: shape, chunk: chunk, packing: .gzip1).write(stack.labels)
        for (name, grids) in [("planned_affine", stack.planned), ("true_affine", stack.sampled)] {
            try group.makeDataset(name, .float64, shape: [stack.sliceCount, 4, 4], packing: .plain)
                .write(grids.flatMap(\.affine.rowMajor))
        }
        try group.makeDataset("motion", .float32, shape: [stack.sliceCount, 6], packing: .plain)
            .write(stack.motions.flatMap(\.values))
        try group.attributes.set("motion_center", [center.x, center.y, center.z])
        try writeField(stack.planned, study, to: group)
    }

    /// Writes what the fields are at the pixels of some slices; nothing where they are perfect.
    func writeField(_ planned: [Grid], _ study: PatientStudy, to group: HDF5Group) throws {
        guard let field = study.field else { return }
        let shape = [planned.count, study.scan.matrix, study.scan.matrix]
        try group.makeDataset("off_resonance_hz", .float32, shape: shape, packing: .plain)
            .write(planned.flatMap { field.offResonanceHz(on: $0, threads: threads) })
        try group.makeDataset("transmit", .float32, shape: shape, packing: .plain)
            .write(planned.flatMap { field.transmit(on: $0, threads: threads) })
    }
}

extension Recipe.VolumeRequest.Displacement {
    /// How it is stored; nil for not at all.
    fileprivate var type: HDF5Type? {
        switch self {
        case .none: nil
        case .float16: .float16
        case .float32: .float32
        }
    }
}
