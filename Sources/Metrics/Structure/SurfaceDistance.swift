import Core

/// How far the surfaces of a prediction and of its reference lie apart, mm.
///
/// Surfaces are boundary voxels (see `Surface`): those with a neighbour across a face outside the structure, at their
/// centres. In 3D and slice by slice the numbers differ by a factor of two or three: say which.
///
/// - Error: distances are exact for boxes of voxels, at any spacing.
/// - Reference: conventions of MONAI and of ukbb_cardiac (Bai et al. 2018, doi:10.1186/s12968-018-0471-x), where each
///   property says; MedPy's where the two directions are pooled.
public struct SurfaceDistance: Sendable, Hashable {
    /// From each boundary voxel of the prediction to the reference's nearest, rising.
    public let fromPrediction: [Double]
    /// From each boundary voxel of the reference to the prediction's nearest, rising.
    public let fromReference: [Double]

    /// The Hausdorff distance: the largest of all.
    public var hausdorffMM: Double { max(fromPrediction.last ?? 0, fromReference.last ?? 0) }

    /// The larger of the two directed percentiles, such as HD95: MONAI's.
    public func hausdorffMM(percentile: Double) -> Double {
        max(
            Summary.percentile(percentile, ofRising: fromPrediction),
            Summary.percentile(percentile, ofRising: fromReference))
    }

    /// The larger of the two directed 95th percentiles: MONAI's HD95.
    public var hausdorff95MM: Double { hausdorffMM(percentile: 95) }

    /// The 95th percentile of both directions pooled: MedPy's HD95, smaller or larger than `hausdorff95MM`.
    public var pooledHausdorff95MM: Double {
        Summary.percentile(95, ofRising: (fromPrediction + fromReference).sorted())
    }

    /// Mean surface distance (MSD, MCD): half the sum of the two directed means, as ukbb_cardiac has it.
    public var meanMM: Double { 0.5 * (mean(fromPrediction) + mean(fromReference)) }

    /// Average symmetric surface distance (ASSD): the mean of both directions pooled, as MedPy and MONAI have it.
    public var symmetricMeanMM: Double {
        (fromPrediction.reduce(0, +) + fromReference.reduce(0, +)) / Double(fromPrediction.count + fromReference.count)
    }

    /// The part of both surfaces that lies within a tolerance of the other, 0 to 1, each boundary voxel alike.
    ///
    /// Where voxels are counted by the area that they stand for (DeepMind's surface-distance), values differ a little.
    public func surfaceDice(toleranceMM: Double) -> Double {
        let near = (fromPrediction + fromReference).count { $0 <= toleranceMM }
        return Double(near) / Double(fromPrediction.count + fromReference.count)
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

extension SurfaceDistance {
    /// The distance between surfaces in 3D.
    ///
    /// - Parameter threads: the result does not depend on it.
    /// - Throws: `CineError` where the volumes do not lie in the same place, or their axes are not at right angles.
    /// - Cost: O(N) for the box about both structures.
    public static func of(
        _ prediction: Volume<Bool>, reference: Volume<Bool>, threads: Int = 1
    ) throws -> StructureScore<SurfaceDistance> {
        try prediction.grid.requireSame(as: reference.grid)
        try prediction.grid.requireRightAngles()
        return score(prediction, reference, slices: 0..<prediction.grid.size.z, inSlices: false, threads: threads)
    }

    /// The distance between contours in each slice of constant z, within the slice.
    ///
    /// Slices that one of the two lacks are failures: a missed base or apex costs something.
    ///
    /// - Parameter threads: slices at a time; the result does not depend on it.
    /// - Throws: as `of`.
    public static func ofSlices(
        _ prediction: Volume<Bool>, reference: Volume<Bool>, threads: Int = 1
    ) throws -> [StructureScore<SurfaceDistance>] {
        try prediction.grid.requireSame(as: reference.grid)
        try prediction.grid.requireRightAngles()
        return Workers.map(prediction.grid.size.z, threads: threads) { z in
            score(prediction, reference, slices: z..<z + 1, inSlices: true, threads: 1)
        }
    }

    private static func score(
        _ prediction: Volume<Bool>, _ reference: Volume<Bool>, slices: Range<Int>, inSlices: Bool, threads: Int
    ) -> StructureScore<SurfaceDistance> {
        let (size, spacingMM) = (prediction.grid.size, prediction.grid.spacingMM)
        let boxes = [prediction, reference].map { VoxelBox(of: $0.values, size: size, slices: slices) }
        return StructureScore(boxes[0], boxes[1]) { first, second in
            // Both surfaces lie in it: what is nearest does, too.
            let box = VoxelBox(first, second)
            let surfaces = [prediction, reference].map {
                Surface($0.values, size: size, box: box, inSlices: inSlices)
            }
            let transform = DistanceTransform(size: box.size, spacingMM: spacingMM)
            func distances(from: Surface, to: Surface) -> [Double] {
                let squares = transform.squaredDistances(to: to.marked, threads: threads)
                return from.points.map { squares[$0].squareRoot() }.sorted()
            }
            return SurfaceDistance(
                fromPrediction: distances(from: surfaces[0], to: surfaces[1]),
                fromReference: distances(from: surfaces[1], to: surfaces[0]))
        }
    }
}

extension Grid {
    /// Distances along the axes of a sheared grid do not add up as squares.
    func requireRightAngles() throws {
        let axes = [affine.x, affine.y, affine.z].map(normalize)
        let largest = [dot(axes[0], axes[1]), dot(axes[1], axes[2]), dot(axes[2], axes[0])].map(abs).max() ?? 0
        guard largest < 1e-3 else {
            throw CineError(
                .badData,
                "Surface distances need axes at right angles, found a cosine of \(Words.number(largest)); "
                    + "resample the volumes onto a grid without shear.")
        }
    }

    /// The longest way through the volume, from outer edge to outer edge, mm: what a missed structure's distance may cost.
    public var diagonalMM: Double {
        length([Double(size.x), Double(size.y), Double(size.z)] * spacingMM)
    }
}
