import Core
import Foundation

/// Where the samples of spokes and spirals lie.
///
/// - Units: cycles per field of view, rad.
/// - Convention: a spoke runs from −N/2 through 0 at its sample N'/2, N' its samples; a spiral starts at 0. Both lie
///   within N/2, N the pixels.
struct CurvedReadout {
    private let settings: SamplingSettings
    private let linesPerFrame: Int
    private let sampleCount: Int
    private let radius: Double
    private let turns: Double

    init(_ settings: SamplingSettings, matrix: Int, linesPerFrame: Int) {
        self.settings = settings
        self.linesPerFrame = linesPerFrame
        sampleCount = settings.samplesPerLine(matrix: matrix)
        radius = Double(matrix) / 2
        turns = Self.spiralTurns(settings, matrix: matrix)
    }

    /// Turns of one spiral: all interleaves together leave gaps of one cycle per field of view.
    private static func spiralTurns(_ settings: SamplingSettings, matrix: Int) -> Double {
        Double(matrix) / 2 / Double(settings.interleaves)
    }

    /// Samples of one spiral: at its outer end, where it is fastest, they are one readout sample apart.
    static func spiralSamples(_ settings: SamplingSettings, matrix: Int) -> Int {
        let circumference = 2 * .pi * spiralTurns(settings, matrix: matrix)
        let length = Double(matrix) / 2 * (1 + circumference * circumference).squareRoot()
        return max(1, Int((Double(settings.readoutOversampling) * length).rounded(.up)))
    }

    /// The angle at which readout number `t·L + ℓ` sets out.
    ///
    /// Golden angles count on from frame to frame. Spirals are evenly spread within a frame, and each frame is turned
    /// by a golden share of their distance.
    func angle(_ number: Int) -> Double {
        let count = Double(linesPerFrame)
        let place = Double(number % linesPerFrame)
        switch settings.kind {
        case .radialGolden: return Double(number) * settings.goldenAngleRad
        case .radialUniform: return .pi * place / count
        default: return 2 * .pi / count * (place + Double(number / linesPerFrame) / SamplingSettings.goldenRatio)
        }
    }

    /// The samples of a readout whose gradients come late by numbers of samples without oversampling.
    func samples(angle: Double, delayX: Double, delayY: Double) -> [SIMD2<Float>] {
        let oversampling = Double(settings.readoutOversampling)
        if settings.kind == .spiral {
            return (0..<sampleCount).map { sample in
                let x = spiral(Double(sample) - oversampling * delayX, angle: angle).x
                let y = spiral(Double(sample) - oversampling * delayY, angle: angle).y
                return SIMD2(Float(x), Float(y))
            }
        }
        let (c, s) = (cos(angle), sin(angle))
        return (0..<sampleCount).map { sample in
            let place = Double(sample - sampleCount / 2) / oversampling
            return SIMD2(Float((place - delayX) * c), Float((place - delayY) * s))
        }
    }

    /// Archimedes' spiral at a sample; before the first it rests at 0.
    private func spiral(_ sample: Double, angle: Double) -> SIMD2<Double> {
        let share = max(sample, 0) / Double(sampleCount)
        let turned = 2 * .pi * turns * share + angle
        return radius * share * SIMD2(cos(turned), sin(turned))
    }
}
