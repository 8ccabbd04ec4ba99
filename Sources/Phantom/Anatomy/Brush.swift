import Core

/// One layer of the anatomy: a solid, what it is made of, and what it is called.
///
/// Later brushes cover earlier ones.
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
    /// Radius with which the solid is rounded where a hole cuts it, mm: no slivers where they meet at a small angle.
    var holeBlend = 0.0

    /// Signed distance from the solid in mm, negative inside: what the layers of `Stack` give many points at a time.
    func distance(_ p: Point<Double>) -> Double {
        var result = parts.dropFirst().reduce(parts.first?.distance(p) ?? .infinity) { nearest, part in
            blend > 0 ? Solid.melt(nearest, part.distance(p), blend) : min(nearest, part.distance(p))
        }
        result -= growth
        for clip in clips { result = max(result, clip.distance(p)) }
        for hole in holes {
            let away = hole.distance(p)
            result = holeBlend > 0 ? -Solid.melt(-result, away, holeBlend) : max(result, -away)
        }
        return result
    }

    /// Whether it is made of another's parts, shrunk.
    func isGrown(from other: Brush) -> Bool {
        parts == other.parts && blend == other.blend && growth <= other.growth
    }
}
