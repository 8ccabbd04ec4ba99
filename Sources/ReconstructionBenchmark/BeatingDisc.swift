import ComplexModule
import Core
import Foundation
import Fourier

/// A disc that beats within another, seen by eight coils.
struct BeatingDisc {
    static let (size, frames, coils) = (192, 25, 8)
    /// Sensitivities, Σ|S|² = 1.
    let maps: CoilMaps
    /// Images of a perfect scan, [T, Y, X].
    let truth: [ComplexFloat]

    init() {
        let (size, frames) = (Self.size, Self.frames)
        func place(_ pixel: Int) -> SIMD2<Double> {
            SIMD2(Double(pixel % size - size / 2), Double(pixel / size - size / 2)) / Double(size)
        }
        maps =
            CoilMaps(
                coils: Self.coils, height: size, width: size,
                values: (0..<Self.coils).flatMap { coil in
                    let angle = 2 * .pi * (Double(coil) + 0.3) / Double(Self.coils)
                    let axis = SIMD2(cos(angle), sin(angle))
                    return (0..<size * size).map { pixel in
                        let offset = place(pixel) - axis * (0.56 / max(abs(axis.x), abs(axis.y)))
                        let strength = pow(1 + (offset * offset).sum() / 0.09, -1.5)
                        let turn = atan2(offset.y * axis.x - offset.x * axis.y, -(offset * axis).sum())
                        return ComplexFloat(length: Float(strength), phase: Float(turn + angle))
                    }
                }
            ).normalised
        truth = (0..<frames * size * size).map { index in
            let radius = place(index % (size * size))
            let beat = 0.15 + 0.04 * cos(2 * .pi * Double(index / (size * size)) / Double(frames))
            let distance = (radius * radius).sum().squareRoot()
            return ComplexFloat(distance < beat ? 1 : distance < 0.42 ? 0.4 : 0)
        }
    }

    /// What a scan reads of it, with noise.
    func samples(_ encoding: some DynamicEncoding, deviation: Float) -> [ComplexFloat] {
        var random = Philox(seed: 1, patient: 0, stage: .imageNoise)
        return encoding.forward(truth).map {
            $0 + ComplexFloat(Float(random.normal()), Float(random.normal())).multiplied(by: deviation)
        }
    }

    /// ‖a − truth‖² / ‖truth‖².
    func error(_ images: [ComplexFloat]) -> Double {
        let sums = zip(images, truth).reduce(SIMD2<Double>.zero) {
            $0 + SIMD2(Double(($1.0 - $1.1).lengthSquared), Double($1.1.lengthSquared))
        }
        return sums.x / sums.y
    }
}
