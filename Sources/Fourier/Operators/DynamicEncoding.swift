import ComplexModule

/// What a scanner does to the frames of one slice: coils weight them, then k-space is read.
///
/// - Shape: [T, Y, X] → [T, C, L, N]; a reconstruction needs no more of it than this.
public protocol DynamicEncoding: LinearOperator {
    /// The sensitivities that it believes in.
    var maps: CoilMaps { get }

    /// An upper bound of ‖E‖² that costs nothing; nil where only iterations could tell.
    var squaredNormBound: Float? { get }

    /// The same reading with other sensitivities.
    ///
    /// - Throws: `CineError` when the maps do not fit the images.
    func replacing(maps: CoilMaps) throws -> Self

    /// Images of each coil and frame: the adjoint without maps.
    ///
    /// - Shape: [T, C, L, N] → [T, C, Y, X].
    func coilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat]

    /// Images of each coil from the samples of all frames together.
    ///
    /// - Shape: [T, C, L, N] → [C, Y, X].
    func averageCoilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat]
}

extension DynamicEncoding {
    /// No bound is known.
    public var squaredNormBound: Float? { nil }

    /// Number of frames.
    public var frames: Int { domain[0] }
    /// Number of pixels of a frame.
    public var pixels: Int { domain[1] * domain[2] }
}
