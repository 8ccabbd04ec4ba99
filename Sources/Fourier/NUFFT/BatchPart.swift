/// Images of a batch that go through the same steps, `count` at a time.
struct BatchPart: Sendable {
    /// Complex numbers per cell of the grid.
    let lanes: Int
    /// First image of each turn.
    let starts: [Int]
    /// Images of a turn.
    let count: Int

    /// A rest of more images than this shares one turn, although lanes stay empty: eight lanes take a little longer than
    /// three times one.
    static let mostAlone = 3

    /// Cuts a batch into turns of eight and a rest.
    static func parts(of batch: Int) -> [BatchPart] {
        let wide = GridLayout.wideLanes
        let rest = batch % wide
        let full = Array(stride(from: 0, to: batch - rest, by: wide))
        let shared = rest > mostAlone ? [batch - rest] : []
        let alone = rest > mostAlone ? [] : Array(batch - rest..<batch)
        return [
            BatchPart(lanes: wide, starts: full, count: wide), BatchPart(lanes: wide, starts: shared, count: rest),
            BatchPart(lanes: 1, starts: alone, count: 1),
        ].filter { !$0.starts.isEmpty }
    }
}
