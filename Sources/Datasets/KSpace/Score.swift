import Core
import Fourier

/// How far images are from their reference.
///
/// Magnitudes are compared, after one scalar for all: methods that estimate sensitivities do not know the scale or the
/// phase of the true ones. Nor do they know the coils' shading, so that their images are compared with a reference that
/// has it. The heart is where the reference moves: where its deviation over time exceeds 5 % of its
/// largest value.
public struct Score: Sendable, Hashable {
    /// ‖x̂ − x‖² / ‖x‖² over the whole field of view.
    public let nmse: Double
    /// The same where the reference moves.
    public let heartNMSE: Double
    /// The same on profiles over time along eight lines through the heart.
    public let profileNMSE: Double

    /// Compares images [T, Y, X].
    ///
    /// - Parameters:
    ///   - shading: what the images have of the coils and the reference has not, [Y, X]; nil for nothing.
    ///   - size: pixels along x and y.
    init(_ images: [ComplexFloat], reference: [ComplexFloat], shading: [Float]?, size: SIMD2<Int>) {
        let pixels = size.x * size.y
        let found = images.map { Double($0.length) }
        let truth = reference.enumerated().map { index, value in
            Double(value.length) * (shading.map { Double($0[index % pixels]) } ?? 1)
        }
        let products = zip(found, truth).reduce(0.0) { $0 + $1.0 * $1.1 }
        let squares = found.reduce(0.0) { $0 + $1 * $1 }
        let scale = squares > 0 ? products / squares : 0
        let error = zip(found, truth).map { scale * $0 - $1 }

        let motion = Self.deviations(truth, pixels: pixels)
        let threshold = 0.05 * (truth.max() ?? 0)
        func inHeart(_ values: [Double]) -> [Double] {
            values.enumerated().filter { motion[$0.offset % pixels] > threshold }.map(\.element)
        }
        let profiles = HeartProfiles(motion: motion.map { $0 > threshold ? $0 : 0 }, size: size)
        nmse = Self.ratio(error, truth)
        heartNMSE = Self.ratio(inHeart(error), inHeart(truth))
        profileNMSE = Self.ratio(profiles.sample(error), profiles.sample(truth))
    }

    private static func ratio(_ error: [Double], _ truth: [Double]) -> Double {
        let norm = truth.reduce(0) { $0 + $1 * $1 }
        return norm > 0 ? error.reduce(0) { $0 + $1 * $1 } / norm : 0
    }

    /// The deviation of each pixel over time.
    private static func deviations(_ images: [Double], pixels: Int) -> [Double] {
        let frames = images.count / pixels
        return (0..<pixels).map { pixel in
            let course = (0..<frames).map { images[$0 * pixels + pixel] }
            let mean = course.reduce(0, +) / Double(frames)
            return (course.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)).squareRoot()
        }
    }
}

/// Lines through the middle of what moves, a pixel between their points: over time they show how walls and texture go.
///
/// Eight lines, half as long as the field of view and 22.5° apart, as CineVN's measure of temporal fidelity has them.
/// - Reference: Vornehm et al. 2025 (CineVN), Magn. Reson. Med. 93:138–150, and its code.
struct HeartProfiles {
    private let points: [SIMD2<Double>]
    private let size: SIMD2<Int>

    /// - Parameter motion: how much each pixel moves, [Y, X].
    init(motion: [Double], size: SIMD2<Int>) {
        self.size = size
        let total = motion.reduce(0, +)
        let center =
            total > 0
            ? motion.indices.reduce(SIMD2<Double>.zero) {
                $0 + motion[$1] / total * SIMD2(Double($1 % size.x), Double($1 / size.x))
            } : SIMD2(Double(size.x / 2), Double(size.y / 2))
        let half = size.min() / 4
        points = (0..<8).flatMap { line in
            let direction = ComplexDouble(length: 1, phase: .pi / 8 * Double(line))
            return (-half...half).map { center + Double($0) * SIMD2(direction.real, direction.imaginary) }
        }
    }

    /// Images [T, Y, X] at the lines' points, linearly between pixels, 0 outside: [T, points].
    func sample(_ images: [Double]) -> [Double] {
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
                    sum += weight * images[frame * pixels + place.y * size.x + place.x]
                }
                return sum
            }
        }
    }
}
