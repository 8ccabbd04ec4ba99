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

    /// Compares images [T, Y, X].
    ///
    /// - Parameter shading: what the images have of the coils and the reference has not, [Y, X]; nil for nothing.
    init(_ images: [ComplexFloat], reference: [ComplexFloat], shading: [Float]?, pixels: Int) {
        let found = images.map { Double($0.length) }
        let truth = reference.enumerated().map { index, value in
            Double(value.length) * (shading.map { Double($0[index % pixels]) } ?? 1)
        }
        let products = zip(found, truth).reduce(0.0) { $0 + $1.0 * $1.1 }
        let squares = found.reduce(0.0) { $0 + $1 * $1 }
        let scale = squares > 0 ? products / squares : 0
        let frames = truth.count / pixels
        let threshold = 0.05 * (truth.max() ?? 0)
        var all = (error: 0.0, norm: 0.0)
        var heart = all
        for pixel in 0..<pixels {
            let course = (0..<frames).map { truth[$0 * pixels + pixel] }
            let mean = course.reduce(0, +) / Double(frames)
            let variance = course.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)
            var here = (error: 0.0, norm: 0.0)
            for frame in 0..<frames {
                let difference = scale * found[frame * pixels + pixel] - course[frame]
                here.error += difference * difference
                here.norm += course[frame] * course[frame]
            }
            all = (all.error + here.error, all.norm + here.norm)
            if variance.squareRoot() > threshold { heart = (heart.error + here.error, heart.norm + here.norm) }
        }
        nmse = all.norm > 0 ? all.error / all.norm : 0
        heartNMSE = heart.norm > 0 ? heart.error / heart.norm : 0
    }
}
