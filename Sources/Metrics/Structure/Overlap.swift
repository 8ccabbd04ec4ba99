import Core

/// How many voxels a prediction and its reference share.
///
/// Overlaps of slices add up to that of the volume.
public struct Overlap: Sendable, Hashable {
    /// Voxels of both.
    public let shared: Int
    /// Voxels of the prediction.
    public let predicted: Int
    /// Voxels of the reference.
    public let reference: Int

    /// Makes an overlap from its counts.
    public init(shared: Int, predicted: Int, reference: Int) {
        (self.shared, self.predicted, self.reference) = (shared, predicted, reference)
    }

    /// Counts voxels.
    ///
    /// - Throws: `CineError` where the volumes do not lie in the same place.
    public init(_ prediction: Volume<Bool>, reference: Volume<Bool>) throws {
        try prediction.grid.requireSame(as: reference.grid)
        self.init(prediction.values[...], reference.values[...])
    }

    private init(_ prediction: ArraySlice<Bool>, _ reference: ArraySlice<Bool>) {
        var counts = SIMD3<Int>.zero
        for (a, b) in zip(prediction, reference) { counts &+= SIMD3(a && b ? 1 : 0, a ? 1 : 0, b ? 1 : 0) }
        self.init(shared: counts.x, predicted: counts.y, reference: counts.z)
    }

    /// The overlap in each slice of constant z.
    ///
    /// - Throws: `CineError` where the volumes do not lie in the same place.
    public static func ofSlices(_ prediction: Volume<Bool>, reference: Volume<Bool>) throws -> [Overlap] {
        try prediction.grid.requireSame(as: reference.grid)
        let pixels = prediction.grid.size.x * prediction.grid.size.y
        return (0..<prediction.grid.size.z).map { slice in
            let part = slice * pixels..<(slice + 1) * pixels
            return Overlap(prediction.values[part], reference.values[part])
        }
    }

    /// The overlap of two parts together.
    public static func + (a: Overlap, b: Overlap) -> Overlap {
        Overlap(shared: a.shared + b.shared, predicted: a.predicted + b.predicted, reference: a.reference + b.reference)
    }

    /// 2 |A ∩ B| / (|A| + |B|); a structure that one of them lacks is a failure, which costs as much as no overlap: 0.
    public var dice: StructureScore<Double> {
        score { 2 * Double(shared) / Double(predicted + reference) }
    }

    /// |A ∩ B| / |A ∪ B| = D / (2 − D).
    public var jaccard: StructureScore<Double> {
        score { Double(shared) / Double(predicted + reference - shared) }
    }

    private func score(_ value: () -> Double) -> StructureScore<Double> {
        StructureScore(predicted > 0 ? predicted : nil, reference > 0 ? reference : nil) { _, _ in value() }
    }
}
