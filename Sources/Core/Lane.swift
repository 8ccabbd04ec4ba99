import CLanes

/// A number, or several side by side: the formulas of the phantom are written once over `Lane` and run on
/// `Double` for truth, on `Dual` for exact derivatives, and on `SIMD16<Float>` for images.
public protocol Lane: Sendable {
    /// The same constant in each place.
    init(_ constant: Double)
    /// Sum.
    static func + (a: Self, b: Self) -> Self
    /// Difference.
    static func - (a: Self, b: Self) -> Self
    /// Product.
    static func * (a: Self, b: Self) -> Self
    /// Quotient.
    static func / (a: Self, b: Self) -> Self
    /// Square root of what is not negative.
    var squareRooted: Self { get }
    /// The smaller of two.
    static func smaller(_ a: Self, _ b: Self) -> Self
    /// The larger of two.
    static func larger(_ a: Self, _ b: Self) -> Self
    /// `yes` where `a < b`, else `no`.
    static func pick(_ a: Self, lessThan b: Self, _ yes: Self, else no: Self) -> Self
    /// Distance from the nearest whole number, in [−0.5, 0.5].
    static func fraction(_ a: Self) -> Self
    /// Steps of Halley's method that reach the precision of this number from a guess within a few percent.
    static var halleySteps: Int { get }
}

/// Sixteen points at a time, single precision.
public typealias Lanes = SIMD16<Float>

extension SIMD16<Float>: Lane {
    /// The same constant in each place.
    @inlinable @inline(__always) public init(_ constant: Double) { self.init(repeating: Float(constant)) }
    /// Sum, fused with products where it can be.
    @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { clanes_add(a, b) }
    /// Difference, fused with products where it can be.
    @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { clanes_subtract(a, b) }
    /// Product.
    @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { clanes_multiply(a, b) }
    /// Square root.
    @inlinable @inline(__always) public var squareRooted: Self { clanes_sqrt(self) }
    /// The smaller of two.
    @inlinable @inline(__always) public static func smaller(_ a: Self, _ b: Self) -> Self {
        clanes_min(a, b)
    }
    /// The larger of two.
    @inlinable @inline(__always) public static func larger(_ a: Self, _ b: Self) -> Self {
        clanes_max(a, b)
    }
    /// `yes` where `a < b`, else `no`.
    @inlinable @inline(__always)
    public static func pick(_ a: Self, lessThan b: Self, _ yes: Self, else no: Self) -> Self {
        clanes_pick(a, b, yes, no)
    }
    /// Distance from the nearest whole number.
    @inlinable @inline(__always)
    public static func fraction(_ a: Self) -> Self {
        // Adding 1.5·2²³ leaves no bits for a fraction: the cheapest rounding there is, for |a| < 2²².
        let shifted = a + 12_582_912
        return a - (shifted - 12_582_912)
    }
    /// Steps of Halley's method that reach the precision of this number.
    @inlinable @inline(__always) public static var halleySteps: Int { 2 }

    /// The smallest of the sixteen.
    @inlinable @inline(__always) public var least: Float { clanes_least(self) }
    /// The largest of the sixteen.
    @inlinable @inline(__always) public var most: Float { clanes_most(self) }

    /// Sixteen whole numbers from 0 to 255.
    @inlinable @inline(__always)
    public var bytes: SIMD16<UInt8> { clanes_bytes(self) }

    /// Sixteen numbers, rounded to half precision.
    @inlinable @inline(__always)
    public var halves: SIMD16<Float16> { unsafeBitCast(clanes_halves(self), to: SIMD16<Float16>.self) }
}

extension Double: Lane {
    /// Square root.
    @inlinable public var squareRooted: Double { squareRoot() }
    /// The smaller of two.
    @inlinable public static func smaller(_ a: Self, _ b: Self) -> Self { a < b ? a : b }
    /// The larger of two.
    @inlinable public static func larger(_ a: Self, _ b: Self) -> Self { a < b ? b : a }
    /// `yes` where `a < b`, else `no`.
    @inlinable public static func pick(_ a: Self, lessThan b: Self, _ yes: Self, else no: Self) -> Self {
        a < b ? yes : no
    }
    /// Distance from the nearest whole number.
    @inlinable public static func fraction(_ a: Self) -> Self { a - a.rounded(.toNearestOrEven) }
    /// Steps of Halley's method that reach the precision of this number.
    @inlinable public static var halleySteps: Int { 4 }
}
