import Core
import Foundation
import Fourier
import Phantom
import Testing

@testable import Scanner

@Suite("Contrast in an uneven field") struct SliceContrastTests {
    private static let patient = Result { try Patient(PatientParameters()) }

    private static let cine: CineProtocol = {
        var cine = CineProtocol()
        cine.pixelMM = 6
        cine.fieldOfViewMM = 288
        cine.layerSpacingMM = 4
        return cine
    }()

    private static func middle(_ patient: Patient) -> Grid {
        let slices = SlicePlanner(landmarks: patient.landmarks, cine: cine).slices(.sax)
        return slices[slices.count / 2]
    }

    private func settings(offResonance: Double = 0, transmit: Double = 0, inflow: Double = 0) -> FieldSettings {
        var settings = FieldSettings()
        (settings.offResonanceScale, settings.transmitScale, settings.inflowPulses) = (offResonance, transmit, inflow)
        return settings
    }

    /// Images of the middle slice at some phases.
    private func images(
        _ settings: FieldSettings?, phases: [Double] = [0.2], seed: UInt64 = 1,
        tissues: [Tissue: Relaxation] = TissueTable.reference15T.relaxations, threads: Int = 2
    ) throws -> SliceImages {
        let patient = try Self.patient.get()
        let grid = Self.middle(patient)
        let field = try settings.map {
            try PatientField(
                $0, fieldT: 1.5, patient: patient, key: .init(seed: seed, patient: 0), threads: threads)
        }
        let contrast = SliceContrast(
            Self.cine, view: .sax, tissues: tissues, field: field, grid: grid, threads: threads)
        let camera = SliceCamera(patient: patient, contrast: contrast, grid: grid, surfaceMM: 6, threads: threads)
        return try camera.images(of: phases.map { (BeatState(phase: $0), .endExpiration) })
    }

    private func miss(_ image: SliceImages, _ other: SliceImages) -> Double {
        var (apart, whole) = (0.0, 0.0)
        for place in other.real.indices {
            let (x, y) = (other.real[place], other.imaginary?[place] ?? 0)
            let (dx, dy) = (image.real[place] - x, (image.imaginary?[place] ?? 0) - y)
            apart += Double(dx * dx + dy * dy)
            whole += Double(x * x + y * y)
        }
        return (apart / whole).squareRoot()
    }

    @Test("A field without deviations gives the images of no field, where nothing is shifted")
    func perfect() throws {
        let tissues = TissueTable.reference15T.relaxations.mapValues {
            Relaxation(t1MS: $0.t1MS, t2MS: $0.t2MS, protonDensity: $0.protonDensity)
        }
        let plain = try images(nil, tissues: tissues)
        #expect(plain.imaginary == nil)
        // One value of each field: the basis is one image, exact but for single precision.
        #expect(try miss(images(settings(), tissues: tissues), plain) < 1e-4)
    }

    @Test("Fat lies opposite to water where an echo comes in the middle of 3 ms")
    func fat() throws {
        let found = try images(settings())
        let plain = try images(nil)
        let signs = zip(found.real, plain.real).filter { $0.1 > 100 }.map { $0.0 < 0 }
        #expect(signs.contains(true) && signs.contains(false))
    }

    @Test("Inflow makes blood brighter by its factor, and nothing else")
    func inflow() throws {
        let patient = try Self.patient.get()
        let phases = [0, 0.2, 0.35]
        let (without, with) = (
            try images(settings(), phases: phases), try images(settings(inflow: 3), phases: phases)
        )
        // Blood alone, painted by itself.
        let (arterial, venous) = (try blood(.arterialBlood, phases), try blood(.venousBlood, phases))
        let model = BloodInflow(settings(inflow: 3), cine: Self.cine, view: .sax)
        let tissues = TissueTable.reference15T.relaxations
        let excess = BloodInflow.tissues.map { kind in tissues[kind].map { model.excess($0).real } ?? 0 }
        let count = without.real.count / phases.count
        let expected = without.real.indices.map { place in
            let shares = model.freshShares(patient.curves, phase: phases[place / count])
            return without.real[place] + Float(shares[0] * excess[0]) * arterial[place]
                + Float(shares[1] * excess[1]) * venous[place]
        }
        #expect(miss(with, SliceImages(real: expected, imaginary: without.imaginary)) < 1e-5)
        #expect(miss(with, without) > 0.01)
    }

    private func blood(_ kind: Tissue, _ phases: [Double]) throws -> [Float] {
        let patient = try Self.patient.get()
        let layers = Self.cine.layers(.sax, tissues: TissueTable.reference15T.relaxations).map { layer in
            SampleLayer(
                offsetMM: layer.offsetMM,
                signal: layer.signal.enumerated().map { $0 == Int(kind.rawValue) ? $1 : 0 })
        }
        let request = RenderRequest(grid: Self.middle(patient), layers: layers, scaleMM: 6)
        let moments = try phases.map { try patient.moment(phase: $0) }
        var image = [Float](repeating: 0, count: phases.count * request.grid.count)
        image.withUnsafeMutableBufferPointer {
            patient.render(request, moments: moments, threads: 2, image: $0, label: nil)
        }
        return image
    }

    @Test("Threads change no bit")
    func threads() throws {
        let (one, two) = (try images(FieldSettings(), threads: 1), try images(FieldSettings(), threads: 2))
        #expect(one.real.map(\.bitPattern) == two.real.map(\.bitPattern))
        #expect(one.imaginary?.map(\.bitPattern) == two.imaginary?.map(\.bitPattern))
    }
}
