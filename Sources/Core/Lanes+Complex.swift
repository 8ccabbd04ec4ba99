import CLanes

/// Eight complex numbers side by side: real and imaginary parts take turns.
extension Lanes {
    /// Real and imaginary parts swapped.
    @inlinable @inline(__always) public var swappedPairs: Lanes { clanes_swap_pairs(self) }

    /// The squared magnitude of each complex number, twice.
    @inlinable @inline(__always) public var squaredMagnitudes: Lanes {
        let squares = self * self
        return squares + squares.swappedPairs
    }

    /// `a` in the places of real parts, `b` in those of imaginary parts.
    @inlinable @inline(__always) public static func alternating(_ a: Float, _ b: Float) -> Lanes {
        Lanes(a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b)
    }
}
