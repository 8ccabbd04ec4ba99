import Core
import Foundation
import Phantom

/// Places slices on a heart at rest the way an operator does: by its landmarks at end-diastole.
///
/// - Units: mm, patient frame.
/// - Convention: each slice is a grid with one voxel along z. Row 0 is the top of the displayed image, x runs to its
///   right. Short axis: RV on the left, anterior wall on top. Long axes: apex on top; RV (4ch), inferior wall (2ch) or
///   inferolateral wall (3ch) on the left. The z axis is the slice normal, as long as the distance between slices,
///   and points from base to apex in the stack: the first slice's affine is the affine of the whole stack.
public struct SlicePlanner: Sendable {
    /// Points of the heart.
    public let landmarks: Landmarks
    /// Pixel size, field of view, thickness and gap.
    public let cine: CineProtocol

    /// Plans for one heart.
    public init(landmarks: Landmarks, cine: CineProtocol) {
        self.landmarks = landmarks
        self.cine = cine
    }

    /// The slices of a view: base to apex for the stack, one slice otherwise.
    ///
    /// - Parameter view: what is scanned.
    /// - Parameter tilt: the operator's error, a rotation of the plane about the LV centre (see `planningError`).
    public func slices(_ view: View, tilt: Vector3 = .zero) -> [Grid] {
        let ideal = view == .sax ? shortAxis() : [longAxis(view)]
        guard tilt != .zero else { return ideal }
        let error = Affine.rigid(shift: .zero, rotation: tilt, about: landmarks.lvFrame.translation)
        return ideal.map { Grid(affine: error * $0.affine, size: $0.size) }
    }

    /// Draws an operator's angular error: two tilts of the plane with standard deviation `planning_error_deg` each.
    ///
    /// The angle between planned and ideal plane then has the mean 1.25 × that (Rayleigh).
    /// - Returns: a rotation vector in rad, within the plane of the view.
    public func planningError(_ view: View, seed: UInt64, patient: Int) -> Vector3 {
        var draws = Philox(seed: seed, patient: patient, stage: .planning, substream: view.stream)
        let deviation = cine.planningErrorDeg * .pi / 180
        let plane = slices(view)[0].affine
        return normalize(plane.x) * (deviation * draws.normal()) + normalize(plane.y) * (deviation * draws.normal())
    }

    /// A grid of cubic voxels along the patient axes that covers a box.
    ///
    /// - Convention: the grid is centred on the box; its outermost voxels reach at least the box plus the margin.
    public static func volume(
        low: Vector3, high: Vector3, spacingMM: Double = 1.25, marginMM: Double = 0
    ) -> Grid {
        let extent = high - low + 2 * marginMM
        func count(_ length: Double) -> Int { max(1, Int((length / spacingMM - 1e-9).rounded(.up))) }
        return Grid(
            center: (low + high) * 0.5, spacingMM: Vector3(repeating: spacingMM),
            size: [count(extent.x), count(extent.y), count(extent.z)])
    }

    /// A grid around the heart and the roots of its vessels.
    public func heartVolume(spacingMM: Double = 1.25, marginMM: Double = 5) -> Grid {
        Self.volume(
            low: landmarks.heartBox.low, high: landmarks.heartBox.high, spacingMM: spacingMM, marginMM: marginMM)
    }

    /// Direction from the mitral valve to the apex.
    var axis: Vector3 { normalize(landmarks.apex - landmarks.mitralValve) }

    /// Direction to the septum, at right angles to the axis.
    var septal: Vector3 { perpendicular(landmarks.lvFrame.x) }

    /// Direction to the anterior wall: septum, apex and anterior wall form a right-handed triad.
    var anterior: Vector3 { cross(septal, axis) }

    private func perpendicular(_ direction: Vector3) -> Vector3 {
        normalize(direction - axis * dot(direction, axis))
    }

    private func shortAxis() -> [Grid] {
        let spacing = cine.sliceThicknessMM + cine.sliceGapMM
        let length = dot(landmarks.apex - landmarks.mitralValve, axis)
        // Every slab that meets the ventricle between mitral valve and apex.
        let covering = Int(((length + cine.sliceThicknessMM / 2) / spacing).rounded(.up))
        let toRV = septal * dot(landmarks.rvFreeWall - landmarks.mitralValve, septal)
        return (0..<(cine.sliceCount ?? max(1, covering))).map { slice in
            grid(
                center: landmarks.mitralValve + axis * (Double(slice) * spacing) + toRV / 4, right: -septal,
                down: -anterior, normal: axis * spacing)
        }
    }

    private func longAxis(_ view: View) -> Grid {
        let toApex = landmarks.apex - landmarks.mitralValve
        var center = landmarks.mitralValve + toApex * 0.2
        let right: Vector3
        switch view {
        case .sax, .lax2ch:
            right = anterior
        case .lax3ch:
            right = perpendicular(landmarks.aorticValve - landmarks.mitralValve)
        case .lax4ch:
            right = perpendicular(landmarks.mitralValve - landmarks.tricuspidValve)
            center += right * (dot(landmarks.rvFreeWall - landmarks.mitralValve, right) / 4)
        }
        return grid(
            center: center, right: right, down: -axis, normal: cross(right, -axis) * cine.longAxisThicknessMM)
    }

    /// One slice of the protocol's matrix about a centre.
    private func grid(center: Vector3, right: Vector3, down: Vector3, normal: Vector3) -> Grid {
        let half = Double(cine.matrix - 1) / 2 * cine.pixelMM
        return Grid(
            affine: Affine(
                x: right * cine.pixelMM, y: down * cine.pixelMM, z: normal, translation: center - (right + down) * half),
            size: [cine.matrix, cine.matrix, 1])
    }
}
