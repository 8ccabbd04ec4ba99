import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

@Suite("Coil maps and whitening")
struct MapTests {
    /// |⟨estimate, truth⟩| / ‖truth‖ for each pixel of the object: 1 where they agree up to a phase.
    private func agreement(_ estimate: CoilMaps, _ scan: Scan) -> [Double] {
        let truth = scan.maps.normalised
        return scan.object.indices.filter { scan.object[$0] }.map { pixel in
            let sum = (0..<truth.coils).reduce(ComplexFloat.zero) {
                $0 + estimate.values[$1 * truth.pixels + pixel].conjugate * truth.values[$1 * truth.pixels + pixel]
            }
            return Double(sum.length)
        }
    }

    @Test("Maps from the time average of a lattice agree with the true ones up to a phase inside the object")
    func fromData() throws {
        let scan = try Scan(seed: 3, size: 64, frames: 8)
        let (samples, encoding) = try scan.read(lattice(64, frames: 8, acceleration: 4))
        let images = try encoding.averageCoilImages(samples)
        let maps = [
            try CoilMaps.espirit(coilImages: images, coils: 8, height: 64, width: 64, threads: 2),
            CoilMaps.walsh(coilImages: images, coils: 8, height: 64, width: 64, threads: 2),
        ]
        // Noise at 1/20 of the signal, less by √8 frames, turns maps by 1 − cos(0.02) = 2·10⁻⁴. Walsh's also blurs them over
        // seven pixels, across which a phase that turns by π over the image changes by a third of a radian:
        // 1 − cos(0.17) = 0.015 at the edges, where the pixels around are on one side.
        for (maps, most) in zip(maps, [0.001, 0.015]) {
            let agreement = agreement(maps, scan).sorted()
            #expect(agreement[0] > 1 - most)
            #expect(agreement.reduce(0, +) / Double(agreement.count) > 1 - most / 5)
        }
    }

    @Test("Whitened noise has the identity as covariance, and samples keep fitting their maps")
    func whitening() throws {
        let coils = 3
        let covariance: [ComplexFloat] = [
            ComplexFloat(2), ComplexFloat(0.5, 0.3), ComplexFloat(0, -0.2),
            ComplexFloat(0.5, -0.3), ComplexFloat(1), ComplexFloat(0.1, 0.1),
            ComplexFloat(0, 0.2), ComplexFloat(0.1, -0.1), ComplexFloat(0.5),
        ]
        let whitening = try Whitening(covariance: covariance, coils: coils)
        // L⁻¹ Ψ L⁻ᴴ = 1: applied to the columns of Ψ, then to the rows of what comes out.
        let half = whitening.apply(to: covariance, samplesOfCoil: coils)
        let turned = (0..<9).map { half[$0 % 3 * 3 + $0 / 3].conjugate }
        let whole = whitening.apply(to: turned, samplesOfCoil: coils)
        for place in 0..<9 {
            #expect((whole[place] - ComplexFloat(place / 3 == place % 3 ? 1 : 0)).length < 1e-6)
        }
        #expect(throws: CineError.self) {
            try Whitening(covariance: [ComplexFloat(1), ComplexFloat(1), ComplexFloat(1), ComplexFloat(1)], coils: 2)
        }
    }
}
