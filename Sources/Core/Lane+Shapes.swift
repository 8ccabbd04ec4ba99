extension Lane {
    /// The nearest value within two bounds.
    @inlinable @inline(__always)
    public static func clamp(_ a: Self, _ low: Double, _ high: Double) -> Self {
        smaller(larger(a, Self(low)), Self(high))
    }

    /// Absolute value.
    @inlinable @inline(__always)
    public static func magnitude(_ a: Self) -> Self { larger(a, Self(0) - a) }

    /// 0 below `low`, 1 above `high`, a cubic with flat ends between.
    @inlinable @inline(__always)
    public static func smoothStep(_ a: Self, from low: Double, to high: Double) -> Self {
        let t = clamp((a - Self(low)) * Self(1 / (high - low)), 0, 1)
        return t * t * (Self(3) - Self(2) * t)
    }
}
