/// Sizes whose transforms are fast.
public enum FastSize {
    /// The smallest even number of at least `count` with no prime factor but 2, 3 and 5.
    public static func even(atLeast count: Int) -> Int {
        var size = max(2, (count + 1) / 2 * 2)
        while !isSmooth(size) { size += 2 }
        return size
    }

    private static func isSmooth(_ size: Int) -> Bool {
        var rest = size
        for prime in [2, 3, 5] { while rest.isMultiple(of: prime) { rest /= prime } }
        return rest == 1
    }
}
