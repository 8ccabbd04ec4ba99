import ComplexModule
import Core
import Fourier
import Phantom

/// Reads the k-space of a patient's slices, line by line from a heart that moves.
///
/// - Convention: intensities as `CineScan`. Coils stand still in the scanner while a breath-hold moves the heart.
/// - Cost: one rendering of the fine grid for each still of the body (see `ScanClock.stills`), one for each frame of the
///   reference. Memory: one slice's samples, and a few fine images a thread.
public struct KSpaceScan: Sendable {
    /// How k-space is acquired.
    public let settings: KSpaceSettings
    /// Sequence and resolution.
    public let cine: CineProtocol
    /// The receive coils.
    public let coils: CoilArray
    /// How the noise of the coils goes together.
    public let covariance: NoiseCovariance
    /// Deviation of the noise in the real and in the imaginary part of a sample.
    public let noiseDeviation: Double
    private let patient: Patient
    private let tissues: [Tissue: Relaxation]
    private let field: PatientField?
    private let key: CineScan.NoiseKey
    private let encoder: SliceEncoder
    private let transform: CenteredTransform

    /// Prepares the scan of a patient: coils, noise and transforms.
    ///
    /// - Parameters:
    ///   - settings: how k-space is acquired.
    ///   - cine: sequence and resolution.
    ///   - patient: who is scanned.
    ///   - tissues: relaxation of each tissue at the field strength.
    ///   - field: the patient's fields; nil for perfect ones.
    ///   - middle: the slice whose myocardium sets the noise: the middle of the short-axis stack.
    ///   - key: what the noise and all else that is drawn depend on.
    /// - Throws: `CineError` when a setting is out of range.
    public init(
        _ settings: KSpaceSettings, cine: CineProtocol, patient: Patient, tissues: [Tissue: Relaxation],
        field: PatientField? = nil, middle: Grid, key: CineScan.NoiseKey, threads: Int
    ) throws {
        try settings.validate()
        try cine.validate()
        self.settings = settings
        self.cine = cine
        self.patient = patient
        self.tissues = tissues
        self.field = field
        self.key = key
        let isCartesian = settings.sampling.kind.isCartesian
        encoder = try SliceEncoder(
            matrix: cine.matrix, oversampling: settings.oversampling,
            readoutOversampling: isCartesian ? settings.sampling.readoutOversampling : 1,
            surfacePixels: settings.surfacePixels)
        transform = try CenteredTransform(width: encoder.readoutCount, height: cine.matrix)
        coils = CoilArray(settings.coils, patient: patient)
        covariance = try NoiseCovariance(coils, torso: patient.torso, threads: threads)
        noiseDeviation = try Self.noiseDeviation(
            snr: settings.snr ?? cine.snr, cine: cine, patient: patient, tissues: tissues, middle: middle,
            coils: coils, covariance: covariance, threads: threads)
    }

    /// Moments that are sampled together, as what rests is painted once for them all.
    ///
    /// Their number does not depend on the threads.
    /// - Parameter images: how many are painted of each.
    public static func batchSize(painted images: Int) -> Int { images == 1 ? 8 : 4 }

    /// Reads one slice.
    ///
    /// - Parameters:
    ///   - view: the view that it belongs to.
    ///   - slice: its index in the view.
    ///   - planned: where the operator put it.
    ///   - motion: what the breath-hold moved the heart by.
    ///   - threads: threads that work at a time; they do not change a bit of the result.
    ///   - monitor: called with the samples of the patient that were just taken; what it throws ends the scan.
    /// - Throws: `CineError` when lines do not fit into beats, or a beat makes no heart.
    public func acquire(
        view: View, slice: Int, planned: Grid, motion: SliceMotion, threads: Int,
        monitor: (_ samples: Int) throws -> Void = { _ in }
    ) throws -> SliceScan {
        let pattern = try SamplingPattern(
            settings.sampling, matrix: cine.matrix, frames: cine.frames, seed: key.seed, patient: key.patient,
            view: view, slice: slice)
        let clock = try ScanClock(
            settings.gating, pattern: pattern, trMS: cine.trMS, parameters: patient.parameters, seed: key.seed,
            patient: key.patient, view: view, slice: slice)
        let camera = SliceCamera(
            patient: patient,
            contrast: SliceContrast(
                cine, view: view, tissues: tissues, field: field, grid: encoder.fineGrid(planned), threads: threads),
            grid: encoder.fineGrid(motion.sampled(planned, about: patient.landmarks.lvFrame.translation)),
            surfaceMM: settings.surfacePixels * cine.pixelMM, threads: threads)
        let maps = coils.maps(on: encoder.middleGrid(planned), threads: threads)
        let pixelMaps = coils.maps(on: planned, threads: threads)
        let output = KSpaceOutput(pattern, coils: coils.count)
        var samples = [ComplexFloat](repeating: .zero, count: output.count)
        var reference: [ComplexFloat] = []

        let seen = settings.fidelity == .frame ? encoder.sensitivities(shifted(maps, by: pattern.readoutShift)) : nil
        let plain = encoder.sensitivities(maps)
        let combination = CoilMaps(coils: coils.count, height: cine.matrix, width: cine.matrix, values: pixelMaps)
        for frames in camera.batches(of: clock.frames) {
            let images = try camera.images(
                of: frames.map { (clock.frameStates[$0], clock.frameBreathing[$0]) })
            reference += try combined(images, frames.count, plain, combination, threads: threads)
            if let seen {
                let readings = frames.map { output.reading(of: Array($0 * output.lines..<($0 + 1) * output.lines)) }
                try read(images, readings, seen, output, into: &samples, threads: threads)
            }
            try monitor(camera.samples * frames.count)
        }
        if seen == nil {
            let shifted = encoder.sensitivities(shifted(maps, by: pattern.readoutShift))
            let stills = clock.stills(at: settings.fidelity)
            for batch in camera.batches(of: stills.count) {
                let images = try camera.images(of: batch.map { (stills[$0].heart, stills[$0].breathing) })
                let readings = batch.map { output.reading(of: stills[$0].readouts) }
                try read(images, readings, shifted, output, into: &samples, threads: threads)
                try monitor(camera.samples * batch.count)
            }
        }
        output.turn(&samples, by: clock.eddyPhasesRad)
        addNoise(to: &samples, output, view: view, slice: slice, threads: threads)
        return SliceScan(
            pattern: pattern, readouts: clock.readouts(at: settings.fidelity),
            sinceRMS: clock.readouts.map { $0.timeMS - clock.beats.beats[$0.beat].startMS },
            rejectedBeats: clock.rejectedBeats,
            samples: samples, coilMaps: pixelMaps, reference: reference)
    }

    private func read(
        _ images: SliceImages, _ readings: [SliceEncoder.Reading], _ sensitivities: Sensitivities,
        _ output: KSpaceOutput, into samples: inout [ComplexFloat], threads: Int
    ) throws {
        try samples.withUnsafeMutableBufferPointer {
            try encoder.encode(
                images, readings: readings, through: sensitivities, coilStride: output.coilStride,
                into: SharedBuffer($0), threads: threads)
        }
    }

    /// Sensitivities on the middle grid with the phase that shifts every sample along the readout, as late gradients do.
    private func shifted(_ maps: [ComplexFloat], by shift: Float) -> [ComplexFloat] {
        guard shift != 0 else { return maps }
        let middle = encoder.middle
        let phases = (0..<middle).map { x in
            let angle = -2 * Double.pi * Double(shift) * Double(x - middle / 2) / Double(middle)
            return ComplexFloat(ComplexDouble(length: 1, phase: angle))
        }
        return maps.enumerated().map { index, value in value * phases[index % middle] }
    }

    /// Images of all coils, fully sampled, combined by their sensitivities.
    private func combined(
        _ images: SliceImages, _ count: Int, _ sensitivities: Sensitivities, _ maps: CoilMaps, threads: Int
    ) throws -> [ComplexFloat] {
        let (matrix, width) = (cine.matrix, encoder.readoutCount)
        let lines = Array(0..<matrix)
        let frameSize = coils.count * matrix * width
        let readings = (0..<count).map { frame in
            SliceEncoder.Reading(.lines(lines), offsets: lines.map { frame * frameSize + $0 * width })
        }
        var samples = [ComplexFloat](repeating: .zero, count: count * frameSize)
        try samples.withUnsafeMutableBufferPointer {
            try encoder.encode(
                images, readings: readings, through: sensitivities, coilStride: matrix * width,
                into: SharedBuffer($0), threads: threads)
        }
        let encoded = samples
        return Workers.map(count, threads: threads) { frame in
            var wide = Array(encoded[frame * frameSize..<(frame + 1) * frameSize])
            transform.inverse(&wide)
            // Of an oversampled readout the middle is the image.
            let coilImages = (0..<coils.count * matrix).flatMap { row in
                let first = row * width + width / 2 - matrix / 2
                return wide[first..<first + matrix]
            }
            return maps.combine(coilImages)
        }.flatMap { $0 }
    }
}

// MARK: - Noise

extension KSpaceScan {
    private func addNoise(
        to samples: inout [ComplexFloat], _ output: KSpaceOutput, view: View, slice: Int, threads: Int
    ) {
        guard noiseDeviation > 0 else { return }
        // Points off the grid keep the scale of the image, whatever the bandwidth that their samples are read with.
        let bandwidth = output.isCartesian ? 1 : Double(settings.sampling.readoutOversampling).squareRoot()
        let noise = CoilNoise(
            covariance, deviation: noiseDeviation * bandwidth, seed: key.seed, patient: key.patient)
        samples.withUnsafeMutableBufferPointer { samples in
            let shared = SharedBuffer(samples)
            Workers.forEach(cine.frames, threads: threads) { frame in
                let range = frame * output.frameSize..<(frame + 1) * output.frameSize
                noise.add(
                    to: UnsafeMutableBufferPointer(rebasing: shared.values[range]), view: view, slice: slice,
                    frame: frame)
            }
        }
    }

    /// The noise that gives myocardium of the middle slice its signal-to-noise ratio at end-diastole.
    private static func noiseDeviation(
        snr: Double, cine: CineProtocol, patient: Patient, tissues: [Tissue: Relaxation], middle: Grid,
        coils: CoilArray, covariance: NoiseCovariance, threads: Int
    ) throws -> Double {
        guard snr > 0 else { return 0 }
        let layers = cine.layers(.sax, tissues: tissues)
        let myocardium = layers.reduce(0) { $0 + $1.signal[Int(Tissue.myocardium.rawValue)] }
        var label = [UInt8](repeating: 0, count: middle.count)
        let moment = try patient.moment(phase: 0, threads: threads)
        label.withUnsafeMutableBufferPointer {
            patient.render(
                RenderRequest(grid: middle, layers: [layers[layers.count / 2]]), moments: [moment], threads: threads,
                image: nil, label: $0)
        }
        return try covariance.deviation(
            snr: snr, signal: [Float](repeating: myocardium, count: middle.count),
            maps: coils.maps(on: middle, threads: threads), mask: label.map { $0 == Label.lvMyocardium.rawValue })
    }
}
