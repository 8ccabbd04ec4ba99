import Core
import Foundation
import Phantom

/// How the heart lay in one slice's breath-hold, relative to the planning scan.
///
/// - Units: mm and rad (rotation vector), patient frame.
/// - Convention: the anatomy is turned about the LV centre, then shifted. Values are exact in single precision, so
///   what a file holds is what was applied.
public struct SliceMotion: Sendable, Hashable {
    /// Shift of the heart.
    public let shiftMM: Vector3
    /// Rotation vector of the heart.
    public let rotationRad: Vector3

    /// Makes a motion, rounded to single precision.
    public init(shiftMM: Vector3 = .zero, rotationRad: Vector3 = .zero) {
        self.shiftMM = Vector3(SIMD3<Float>(shiftMM))
        self.rotationRad = Vector3(SIMD3<Float>(rotationRad))
    }

    /// No motion.
    public static let none = SliceMotion()

    /// Shift x, y, z, then rotation x, y, z: a row of the file's `motion`.
    public var values: [Float] {
        [shiftMM.x, shiftMM.y, shiftMM.z, rotationRad.x, rotationRad.y, rotationRad.z].map { Float($0) }
    }

    /// Where the resting anatomy has gone.
    public func transform(about center: Vector3) -> Affine {
        .rigid(shift: shiftMM, rotation: rotationRad, about: center)
    }

    /// The plane of the resting anatomy that a slice planned at `grid` shows: M⁻¹ · planned.
    public func sampled(_ grid: Grid, about center: Vector3) -> Grid {
        Grid(affine: transform(about: center).inverse * grid.affine, size: grid.size)
    }
}

/// Draws where each breath-hold put the heart.
///
/// Consecutive slices share a breath-hold and thus its position, up to drift. The defaults reproduce an audit of 1,337
/// short-axis stacks (adjacent offsets above 5 mm in 9.0 % of pairs, above 8 mm in 4.7 %; subjects with a jump above
/// 3, 5 and 8 mm: 62.9, 38.3 and 21.3 %; median worst jump 3.9 mm), which saw in-plane offsets with 0.7 mm of error.
///
/// - Units: mm, patient frame (x right, y front, z head).
/// - Convention: sigma is the deviation along each in-plane axis of a short-axis slice. The heart moves mostly
///   head-foot, so through-plane shifts come with it (about the same size for a typical axis).
/// - Reference: in-plane form fitted by Monte Carlo to that audit; carried to 3D here.
public struct BreathHoldModel: Sendable, Hashable, Codable {
    /// How far the heart strays.
    public enum Severity: Sendable, Hashable {
        /// The mix of a large study: each subject has a sigma and a drift of its own.
        case ukb
        /// One sigma in mm for all; 0 is no motion at all.
        case fixed(sigmaMM: Double)
    }

    /// How far the heart strays.
    public var severity = Severity.ukb
    /// Most slices in one breath-hold; their number is uniform from 1.
    public var slicesPerHold = 5
    /// Rotation about each axis in degrees per mm of sigma, up to 5 mm.
    public var rotationDegPerMM = 0.4
    /// Mean creep of the heart towards the head within a breath-hold, mm/s; its deviation is 2/3 of that.
    ///
    /// Under `ukb` a subject's own value takes its place.
    public var driftMMPerS = 0.09
    /// Duration of one slice in s.
    public var sliceDurationS = 6.0

    private enum CodingKeys: String, CodingKey {
        case severity
        case slicesPerHold = "slices_per_hold"
        case rotationDegPerMM = "rotation_deg_per_mm"
        case driftMMPerS = "drift_mm_per_s"
        case sliceDurationS = "slice_duration_s"
    }

    /// The audited mix.
    public init(severity: Severity = .ukb) { self.severity = severity }

    /// Makes a model from its keys; those that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        severity = try keys.decodeIfPresent(Severity.self, forKey: .severity) ?? severity
        slicesPerHold = try keys.decodeIfPresent(Int.self, forKey: .slicesPerHold) ?? slicesPerHold
        rotationDegPerMM = try keys.decodeIfPresent(Double.self, forKey: .rotationDegPerMM) ?? rotationDegPerMM
        driftMMPerS = try keys.decodeIfPresent(Double.self, forKey: .driftMMPerS) ?? driftMMPerS
        sliceDurationS = try keys.decodeIfPresent(Double.self, forKey: .sliceDurationS) ?? sliceDurationS
    }

    /// Deviations along x, y and z per mm of sigma: head-foot 1, front-back 0.4, left-right 0.2, scaled so that the
    /// audit's numbers come out in the plane of a typical short-axis slice (axis 45° to the left, 38° down).
    static let spread = Vector3(0.2, 0.4, 1) * 1.7
    /// Longest shift in mm.
    static let longestMM = 30.0
    /// Largest sigma of the mix in mm.
    static let largestSigmaMM = 8.0

    /// A subject's sigma in mm and drift in mm/s, the same for all views.
    ///
    /// Under `ukb` they are the subject's own; without a subject, sigma is drawn log-normal about 1.6 mm, at most 8 mm.
    public func scale(
        of subject: PatientParameters.Respiration?, seed: UInt64, patient: Int
    ) -> (sigmaMM: Double, driftMMPerS: Double) {
        switch (severity, subject) {
        case (.fixed(let sigma), _):
            return (sigma, driftMMPerS)
        case (.ukb, let subject?):
            return (subject.breathHoldScaleMM, subject.breathHoldDriftMMPerS * subject.trackingFactor)
        case (.ukb, nil):
            var draws = Philox(seed: seed, patient: patient, stage: .breathHold, substream: 0)
            return (min(Self.largestSigmaMM, 1.6 * exp(draws.normal())), driftMMPerS)
        }
    }

    /// The motions of a view's slices, in the order of acquisition.
    ///
    /// - Convention: values depend on (seed, patient, view) and the subject alone; every view has draws of its own.
    /// - Parameter view: the slices that are scanned.
    /// - Parameter sliceCount: number of slices.
    /// - Parameter subject: how the patient breathes, which `ukb` uses; nil draws the scale here.
    /// - Parameter seed: seed of the recipe.
    /// - Parameter patient: number of the subject.
    public func motions(
        _ view: View, sliceCount: Int, subject: PatientParameters.Respiration? = nil, seed: UInt64, patient: Int
    ) -> [SliceMotion] {
        let (sigma, creep) = scale(of: subject, seed: seed, patient: patient)
        guard sigma > 0 else { return [SliceMotion](repeating: .none, count: sliceCount) }
        var draws = Philox(seed: seed, patient: patient, stage: .breathHold, substream: 1 + view.stream)
        func deviate() -> Vector3 { Vector3(draws.normal(), draws.normal(), draws.normal()) }

        let turn = rotationDegPerMM * min(sigma, 5) * .pi / 180
        var motions: [SliceMotion] = []
        while motions.count < sliceCount {
            let held = Int(draws.uniform() * Double(max(1, slicesPerHold))) + 1
            let start = deviate() * Self.spread * sigma
            let rotation = deviate() * turn
            let drift = creep * (1 + 2 / 3 * draws.normal())
            for slice in 0..<min(held, sliceCount - motions.count) {
                let elapsed = (Double(slice) + 0.5) * sliceDurationS
                let shift = start + Vector3(0, 0, drift * elapsed)
                let excess = max(1, length(shift) / Self.longestMM)
                motions.append(SliceMotion(shiftMM: shift / excess, rotationRad: rotation))
            }
        }
        return motions
    }
}

extension BreathHoldModel.Severity: Codable {
    /// Reads `ukb` or a sigma in mm.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let sigma = try? value.decode(Double.self), sigma >= 0 {
            self = .fixed(sigmaMM: sigma)
        } else if (try? value.decode(String.self)) == "ukb" {
            self = .ukb
        } else {
            throw CineError(
                .badData, "Expected a breath-hold severity of `ukb` or a sigma in mm, found something else.")
        }
    }

    /// Writes `ukb` or a sigma in mm.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .ukb: try value.encode("ukb")
        case .fixed(let sigma): try value.encode(sigma)
        }
    }
}
