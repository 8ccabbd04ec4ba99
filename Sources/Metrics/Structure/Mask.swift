import Core

extension Volume where Element == UInt8 {
    /// The voxels that carry one of the labels, such as cavity and wall together for the epicardium.
    public func mask(_ labels: UInt8...) -> Volume<Bool> {
        Volume<Bool>(grid: grid, values: values.map(labels.contains))
    }
}

extension Grid {
    /// Voxels may lie this far from where they should: affines are stored in single precision elsewhere.
    private static let toleranceMM = 1e-3

    /// Stops a comparison of volumes that do not lie in the same place: with an error, since people skip warnings.
    ///
    /// - Throws: `CineError` for another size, or where a corner lies more than 10⁻³ mm away.
    func requireSame(as other: Grid) throws {
        func size(_ grid: Grid) -> String { Words.size([grid.size.x, grid.size.y, grid.size.z]) }
        guard self.size == other.size else {
            throw CineError(
                .badData, "A prediction of \(size(self)) voxels cannot be compared with a reference of \(size(other)).")
        }
        let farthest = zip(corners, other.corners).map { length($0 - $1) }.max() ?? 0
        guard farthest <= Grid.toleranceMM else {
            throw CineError(
                .badData,
                "Prediction and reference lie up to \(Words.number(farthest)) mm apart; resample one onto the other.")
        }
    }

    private var corners: [Vector3] {
        [0, size.x - 1].flatMap { x in
            [0, size.y - 1].flatMap { y in [0, size.z - 1].map { z in position(x, y, z) } }
        }
    }
}
