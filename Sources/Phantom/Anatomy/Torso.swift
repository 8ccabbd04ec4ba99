import Core

/// The outline of a chest: an ellipse across the feet-head axis, the same at every height.
///
/// - Units: mm, patient frame.
public struct Torso: Sendable, Hashable {
    /// A point of its axis.
    public var center: Vector3
    /// Left-right half axis.
    public var halfWidthMM: Double
    /// Front-back half axis.
    public var halfDepthMM: Double

    /// Describes an outline.
    public init(center: Vector3 = .zero, halfWidthMM: Double, halfDepthMM: Double) {
        self.center = center
        self.halfWidthMM = halfWidthMM
        self.halfDepthMM = halfDepthMM
    }

    /// Whether a point lies inside.
    public func contains(_ point: Vector3) -> Bool {
        let x = (point.x - center.x) / halfWidthMM
        let y = (point.y - center.y) / halfDepthMM
        return x * x + y * y <= 1
    }
}

extension PatientParameters.Chest {
    /// The outline of the skin.
    public var torso: Torso { Torso(halfWidthMM: halfWidthMM, halfDepthMM: halfDepthMM) }
}

extension Patient {
    /// The outline of the skin.
    public var torso: Torso { parameters.chest.torso }
}
