import Core
import Phantom

/// Samples a patient on the fine grid of one slice, at one moment after another.
struct SliceCamera {
    let patient: Patient
    private let request: RenderRequest
    private let threads: Int

    /// - Parameter surfaceMM: width over which a surface ramps: the object's own, whatever the grid.
    init(patient: Patient, layers: [SampleLayer], grid: Grid, surfaceMM: Double, threads: Int) {
        self.patient = patient
        self.threads = threads
        request = RenderRequest(grid: grid, layers: layers, scaleMM: surfaceMM)
    }

    /// Samples that one image takes.
    var samples: Int { request.grid.count * request.layers.count }

    /// Moments that are sampled together: a pair for each thread; of a number that does not depend on the threads.
    func batches(of count: Int) -> [[Int]] {
        stride(from: 0, to: count, by: 8).map { Array($0..<min($0 + 8, count)) }
    }

    /// Images of some moments, [I, F, F].
    ///
    /// - Throws: `CineError` when a beat asks for a volume that a chamber cannot take.
    func images(of moments: [(heart: BeatState, breathing: BreathingPosition)]) throws -> SliceEncoder.Images {
        let moments = try Workers.map(moments.count, threads: threads) { index in
            Result { try patient.moment(moments[index].heart, breathing: moments[index].breathing) }
        }.map { try $0.get() }
        var image = [Float](repeating: 0, count: moments.count * request.grid.count)
        image.withUnsafeMutableBufferPointer {
            patient.render(request, moments: moments, threads: threads, image: $0, label: nil)
        }
        return SliceEncoder.Images(real: image)
    }
}
