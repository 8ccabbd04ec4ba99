import ComplexModule
import Core
import Fourier

/// Lines through the middle of what moves, a pixel between their points: over time they show how walls and texture go.
///
/// Eight lines, half as long as the field of view and 22.5° apart, as CineVN's measure of temporal fidelity has them.
/// - Reference: Vornehm et al. 2025 (CineVN), Magn. Reson. Med. 93:138–150, and its code.
struct HeartProfiles {
    private let points: [SIMD2<Double>]
    private let size: SIMD2<Int>

    /// - Parameter motion: how much each pixel moves, [Y, X].
    init(motion: [Float], size: SIMD2<Int>) {
        self.size = size
        let total = Double(motion.reduce(0, +))
        let center =
            total > 0
            ? motion.indices.reduce(SIMD2<Double>.zero) {
                $0 + Double(motion[$1]) / total * SIMD2(Double($1 % size.x), Double($1 / size.x))
            } : SIMD2(Double(size.x / 2), Double(size.y / 2))
        let half = size.min() / 4
        points = (0..<8).flatMap { line in
            let direction = ComplexDouble(length: 1, phase: .pi / 8 * Double(line))
            return (-half...half).map { center + Double($0) * SIMD2(direction.real, direction.imaginary) }
        }
    }

    /// Images [T, Y, X] at the lines' points, linearly between pixels, 0 outside: [T, points].
    func sample(_ images: [Float]) -> [Float] {
        let pixels = size.x * size.y
        return (0..<images.count / pixels).flatMap { frame in
            points.map { point in
                let corner = SIMD2(Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
                let part = point - SIMD2(Double(corner.x), Double(corner.y))
                var sum = 0.0
                for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let place = corner &+ SIMD2(x, y)
                    guard (0..<size.x).contains(place.x), (0..<size.y).contains(place.y) else { continue }
                    let weight = (x == 0 ? 1 - part.x : part.x) * (y == 0 ? 1 - part.y : part.y)
                    sum += weight * Double(images[frame * pixels + place.y * size.x + place.x])
                }
                return Float(sum)
            }
        }
    }
}
