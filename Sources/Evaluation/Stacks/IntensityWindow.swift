import Core
import Metrics

/// What becomes 0 and 1 of a stack's intensities: its 1st and 99th percentile, so that a few bright pixels do not decide.
///
/// - Reference: percentiles as in the released code of Bai et al. 2018, doi:10.1186/s12968-018-0471-x. There, what lies
///   outside is cut off; here generously later, since fat and fresh blood are part of the truth of super-resolution.
struct IntensityWindow: Sendable, Hashable {
    /// Becomes 0.
    let low: Float
    /// Becomes 1.
    let high: Float
    /// What normalised values are cut to.
    static let limits: ClosedRange<Float> = -0.5...2

    /// A window that changes nothing.
    static let unit = IntensityWindow(low: 0, high: 1)

    private init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

    /// The window of a stack.
    ///
    /// - Throws: `CineError(.badData)` for one without contrast.
    init(of image: [Float]) throws {
        let rising = image.sorted()
        guard let low = Self.percentile(1, of: rising), let high = Self.percentile(99, of: rising), low < high else {
            throw CineError(
                .badData,
                """
                A stack whose intensities differ was expected, found none; the image is empty or damaged. Check the \
                dataset with cineforge verify.
                """)
        }
        (self.low, self.high) = (low, high)
    }

    private static func percentile(_ percent: Int, of rising: [Float]) -> Float? {
        rising.isEmpty ? nil : rising[(rising.count - 1) * percent / 100]
    }

    /// Intensities that were normalised, as they were.
    func undo(_ image: [Float]) -> [Float] { image.map { low + $0 * (high - low) } }

    /// Intensities normalised and cut.
    func callAsFunction(_ image: [Float]) -> [Float] {
        let scale = 1 / (high - low)
        return image.map { min(max(($0 - low) * scale, Self.limits.lowerBound), Self.limits.upperBound) }
    }
}
