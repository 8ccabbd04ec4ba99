import Core
import Datasets
import Foundation
import Learning
import Models
import Synchronization
import Testing

@testable import Evaluation

/// The k-space of four small hearts, two to learn from; made once.
enum MeasuredFixture {
    private static let folder = Mutex<TemporaryFolder?>(nil)
    /// Lines of a matrix of 32 that two coils read; frames are still, which is the quickest scan.
    static let recipe = """
        version: 1
        name: measured
        seed: 3
        frames: 4
        patients: [{reference: true, count: 4}]
        split: {train: 0.5, validation: 0.25, test: 0.25}
        cine: {images: false, pixel_mm: 10, field_of_view_mm: 320, layer_spacing_mm: 8}
        kspace:
          fidelity: frame
          slices: 2
          oversampling: 1
          coils: {channels: 2}
          sampling: {kind: lattice, acceleration: 2}
        previews: false
        """

    /// The dataset's folder.
    static func url() throws -> URL {
        try folder.withLock { folder in
            if let folder { return folder("measured") }
            let made = try TemporaryFolder()
            try makeDataset(recipe, in: made("measured"))
            folder = made
            return made("measured")
        }
    }

    /// The patients by what they serve for.
    static func data() throws -> TrainingData { try TrainingData(url()) }
}

extension ReconstructionSettings {
    /// Two accelerations without noise, strips of half a slice.
    static var small: ReconstructionSettings {
        var settings = ReconstructionSettings()
        (settings.accelerations, settings.centreLines, settings.snr) = ([2, 4], 4, 0)
        settings.patchColumns = 16
        return settings
    }
}
