import Core
import Fourier
import Metrics

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
    public init(_ images: [ComplexFloat], reference: [ComplexFloat], shading: [Float]?, size: SIMD2<Int>) {
        let pixels = size.x * size.y
        let found = images.map(\.length)
        let truth = reference.enumerated().map { $1.length * (shading?[$0 % pixels] ?? 1) }
        let scale = leastSquaresScale(found, to: truth)
        let scaled = found.map { scale * $0 }

        let threshold = 0.05 * (truth.max() ?? 0)
        let motion = Self.deviations(truth, pixels: pixels).map { $0 > threshold ? $0 : 0 }
        let heart = (0..<truth.count).map { motion[$0 % pixels] > 0 }
        let profiles = HeartProfiles(motion: motion, size: size)
        nmse = SquaredError(scaled, reference: truth).nmse
        heartNMSE = SquaredError(scaled, reference: truth, mask: heart).nmse
        profileNMSE = SquaredError(profiles.sample(scaled), reference: profiles.sample(truth)).nmse
    }

    /// The deviation of each pixel of a series [T, Y, X] over time.
    private static func deviations(_ series: [Float], pixels: Int) -> [Float] {
        let frames = series.count / pixels
        return (0..<pixels).map { pixel in
            let course = (0..<frames).map { Double(series[$0 * pixels + pixel]) }
            let mean = course.reduce(0, +) / Double(frames)
            return Float((course.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)).squareRoot())
        }
    }
}
