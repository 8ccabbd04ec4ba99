/// The brushes that matter somewhere: the topmost that covers the place, and those above it that cut it.
struct Selection: ~Copyable {
    /// One brush and how many of its primitives matter.
    struct Entry {
        var layer: Int32 = 0
        var first: Int32 = 0
        var parts: Int32 = 0
        var clips: Int32 = 0
        var holes: Int32 = 0
    }

    /// Index of the covering brush, −1 for none.
    var base = -1
    private(set) var count = 0
    let entries: UnsafeMutablePointer<Entry>
    private let indices: UnsafeMutablePointer<Int32>
    /// Scratch: bounds of the parts that were measured last.
    let ranges: UnsafeMutablePointer<Primitive.Interval>
    private var used = 0
    private var open = Entry()

    /// Room for all brushes of a stack.
    init(for stack: Stack) {
        entries = .allocate(capacity: stack.layers.count + 1)
        indices = .allocate(capacity: stack.primitives.count + 1)
        ranges = .allocate(capacity: stack.primitives.count + 1)
    }

    deinit {
        entries.deallocate()
        indices.deallocate()
        ranges.deallocate()
    }

    /// Bounds of some parts, into `ranges`, and of what they are melted together.
    ///
    /// Melting grows with either distance, so the bounds melt as the distances do.
    @inline(__always)
    mutating func measure(
        _ parts: IndexRun, blend: Double, _ range: (Int) -> Primitive.Interval
    ) -> Primitive.Interval {
        var melted = Primitive.Interval(low: .infinity, high: .infinity)
        for (place, i) in parts.enumerated() {
            ranges[place] = range(i)
            if place == 0 || blend == 0 {
                melted = .smaller(melted, ranges[place])
            } else {
                melted.low = Solid.melt(melted.low, ranges[place].low, blend)
                melted.high = Solid.melt(melted.high, ranges[place].high, blend)
            }
        }
        return melted
    }

    mutating func clear() {
        base = -1
        count = 0
        used = 0
    }

    mutating func open(layer: Int) {
        used = count == 0 ? 0 : end(entries[count - 1])
        open = Entry(layer: Int32(layer), first: Int32(used))
    }

    mutating func add(part: Int) {
        push(part)
        open.parts += 1
    }

    mutating func add(clip: Int) {
        push(clip)
        open.clips += 1
    }

    mutating func add(hole: Int) {
        push(hole)
        open.holes += 1
    }

    var openParts: Int { Int(open.parts) }
    /// Whether neither clips nor holes cut the open brush.
    var openIsWhole: Bool { open.clips == 0 && open.holes == 0 }

    mutating func close() {
        entries[count] = open
        count += 1
    }

    func parts(_ entry: Entry) -> IndexRun { run(entry.first, entry.parts) }
    func clips(_ entry: Entry) -> IndexRun { run(entry.first + entry.parts, entry.clips) }
    func holes(_ entry: Entry) -> IndexRun { run(entry.first + entry.parts + entry.clips, entry.holes) }

    private mutating func push(_ index: Int) {
        indices[used] = Int32(index)
        used += 1
    }

    private func end(_ entry: Entry) -> Int { Int(entry.first + entry.parts + entry.clips + entry.holes) }

    private func run(_ first: Int32, _ count: Int32) -> IndexRun { IndexRun(start: indices + Int(first), left: count) }

    /// Some indices of primitives.
    struct IndexRun: Sequence, IteratorProtocol {
        fileprivate var start: UnsafeMutablePointer<Int32>
        fileprivate var left: Int32

        mutating func next() -> Int? {
            guard left > 0 else { return nil }
            defer {
                start += 1
                left -= 1
            }
            return Int(start.pointee)
        }
    }
}
