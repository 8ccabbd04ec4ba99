import Core
import Fourier
import Testing

@testable import Datasets

@Suite("Scores") struct ScoreTests {
    @Test("Profiles run through the middle of what moves, and are exact on what is linear")
    func profiles() {
        let size = SIMD2(16, 18)
        var motion = [Float](repeating: 0, count: 288)
        motion[7 * 16 + 8] = 0.3
        let profiles = HeartProfiles(motion: motion, size: size)
        let ramp = (0..<288).map { Float($0 % 16) + 100 * Float($0 / 16) }
        let samples = profiles.sample(ramp + ramp.map { -$0 })
        // Eight lines of nine points in each of two frames; they lie evenly about the middle.
        #expect(samples.count == 2 * 8 * 9)
        // Single precision at values of up to 1112.
        #expect(abs(samples.prefix(72).reduce(0, +) / 72 - 708) < 1e-3)
        #expect(samples.prefix(9).elementsEqual((-4...4).map { 708 + Float($0) }))
        #expect(samples.prefix(72).elementsEqual(samples.suffix(72).map { -$0 }))
    }

    @Test("An error counts where it lies, and a factor for all counts nowhere")
    func places() {
        let size = SIMD2(32, 32)
        // A square of 8 × 8 whose brightness changes, on a still background.
        let truth = (0..<4 * 1024).map { place -> ComplexFloat in
            let (frame, y, x) = (place / 1024, place / 32 % 32, place % 32)
            let isHeart = (12..<20).contains(y) && (12..<20).contains(x)
            return ComplexFloat(isHeart ? 2 + Float(frame) : 1)
        }
        let turned = ComplexFloat(length: 3, phase: 1)
        let scaled = Score(truth.map { $0 * turned }, reference: truth, shading: nil, size: size)
        // Single precision, squared.
        #expect([scaled.nmse, scaled.heartNMSE, scaled.profileNMSE].allSatisfy { $0 < 1e-12 })

        // Four columns beyond the profiles' ends, twice as bright: elsewhere nothing is left but the scalar that fits best.
        let aside = truth.enumerated().map { $1 * ComplexFloat($0 % 32 < 4 ? 2 : 1) }
        let outside = Score(aside, reference: truth, shading: nil, size: size)
        let (still, heart, columns) = (960.0 * 4, 64.0 * (4 + 9 + 16 + 25), 128.0 * 4)
        // The scalar is in single precision: 1e-7 of it.
        let scale = (still + heart + columns) / (still + heart + 3 * columns)
        for value in [outside.heartNMSE, outside.profileNMSE] { #expect(abs(value - (1 - scale) * (1 - scale)) < 1e-7) }
        #expect(outside.nmse > 3 * outside.heartNMSE)
        // In the heart it counts there most.
        let within = truth.map { $0.real > 1 ? ComplexFloat($0.real - 0.5) : $0 }
        let inside = Score(within, reference: truth, shading: nil, size: size)
        #expect(inside.heartNMSE > inside.nmse && inside.profileNMSE > 0)
    }
}
