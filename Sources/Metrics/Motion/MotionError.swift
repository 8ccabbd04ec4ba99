import Core
import Foundation

/// Where material goes, at each point of a grid: u in X ↦ X + u(X), mm.
///
/// - Convention: from the reference (end-diastole) to a time, at the reference position, in mm RAS+. The field that warps
///   an image back is not −u: invert it before comparing, or compare tracked points.
public struct DisplacementField: Sendable {
    /// Where the vectors begin.
    public let grid: Grid
    /// x, y and z components in turn, mm.
    ///
    /// - Shape: [3, Z, Y, X], as in our files.
    public let components: [Float]

    /// Makes a field from its components.
    public init(grid: Grid, components: [Float]) {
        precondition(components.count == 3 * grid.count, "expected \(3 * grid.count) numbers, got \(components.count)")
        (self.grid, self.components) = (grid, components)
    }

    /// Stops where a vector of the mask is not a number, as of a network that diverged.
    ///
    /// - Throws: `CineError` there, and where the mask does not lie in the same place.
    func requireNumbers(in mask: Volume<Bool>) throws {
        try mask.grid.requireSame(as: grid)
        for index in mask.values.indices where mask.values[index] {
            guard self[index].sum().isFinite else {
                throw CineError(.badData, "A displacement within the mask is not a number; did the method diverge?")
            }
        }
    }

    /// The vector at a place of [Z, Y, X].
    subscript(index: Int) -> Vector3 {
        let count = grid.count
        return [
            Double(components[index]), Double(components[count + index]), Double(components[2 * count + index]),
        ]
    }
}

/// How far estimated motion ends from where material really went.
public struct MotionError: Sendable, Hashable {
    /// Endpoint errors ‖û − u‖ of the points, mm.
    public let endpointMM: Summary
    /// The part of the errors within the slice, mm; nil without a normal.
    public let inPlaneMM: Summary?
    /// The part of the errors across the slice, mm; nil without a normal.
    public let throughPlaneMM: Summary?
    /// Angles between û and u in degrees, over points that move far enough; nil where none does.
    public let angleDegrees: Summary?
    /// Mean ‖u‖, mm.
    public let meanMotionMM: Double

    /// Mean endpoint error over mean motion; 1 for a method that finds no motion at all.
    public var relative: Double { endpointMM.mean == 0 ? 0 : endpointMM.mean / meanMotionMM }

    /// Compares fields; nil where the mask holds nothing.
    ///
    /// - Parameters:
    ///   - mask: the points that count, such as the wall at end-diastole.
    ///   - normal: across the slices, to part errors in the slice and across it; nil for no parts.
    ///   - leastMotionMM: points that move less have no direction to speak of.
    /// - Throws: `CineError` where the volumes do not lie in the same place, or a displacement is not a number.
    public init?(
        _ estimate: DisplacementField, reference: DisplacementField, mask: Volume<Bool>, normal: Vector3? = nil,
        leastMotionMM: Double = 1
    ) throws {
        try estimate.grid.requireSame(as: reference.grid)
        for field in [estimate, reference] { try field.requireNumbers(in: mask) }
        let points = mask.values.indices.filter { mask.values[$0] }
        let truths = points.map { reference[$0] }
        let found = points.map { estimate[$0] }
        let errors = zip(found, truths).map { $0 - $1 }
        guard let endpoint = Summary(errors.map(length)), let motion = Summary(truths.map(length)) else { return nil }
        endpointMM = endpoint
        meanMotionMM = motion.mean
        let direction = normal.map(normalize)
        throughPlaneMM = direction.flatMap { normal in Summary(errors.map { abs(dot($0, normal)) }) }
        inPlaneMM = direction.flatMap { normal in Summary(errors.map { length($0 - normal * dot($0, normal)) }) }
        let angles = zip(found, truths).filter { length($0.1) >= leastMotionMM }.map(MotionError.angleDegrees)
        angleDegrees = Summary(angles)
    }

    /// An estimate that does not move has no direction: it is as wrong as one at right angles.
    private static func angleDegrees(_ a: Vector3, _ b: Vector3) -> Double {
        length(a) == 0 ? 90 : atan2(length(cross(a, b)), dot(a, b)) * 180 / .pi
    }
}
