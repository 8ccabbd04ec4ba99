/// A value with its three partial derivatives: the phantom's formulas run on it give exact gradients.
///
/// - Reference: forward-mode differentiation, Griewank & Walther 2008, ch. 3.
public struct Dual: Lane {
    /// The value.
    public var value: Double
    /// ∂value/∂(x, y, z).
    public var gradient: Vector3

    /// Makes a value with its derivatives.
    public init(_ value: Double, gradient: Vector3) {
        self.value = value
        self.gradient = gradient
    }

    /// A constant.
    public init(_ constant: Double) { self.init(constant, gradient: .zero) }

    /// Sum.
    public static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, gradient: a.gradient + b.gradient) }

    /// Difference.
    public static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, gradient: a.gradient - b.gradient) }

    /// Product.
    public static func * (a: Dual, b: Dual) -> Dual {
        Dual(a.value * b.value, gradient: a.gradient * b.value + b.gradient * a.value)
    }

    /// Quotient.
    public static func / (a: Dual, b: Dual) -> Dual {
        let quotient = a.value / b.value
        return Dual(quotient, gradient: (a.gradient - b.gradient * quotient) / b.value)
    }

    /// Square root.
    public var squareRooted: Dual {
        let root = value.squareRoot()
        return Dual(root, gradient: root > 0 ? gradient / (2 * root) : .zero)
    }

    /// The smaller of two.
    public static func smaller(_ a: Dual, _ b: Dual) -> Dual { a.value < b.value ? a : b }

    /// The larger of two.
    public static func larger(_ a: Dual, _ b: Dual) -> Dual { a.value < b.value ? b : a }

    /// `yes` where `a < b`, else `no`.
    public static func pick(_ a: Dual, lessThan b: Dual, _ yes: Dual, else no: Dual) -> Dual {
        a.value < b.value ? yes : no
    }

    /// Distance from the nearest whole number.
    public static func fraction(_ a: Dual) -> Dual { Dual(Double.fraction(a.value), gradient: a.gradient) }

    /// Steps of Halley's method that reach the precision of this number.
    public static var halleySteps: Int { 5 }
}
