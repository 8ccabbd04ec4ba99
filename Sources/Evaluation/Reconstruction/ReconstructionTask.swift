import Core
import Datasets
import Fourier
import Learning
import Metrics
import Models
import Reconstruction
import Scanner

/// Can we scan faster? Images of a beating heart from few lines of k-space.
///
/// Lines are left out of the perfect scan that each file holds, so that a method is judged by nothing but what it makes of
/// missing lines and noise. Classical methods are scored on the same lines as networks.
struct ReconstructionTask: LearningTask {
    static let networks = ["u-net", "dc-cnn", "dc-cnn-3d", "crnn", "kt-next"]
    static let kinds = Method.all.map(\.name) + networks

    let settings: ReconstructionSettings

    init(_ settings: ReconstructionSettings) { self.settings = settings }

    // MARK: - Networks

    func network(_ network: NetworkSettings, seed: UInt64) throws -> TaskNetwork<MeasuredSlices>? {
        // Weights of a network depend on nothing but its seed.
        var random = Philox(seed: seed, patient: 0, stage: .engine)
        func dataLayer() throws -> any DataLayer {
            // Noise may be removed from what was read; without noise it is left as it is.
            settings.multiCoil
                ? try GradientStep() : try DataConsistency(lambda: settings.snr > 0 ? 10 : nil)
        }
        switch network.kind {
        case "u-net":
            try network.requireOnly(["width", "depth"])
            let pools = [[Int]](repeating: [2, 2], count: network.depth ?? 4)
            let enhancement = ImageEnhancement(
                try UNet(inputs: 2, outputs: 2, width: network.width ?? 32, pools: pools, using: &random),
                isResidual: true)
            return TaskNetwork(enhancement) { try enhancement($0.backProjectedImages(axes: 2)) }
        case "dc-cnn", "dc-cnn-3d":
            try network.requireOnly(["width", "depth", "cascades"])
            let isDynamic = network.kind == "dc-cnn-3d"
            let cascade = try DCCNN(
                cascades: network.cascades ?? (isDynamic ? 10 : 5), depth: network.depth ?? 5,
                width: network.width ?? 64, axes: isDynamic ? 3 : 2,
                sharing: isDynamic ? DataSharing.published : [], dataLayer: dataLayer, using: &random)
            return TaskNetwork(cascade) { try cascade($0) }
        case "crnn":
            try network.requireOnly(["width", "cascades"])
            let crnn = try CRNN(
                iterations: network.cascades ?? 5, width: network.width ?? 64, dataLayer: dataLayer(), using: &random)
            return TaskNetwork(crnn) { try crnn($0) }
        case "kt-next":
            try network.requireOnly(["width", "cascades"])
            let next = try KTNext(
                iterations: network.cascades ?? 4, width: network.width ?? 64, dataLayer: dataLayer, using: &random)
            return TaskNetwork(next) { try next($0).images }
        default:
            try network.requireOnly([])
            _ = try Method(named: network.kind)
            return nil
        }
    }

    // MARK: - Training

    func batches(of patients: [PatientFile], seed: UInt64, batchSize: Int) throws -> SliceSource {
        try SliceSource(patients, settings, seed: seed, batchSize: batchSize)
    }

    /// Mean |x − y|² over the strips.
    func loss(_ network: TaskNetwork<MeasuredSlices>, _ batch: [MeasuredSeries]) throws -> Tensor {
        let images = try network.apply(batch.measurement())
        return try Loss.l2(complexImages(images, of: batch.count), batch.truth())
    }

    func validation(_ network: TaskNetwork<MeasuredSlices>, on patients: [PatientFile]) throws -> Validation {
        // Scored on the middle slice of each patient: the same lines each time.
        var middle = self.settings
        middle.slices = 1
        let task = ReconstructionTask(middle)
        return Validation(goal: "nmse") {
            var sum = SquaredError.zero
            for patient in patients {
                for acceleration in settings.accelerations {
                    for series in try task.series(of: patient, acceleration) {
                        let found = try task.images(network, of: series)
                        sum = sum + SquaredError(found, reference: series.truth)
                    }
                }
            }
            return ["nmse": sum.nmse]
        }
    }

    // MARK: - Use

    /// The slices to score, with lines that depend on the patient alone.
    func series(of patient: PatientFile, _ acceleration: Double, threads: Int = 1) throws -> [MeasuredSeries] {
        let view = try patient.kspaceToLearn(settings.view)
        let number = try patient.number
        return try slices(of: view).map {
            try series(of: view, slice: $0, acceleration, patient: number, threads: threads)
        }
    }

    /// The numbers of the slices to score: those about the middle.
    func slices(of view: KSpaceView) -> Range<Int> {
        let count = min(settings.slices ?? view.slices, view.slices)
        let first = (view.slices - count) / 2
        return first..<first + count
    }

    /// A slice with lines that no training step has drawn.
    func series(
        of view: KSpaceView, slice: Int, _ acceleration: Double, patient: Int, threads: Int = 1
    ) throws -> MeasuredSeries {
        // Of the lines' streams none belongs to training, whose seed is that of the experiment.
        let seed: UInt64 = 0x7465_7374
        let pattern = try SamplingPattern(
            settings.pattern(acceleration), matrix: view.matrix, frames: view.shape[1], seed: seed, patient: patient,
            view: settings.view, slice: slice)
        var random = Philox(seed: seed, patient: patient, stage: .coilNoise, substream: UInt32(slice))
        var truth = try view.reference(slice)
        var maps = CoilMaps.uniform(height: view.matrix, width: view.matrix)
        if settings.multiCoil {
            (maps, truth) = CoilMaps(
                coils: view.shape[2], height: view.matrix, width: view.matrix, values: try view.coilMaps(slice)
            ).normalised(with: truth)
        }
        return try MeasuredSeries(
            of: truth, maps: maps, lines: pattern.lines ?? [], snr: settings.snr, using: &random,
            threads: threads)
    }

    /// What a network makes of a slice, [T, Y, X].
    func images(_ network: TaskNetwork<MeasuredSlices>, of series: MeasuredSeries) throws -> [ComplexFloat] {
        try Torch.withoutGradients {
            try complexImages(network.apply([series].measurement()), of: 1).values()
        }
    }

    /// Images of two channels, [N·T, 2, Y, X] or [N, 2, T, Y, X], as complex ones [N, T, Y, X].
    private func complexImages(_ images: Tensor, of count: Int) throws -> Tensor {
        try images.channelsToComplex().reshaped([count, -1] + images.shape.suffix(2))
    }
}
