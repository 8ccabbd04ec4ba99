/// Sizes whose transforms are fast.
package enum FastSize {
    /// The smallest multiple of 16 of at least `count` with no prime factor but 2, 3, 5 and 7, as FFTW has codelets
    /// for.
    package static func multipleOf16(atLeast count: Int) -> Int {
        var size = max(16, (count + 15) / 16 * 16)
        while !isSmooth(size) { size += 16 }
        return size
    }

    private static func isSmooth(_ size: Int) -> Bool {
        var rest = size
        for prime in [2, 3, 5, 7] { while rest.isMultiple(of: prime) { rest /= prime } }
        return rest == 1
    }
}
