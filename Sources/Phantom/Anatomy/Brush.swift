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
}
