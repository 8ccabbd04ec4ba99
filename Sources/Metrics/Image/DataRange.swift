import Core

/// L of PSNR and SSIM: how much an image can vary.
///
/// It is stated, never guessed, and never taken from the image that is judged: one hot pixel would change every score.
public enum DataRange: Sendable, Hashable {
    /// A number that was declared once, such as 1 after normalisation.
    case fixed(Double)
    /// The largest value of the reference: over the volume in fastMRI, over each slice elsewhere, with other results.
    case maximum
    /// A percentile of the reference, such as 99.9, which bright outliers do not move.
    case percentile(Double)

    /// The range for a reference.
    ///
    /// - Throws: `CineError` where it is not above zero.
    public func value(for reference: [Float]) throws -> Double {
        let value: Double =
            switch self {
            case .fixed(let value): value
            case .maximum: Double(reference.max() ?? 0)
            case .percentile(let percent): Summary(reference.map(Double.init))?.percentile(percent) ?? 0
            }
        guard value > 0, value.isFinite else {
            throw CineError(
                .badData,
                "The data range of PSNR and SSIM must be above 0, found \(value) (\(self)); is the reference empty?")
        }
        return value
    }
}
