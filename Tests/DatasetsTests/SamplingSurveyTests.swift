import Core
import Datasets
import Foundation
import Storage
import Testing

@Suite("Sampling survey") struct SamplingSurveyTests {
    private static let recipe = """
        version: 1
        name: patterns
        frames: 6
        patients:
          - {reference: true, count: 2}
          - {reference: true, kspace: {sampling: {kind: radial_golden, tiny_golden: 7, spokes_per_frame: 1}}}
          - {reference: true, kspace: {sampling: {kind: lattice, acceleration: 4, eddy_phase_deg: 3}}}
          - {reference: true, kspace: {sampling: {kind: spiral, partial_fourier: 1, gradient_delay_x: 1}}}
          - {reference: true, kspace: {sampling: {kind: spiral}}}
          - {reference: true, kspace: {sampling: {kind: gaussian, acceleration: 2.5, centre_lines: 6, partial_fourier: 0.75}}}
        cine: {images: false, pixel_mm: 10, field_of_view_mm: 320}
        kspace: {sampling: {kind: lattice, acceleration: 4}}
        """

    @Test("Names each pattern once, whatever its faults, in the order of the patients")
    func names() throws {
        let survey = try SamplingSurvey(resolve(Self.recipe), threads: 2)
        #expect(
            survey.entries.map(\.name) == [
                "lattice, 4-fold", "tiny golden angle 7, 1 spoke", "spiral, 4-fold of 16",
                "Gaussian density, 2.5-fold, 6 about the centre, partial Fourier 0.75",
            ])
        #expect(survey.entries.allSatisfy { $0.pattern.frames == 6 && $0.pattern.matrix == 32 })
    }

    @Test("Draws all of them into one picture")
    func picture() throws {
        let folder = try TemporaryFolder()
        let path = folder("patterns.png").path
        try SamplingSurvey(resolve(Self.recipe), threads: 1).write(to: path)
        let raster = try PNG.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        // Four pictures of 128 pixels in a row, and four rows.
        #expect(raster.width == 4 * 128 + 3 * 8 + 2 * 14 && raster.height > 4 * 128)
    }

    @Test("A recipe without k-space is refused")
    func none() throws {
        let found = failure { _ = try SamplingSurvey(resolve(tinyRecipe), threads: 1) }
        #expect(found?.kind == .badData && found?.message.contains("add a `kspace` group") == true)
    }
}
