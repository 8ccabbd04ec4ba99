import Core

/// What a cine scan of one view gives.
public struct CineStack: Sendable {
    /// The view.
    public let view: View
    /// Number of frames.
    public let frames: Int
    /// Magnitude images, [S, T, Y, X], x fastest.
    public let images: [Float]
    /// Label maps, [S, T, Y, X]; raw values of `Label`.
    public let labels: [UInt8]
    /// Where the operator put each slice.
    public let planned: [Grid]
    /// Where each slice lies in the heart at rest: what it shows.
    public let sampled: [Grid]
    /// What each slice's breath-hold moved the heart by.
    public let motions: [SliceMotion]

    /// Number of slices.
    public var sliceCount: Int { planned.count }
}
