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

    /// Compares images [T, Y, X].
    ///
    /// - Parameter shading: what the images have of the coils and the reference has not, [Y, X]; nil for nothing.
    init(_ images: [ComplexFloat], reference: [ComplexFloat], shading: [Float]?, pixels: Int) {
        let found = images.map(\.length)
        let truth = reference.enumerated().map { $1.length * (shading?[$0 % pixels] ?? 1) }
        let scale = leastSquaresScale(found, to: truth)
        let scaled = found.map { scale * $0 }
        nmse = SquaredError(scaled, reference: truth).nmse
        heartNMSE = SquaredError(scaled, reference: truth, mask: Score.moving(truth, pixels: pixels)).nmse
    }

    /// Where a series [T, Y, X] deviates from its mean over time by more than 5 % of its largest value, in each frame.
    private static func moving(_ series: [Float], pixels: Int) -> [Bool] {
        let frames = series.count / pixels
        let threshold = 0.05 * Double(series.max() ?? 0)
        let mask = (0..<pixels).map { pixel in
            let course = (0..<frames).map { Double(series[$0 * pixels + pixel]) }
            let mean = course.reduce(0, +) / Double(frames)
            let variance = course.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)
            return variance.squareRoot() > threshold
        }
        return (0..<frames).flatMap { _ in mask }
    }
}
