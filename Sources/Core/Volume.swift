/// A dense array on a grid.
///
/// - Shape: [Z, Y, X], x fastest.
public struct Volume<Element: Sendable>: Sendable {
    /// Where the samples lie.
    public let grid: Grid
    /// The samples, x fastest.
    public var values: [Element]

    /// Makes a volume from its samples.
    public init(grid: Grid, values: [Element]) {
        precondition(values.count == grid.count, "expected \(grid.count) samples, found \(values.count)")
        self.grid = grid
        self.values = values
    }

    /// Makes a volume with one value everywhere.
    public init(grid: Grid, repeating value: Element) {
        self.init(grid: grid, values: [Element](repeating: value, count: grid.count))
    }

    /// The sample at a voxel.
    public subscript(x: Int, y: Int, z: Int) -> Element {
        get { values[(z * grid.size.y + y) * grid.size.x + x] }
        set { values[(z * grid.size.y + y) * grid.size.x + x] = newValue }
    }
}
