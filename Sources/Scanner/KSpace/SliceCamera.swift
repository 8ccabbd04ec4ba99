import Core
import Phantom

/// Samples a patient on the fine grid of one slice, at one moment after another.
struct SliceCamera {
    let patient: Patient
    private let contrast: SliceContrast
    private let request: RenderRequest
    private let threads: Int

    /// - Parameter surfaceMM: width over which a surface ramps: the object's own, whatever the grid.
    init(patient: Patient, contrast: SliceContrast, grid: Grid, surfaceMM: Double, threads: Int) {
        self.patient = patient
        self.contrast = contrast
        self.threads = threads
        request = RenderRequest(grid: grid, layers: contrast.layers, scaleMM: surfaceMM)
    }

    /// Samples that one image takes.
    var samples: Int { request.grid.count * request.layers.count }

    /// The numbers of some moments, batch by batch.
    func batches(of count: Int) -> [[Int]] {
        let size = KSpaceScan.batchSize(painted: request.images)
        return stride(from: 0, to: count, by: size).map { Array($0..<min($0 + size, count)) }
    }

    /// Images of some moments, [I, F, F].
    ///
    /// - Throws: `CineError` when a beat asks for a volume that a chamber cannot take.
    func images(of moments: [(heart: BeatState, breathing: BreathingPosition)]) throws -> SliceImages {
        let moments = try Workers.map(moments.count, threads: threads) { index in
            Result { try patient.moment(moments[index].heart, breathing: moments[index].breathing) }
        }.map { try $0.get() }
        var image = [Float](repeating: 0, count: moments.count * request.images * request.grid.count)
        image.withUnsafeMutableBufferPointer {
            patient.render(request, moments: moments, threads: threads, image: $0, label: nil)
        }
        return contrast.mixed(image, phases: moments.map(\.phase), threads: threads)
    }
}
