import Core
import Fourier
import Phantom
import Scanner
import Storage

extension PatientWriter {
    /// Reads and writes the k-space of all views, one slice after the other.
    func writeKSpace(
        _ settings: KSpaceSettings, _ study: PatientStudy, to root: HDF5Group, _ monitor: WorkMonitor
    ) throws {
        let scan = try KSpaceScan(
            settings, cine: study.scan, patient: study.patient, tissues: study.relaxations, field: study.field,
            middle: study.middle, key: CineScan.NoiseKey(seed: recipe.seed, patient: study.plan.subject),
            threads: threads)
        for plan in study.kspace {
            let chosen = settings.chosen(of: plan.planned.count)
            let group = try KSpaceWriter(root.makeGroup("kspace/\(plan.view.rawValue)"), slices: chosen.count)
            for (place, slice) in chosen.enumerated() {
                let result = try scan.acquire(
                    view: plan.view, slice: slice, planned: plan.planned[slice], motion: plan.motions[slice],
                    threads: threads
                ) { samples in
                    try monitor.check()
                    monitor.advance(samples)
                }
                try group.write(result, at: place)
            }
            try group.finish(
                scan, planned: chosen.map { plan.planned[$0] }, motions: chosen.map { plan.motions[$0] },
                center: study.patient.landmarks.lvFrame.translation, slices: Array(chosen),
                thicknessMM: study.scan.thicknessMM(of: plan.view))
            try writeField(chosen.map { plan.planned[$0] }, study, to: root.makeGroup("kspace/\(plan.view.rawValue)"))
        }
    }
}

/// Writes `/kspace/<view>` slice by slice.
private final class KSpaceWriter {
    private let group: HDF5Group
    private let slices: Int
    private var datasets: [String: HDF5Dataset] = [:]

    init(_ group: HDF5Group, slices: Int) {
        self.group = group
        self.slices = slices
    }

    /// Writes one slice; the first one makes the datasets.
    func write(_ slice: SliceScan, at place: Int) throws {
        let pattern = slice.pattern
        let (frames, lines, samples) = (pattern.frames, pattern.linesPerFrame, pattern.samplesPerLine)
        let image = [pattern.matrix, pattern.matrix]
        let coils = slice.coilMaps.count / (pattern.matrix * pattern.matrix)
        try put("samples", .complex64, slice.samples, [frames, coils, lines, samples], place, chunk: 2)
        try put("reference", .complex64, slice.reference, [frames] + image, place, chunk: 2)
        try put("coil_maps", .complex64, slice.coilMaps, [coils] + image, place, chunk: 2)
        if let lines = pattern.lines {
            try put("lines", .int32, lines.flatMap { $0.map(Int32.init) }, [frames, pattern.linesPerFrame], place)
        } else {
            let points = (pattern.trajectory ?? []).flatMap { [$0.x, $0.y] }
            try put("trajectory", .float32, points, [frames, lines, samples, 2], place, chunk: 3)
        }
        let times = [frames, lines]
        try put("time_ms", .float64, slice.readouts.map(\.timeMS), times, place)
        try put("since_r_ms", .float64, slice.sinceRMS, times, place)
        try put("cardiac_phase", .float64, slice.readouts.map(\.heart.phase), times, place)
        try put("beat", .int32, slice.readouts.map { Int32($0.beat) }, times, place)
        try put("breath_mm", .float64, slice.readouts.map(\.breathing.diaphragmMM), times, place)
        if place == 0 {
            try group.attributes.set("sampling", pattern.settings.kind.rawValue)
            try group.attributes.set("nominal_acceleration", pattern.nominalAcceleration)
            try group.attributes.set("true_acceleration", pattern.trueAcceleration)
        }
    }

    private func put<Value: HDF5Element>(
        _ name: String, _ type: HDF5Type, _ values: [Value], _ shape: [Int], _ place: Int, chunk: Int? = nil
    ) throws {
        let axes = chunk ?? shape.count
        let offset = [place] + shape.map { _ in 0 }
        let dataset =
            try datasets[name]
            ?? group.makeDataset(
                name, type, shape: [slices] + shape,
                chunk: [Int](repeating: 1, count: 1 + shape.count - axes) + shape.suffix(axes))
        datasets[name] = dataset
        try dataset.write(values, at: offset, count: [1] + shape)
    }

    /// Writes what all slices share.
    func finish(
        _ scan: KSpaceScan, planned: [Grid], motions: [SliceMotion], center: Vector3, slices: [Int], thicknessMM: Double
    ) throws {
        let count = scan.coils.count
        try group.makeDataset("noise_covariance", .complex64, shape: [count, count], packing: .plain).write(
            // What the noise of a sample is: both parts together.
            scan.covariance.matrix.map {
                ComplexFloat($0.multiplied(by: 2 * scan.noiseDeviation * scan.noiseDeviation))
            })
        let moved = zip(planned, motions).map { $1.sampled($0, about: center) }
        for (name, grids) in [("planned_affine", planned), ("true_affine", moved)] {
            try group.makeDataset(name, .float64, shape: [grids.count, 4, 4], packing: .plain).write(
                grids.flatMap(\.affine.rowMajor))
        }
        try group.makeDataset("motion", .float32, shape: [motions.count, 6], packing: .plain).write(
            motions.flatMap(\.values))
        try group.attributes.set("motion_center", [center.x, center.y, center.z])
        try group.attributes.set("fidelity", scan.settings.fidelity.rawValue)
        try group.attributes.set("slices", slices.map(Double.init))
        try group.attributes.set("thickness_mm", thicknessMM)
        try group.attributes.set("tr_ms", scan.cine.trMS)
        try group.attributes.set("te_ms", scan.cine.teMS)
        try group.attributes.set("flip_deg", scan.cine.flipDeg)
        try group.attributes.set("field_t", scan.cine.fieldT)
    }
}
