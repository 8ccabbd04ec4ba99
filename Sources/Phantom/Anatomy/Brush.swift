import Core

/// One layer of the anatomy: a solid, what it is made of, and what it is called. Later brushes cover earlier ones.
struct Brush: Sendable {
    /// What it is made of.
    var tissue: Tissue
    /// What it is called; nil keeps the name of what lies beneath (papillary muscles, vessels of an organ).
    var label: Label?
    /// The union of these is the solid.
    var parts: [Primitive]
    /// Only what lies within all of these.
    var clips: [Primitive] = []
    /// Less what lies within any of these.
    var holes: [Primitive] = []
    /// Outward growth of the parts, not of the clips and holes, mm.
    var growth = 0.0
    /// Radius with which the parts melt together, mm.
    var blend = 0.0

    /// Signed distance of the whole solid.
    @inline(__always)
    func distance<L: Lane>(_ p: Point<L>) -> L {
        var result = parts[0].distance(p)
        for part in parts.dropFirst() { result = union(result, part.distance(p)) }
        result = result - L(growth)
        for clip in clips { result = L.larger(result, clip.distance(p)) }
        for hole in holes { result = L.larger(result, L(0) - hole.distance(p)) }
        return result
    }

    /// Smaller of two distances, rounded where `blend` asks for it.
    @inline(__always)
    func union<L: Lane>(_ a: L, _ b: L) -> L { blend > 0 ? Solid.melt(a, b, blend) : L.smaller(a, b) }

    /// What of the brush matters within a ball, or that it covers the ball, or that it misses it.
    func relevance(center: Vector3, radius: Double, ramp: Double) -> Relevance {
        let margin = growth + blend / 4 + ramp
        let point = Point(center)
        let near = parts.filter { part in
            if let ball = part.ball, length(center - ball.center) > ball.radius + radius + margin { return false }
            return part.distance(point) <= radius * part.steepness + margin
        }
        guard !near.isEmpty else { return .none }
        var activeClips: [Primitive] = []
        for clip in clips {
            let (distance, reach) = (clip.distance(point), radius * clip.steepness + ramp)
            if distance > reach { return .none }
            if distance > -reach { activeClips.append(clip) }
        }
        var activeHoles: [Primitive] = []
        for hole in holes {
            let (distance, reach) = (hole.distance(point), radius * hole.steepness + ramp)
            if distance < -reach { return .none }
            if distance < reach { activeHoles.append(hole) }
        }
        let isCovered = near.contains { $0.distance(point) - growth < -(radius * $0.steepness + ramp) }
        if isCovered && activeClips.isEmpty && activeHoles.isEmpty { return .full }
        var partial = self
        partial.parts = near
        partial.clips = activeClips
        partial.holes = activeHoles
        return .partial(partial)
    }

    /// How a brush meets a ball.
    enum Relevance {
        /// It misses the ball.
        case none
        /// It covers the ball.
        case full
        /// A simpler brush that is the same within the ball.
        case partial(Brush)
    }
}
