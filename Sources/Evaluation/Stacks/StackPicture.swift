import Core
import Report

/// Volumes side by side: a short-axis slice through the middle of the heart, and a cut along it.
enum StackPicture {
    /// One volume.
    struct Column {
        /// Words above it.
        var title: String
        /// Intensities [Z, Y, X], normalised.
        var image: [Float]
        /// Labels [Z, Y, X]; none when empty.
        var labels: [UInt8] = []
    }

    private static let pixelsPerMM = 1.25

    /// Volumes on one grid, cut through the middle of what is true of the left ventricle.
    static func of(_ columns: [Column], labels truth: Volume<UInt8>) -> Picture {
        let size = truth.grid.size
        let center = middle(of: truth)
        let spacing = truth.grid.spacingMM
        func tile(_ column: Column, isAlong: Bool) -> Montage.Tile {
            func cut<Value>(_ values: [Value]) -> [Value] {
                guard isAlong else {
                    return Array(values[center.z * size.x * size.y..<(center.z + 1) * size.x * size.y])
                }
                return (0..<size.z).flatMap { z in
                    let start = (z * size.y + center.y) * size.x
                    return values[start..<start + size.x]
                }
            }
            let panel = Panel(
                title: column.title, width: size.x, height: isAlong ? size.z : size.y,
                spacingMM: SIMD2(spacing.x, isAlong ? spacing.z : spacing.y), frames: [cut(column.image)],
                labels: column.labels.isEmpty ? [] : [cut(column.labels)], window: Window(low: 0, high: 1.1))
            return Montage.Tile(
                panel.picture(frame: 0, pixelsPerMM: pixelsPerMM), caption: isAlong ? "" : column.title)
        }
        return Montage(
            columns: columns.count,
            tiles: columns.map { tile($0, isAlong: false) } + columns.map { tile($0, isAlong: true) }
        ).picture
    }

    /// The centre of the left ventricle's cavity; that of the grid where there is none.
    private static func middle(of truth: Volume<UInt8>) -> SIMD3<Int> {
        let size = truth.grid.size
        var (sum, count) = (SIMD3<Int>.zero, 0)
        for index in truth.values.indices where truth.values[index] == HeartClass.leftCavity.rawValue {
            sum &+= SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
            count += 1
        }
        return count > 0 ? sum / SIMD3(repeating: count) : size / SIMD3(repeating: 2)
    }
}
