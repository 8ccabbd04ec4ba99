import Core
import Foundation

/// Mean strain of the left ventricle's wall along its three directions.
///
/// Two measures are in use and differ: at a shortening of 20 %, line-length strain is −0.20 and Green-Lagrange −0.18.
/// Feature tracking quotes line lengths.
public struct WallStrain: Sendable, Hashable {
    /// Radial, circumferential and longitudinal.
    public struct Directions: Sendable, Hashable {
        /// From the axis outwards: thickening.
        public let radial: Double
        /// About the axis: GCS where it is the mean of the whole wall.
        public let circumferential: Double
        /// Along the axis: GLS where it is the mean of the whole wall.
        public let longitudinal: Double

        init(_ v: Vector3) { (radial, circumferential, longitudinal) = (v.x, v.y, v.z) }
    }

    /// λ − 1, λ the stretch of a line element: what is quoted clinically.
    public let lineLength: Directions
    /// ½ (λ² − 1).
    public let greenLagrange: Directions

    /// Means over a mask, its border left out; nil where nothing is inside.
    ///
    /// - Parameters:
    ///   - mask: the wall at the reference time.
    ///   - axis: a point of the ventricle's long axis, and its direction.
    /// - Convention: directions at the reference position: radial from the axis, at right angles to it.
    /// - Throws: `CineError` where the volumes do not lie in the same place, or a displacement is not a number.
    public init?(_ field: DisplacementField, mask: Volume<Bool>, axis: (point: Vector3, direction: Vector3)) throws {
        let along = normalize(axis.direction)
        var (lines, greens, count) = (Vector3.zero, Vector3.zero, 0)
        try field.forEachGradient(in: mask) { position, gradient in
            let away = position - axis.point
            let outward = away - along * dot(away, along)
            guard length(outward) > 0 else { return }
            let radial = normalize(outward)
            let directions = [radial, cross(along, radial), along]
            let stretches = directions.map { length(gradient.rotate($0)) }
            let stretch = Vector3(stretches[0], stretches[1], stretches[2])
            lines += stretch - 1
            greens += (stretch * stretch - 1) * 0.5
            count += 1
        }
        guard count > 0 else { return nil }
        lineLength = Directions(lines / Double(count))
        greenLagrange = Directions(greens / Double(count))
    }
}
