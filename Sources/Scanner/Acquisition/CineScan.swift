import Core
import Fourier
import Phantom
import Synchronization

/// A cine scan of one view of one patient, ready to run: layers, resolution, noise.
///
/// - Convention: intensities are `SliceProfile.intensityScale` × signal × slice-integrated profile. Noise of standard
///   deviation `noiseDeviation` enters the real and the imaginary part; the magnitude is taken last.
public struct CineScan: Sendable {
    /// The settings.
    public let cine: CineProtocol
    /// The view.
    public let view: View
    /// Signal of a slab of myocardium.
    public let myocardium: Double
    private let tissues: [Tissue: Relaxation]
    private let field: PatientField?
    private let noise: NoiseKey
    private let pointSpread: PointSpread

    /// By what the noise of a patient is drawn.
    public struct NoiseKey: Sendable, Hashable {
        /// Seed of the recipe.
        public var seed: UInt64
        /// Index of the patient.
        public var patient: Int

        /// Makes a key.
        public init(seed: UInt64, patient: Int) {
            self.seed = seed
            self.patient = patient
        }
    }

    /// Samples the patient at rest: called with a request, gives image [T, I, Y, X] and labels [T, Y, X].
    ///
    /// Either pointer may be nil; image memory holds zeros.
    public typealias Render = (
        RenderRequest, UnsafeMutableBufferPointer<Float>?, UnsafeMutableBufferPointer<UInt8>?
    ) -> Void

    /// Prepares a scan.
    ///
    /// - Parameter cine: settings of the scan.
    /// - Parameter view: the slices that are scanned.
    /// - Parameter tissues: relaxation of each tissue at the field strength; one that is missing is black.
    /// - Parameter field: the patient's fields; nil for perfect ones.
    /// - Parameter noise: what the noise depends on.
    /// - Throws: `CineError` when the settings are out of range.
    public init(
        _ cine: CineProtocol, view: View, tissues: [Tissue: Relaxation], field: PatientField? = nil, noise: NoiseKey
    ) throws {
        try cine.validate()
        self.cine = cine
        self.view = view
        self.tissues = tissues
        self.field = field
        self.noise = noise
        myocardium = cine.layers(view, tissues: tissues).reduce(0) {
            $0 + Double($1.signal[Int(Tissue.myocardium.rawValue)])
        }
        pointSpread = try PointSpread(
            coarse: [cine.matrix, cine.matrix], oversampling: cine.oversampling, apodisation: cine.apodisation)
    }

    /// Standard deviation of the noise in the real and in the imaginary part of the image: myocardium / SNR.
    public var noiseDeviation: Double { cine.snr > 0 ? myocardium / cine.snr : 0 }

    /// Scans a patient.
    ///
    /// - Parameters:
    ///   - patient: who is scanned.
    ///   - planned: the slices as planned, one voxel along z each.
    ///   - motions: what each slice's breath-hold moved the heart by; one per slice.
    ///   - moments: the frames.
    ///   - threads: threads that work at a time.
    public func acquire(
        _ patient: Patient, planned: [Grid], motions: [SliceMotion], moments: [Moment], threads: Int
    ) -> CineStack {
        acquire(
            planned: planned, motions: motions, center: patient.landmarks.lvFrame.translation,
            phases: moments.map(\.phase), threads: threads
        ) { request, image, label in
            patient.render(request, moments: moments, threads: threads, image: image, label: label)
        }
    }

    /// Scans whatever `render` samples.
    ///
    /// - Shape: images and labels [S, T, Y, X].
    /// - Cost: one rendering of all frames per slice; two FFTs per image. Memory: the result and one fine slice.
    /// - Parameters:
    ///   - planned: the slices as planned, one voxel along z each.
    ///   - motions: what each slice's breath-hold moved the heart by; one per slice.
    ///   - center: the point about which motions turn, mm.
    ///   - phases: phase of the mean beat of each frame.
    ///   - threads: threads that work at a time.
    ///   - render: samples all frames of a grid; called for one slice after the other.
    public func acquire(
        planned: [Grid], motions: [SliceMotion], center: Vector3, phases: [Double], threads: Int, render: Render
    ) -> CineStack {
        let frames = phases.count
        precondition(
            planned.count == motions.count, "a motion per slice: got \(planned.count) slices, \(motions.count) motions")
        let sampled = zip(planned, motions).map { $1.sampled($0, about: center) }
        var images: [Float] = []
        var labels: [UInt8] = []
        for (slice, grid) in sampled.enumerated() {
            precondition(
                grid.size == [cine.matrix, cine.matrix, 1],
                "expected a slice of \(cine.matrix)² pixels, got \(grid.size)")
            let contrast = SliceContrast(
                cine, view: view, tissues: tissues, field: field, grid: pointSpread.fineGrid(planned[slice]),
                threads: threads)
            let request = RenderRequest(grid: pointSpread.fineGrid(grid), layers: contrast.layers)
            let fine = contrast.mixed(rendered(request, frames: frames, render), phases: phases, threads: threads)
            images += measured(fine, slice: slice, frames: frames, threads: threads)
            labels += self.labels(grid, frames: frames, render)
        }
        return CineStack(
            view: view, frames: frames, images: images, labels: labels, planned: planned, sampled: sampled,
            motions: motions)
    }

    private func rendered(_ request: RenderRequest, frames: Int, _ render: Render) -> [Float] {
        var image = [Float](repeating: 0, count: frames * request.images * request.grid.count)
        image.withUnsafeMutableBufferPointer { render(request, $0, nil) }
        return image
    }

    /// Takes the frames of a slice through k-space: resolution, noise, magnitude.
    private func measured(_ fine: SliceImages, slice: Int, frames: Int, threads: Int) -> [Float] {
        let count = cine.matrix * cine.matrix
        let deviation = Float(noiseDeviation / pointSpread.noiseGain)
        let result = Mutex([Float](repeating: 0, count: frames * count))
        let lanes = max(1, min(threads, frames))
        Workers.forEach(lanes, threads: threads) { lane in
            var scratch = PointSpread.Scratch()
            for frame in stride(from: lane, to: frames, by: lanes) {
                pointSpread.apply(fine, frame, scratch: &scratch) { samples in
                    var noise = ImageNoise(
                        seed: self.noise.seed, patient: self.noise.patient, view: view, slice: slice, frame: frame,
                        deviation: deviation)
                    noise.add(to: &samples)
                }
                let magnitude = scratch.coarse.map {
                    ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot()
                }
                result.withLock { $0.replaceSubrange(frame * count..<(frame + 1) * count, with: magnitude) }
            }
        }
        return result.withLock { $0 }
    }

    /// The labels of a slice: of its centre plane, or the most frequent across its thickness.
    private func labels(_ grid: Grid, frames: Int, _ render: Render) -> [UInt8] {
        func plane(_ offsetMM: Double) -> [UInt8] {
            let blank = SampleLayer(signal: [Float](repeating: 0, count: Tissue.allCases.count))
            var moved = grid
            moved.affine.translation += normalize(grid.affine.z) * offsetMM
            var label = [UInt8](repeating: 0, count: frames * grid.count)
            label.withUnsafeMutableBufferPointer { render(RenderRequest(grid: moved, layers: [blank]), nil, $0) }
            return label
        }
        let centre = plane(0)
        guard cine.labelRule == .majority else { return centre }
        let thickness = cine.thicknessMM(of: view)
        let half = Int((thickness / cine.layerSpacingMM / 2).rounded(.up))
        let spacing = thickness / Double(2 * half + 1)
        let others = (1...max(1, half)).flatMap { step in
            [plane(Double(step) * spacing), plane(-Double(step) * spacing)]
        }
        return centre.indices.map { pixel in Self.majority(centre[pixel], others: others, at: pixel) }
    }

    /// The most frequent label of a pixel; the centre plane's wins ties, then the nearest plane's.
    static func majority(_ centre: UInt8, others: [[UInt8]], at pixel: Int) -> UInt8 {
        func votes(_ label: UInt8) -> Int {
            others.reduce(label == centre ? 1 : 0) { $0 + ($1[pixel] == label ? 1 : 0) }
        }
        var best = (label: centre, votes: votes(centre))
        for plane in others where plane[pixel] != best.label {
            let count = votes(plane[pixel])
            if count > best.votes { best = (plane[pixel], count) }
        }
        return best.label
    }
}
