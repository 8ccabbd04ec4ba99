import Core

// Shapes of two operands are broadcast: axes of size 1 are repeated, and missing axes come first. A `Double` takes the
// tensor's type.

extension Tensor {
    /// The sum.
    public static func + (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("add.Tensor", a, b) }
    /// The sum.
    public static func + (a: Tensor, b: Double) throws -> Tensor { try Torch.call("add.Scalar", a, b) }
    /// The sum.
    public static func + (a: Double, b: Tensor) throws -> Tensor { try b + a }
    /// The difference.
    public static func - (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("sub.Tensor", a, b) }
    /// The difference.
    public static func - (a: Tensor, b: Double) throws -> Tensor { try Torch.call("sub.Scalar", a, b) }
    /// The difference.
    public static func - (a: Double, b: Tensor) throws -> Tensor { try Torch.call("rsub.Scalar", b, a) }
    /// The product of elements.
    public static func * (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("mul.Tensor", a, b) }
    /// The product.
    public static func * (a: Tensor, b: Double) throws -> Tensor { try Torch.call("mul.Scalar", a, b) }
    /// The product.
    public static func * (a: Double, b: Tensor) throws -> Tensor { try b * a }
    /// The quotient of elements.
    public static func / (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("div.Tensor", a, b) }
    /// The quotient.
    public static func / (a: Tensor, b: Double) throws -> Tensor { try Torch.call("div.Scalar", a, b) }
    /// The quotient.
    public static func / (a: Double, b: Tensor) throws -> Tensor { try Torch.call("reciprocal", b) * a }
    /// The negative.
    public static prefix func - (a: Tensor) throws -> Tensor { try Torch.call("neg", a) }

    /// Where it is greater.
    public static func .> (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("gt.Tensor", a, b) }
    /// Where it is greater.
    public static func .> (a: Tensor, b: Double) throws -> Tensor { try Torch.call("gt.Scalar", a, b) }
    /// Where it is less.
    public static func .< (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("lt.Tensor", a, b) }
    /// Where it is less.
    public static func .< (a: Tensor, b: Double) throws -> Tensor { try Torch.call("lt.Scalar", a, b) }
    /// Where it is equal.
    public static func .== (a: Tensor, b: Tensor) throws -> Tensor { try Torch.call("eq.Tensor", a, b) }
    /// Where it is equal.
    public static func .== (a: Tensor, b: Double) throws -> Tensor { try Torch.call("eq.Scalar", a, b) }

    /// The matrix product of the last two axes; axes before are broadcast.
    public func matrixMultiplied(by other: Tensor) throws -> Tensor { try Torch.call("matmul", self, other) }

    /// Each element to a power.
    public func power(_ exponent: Double) throws -> Tensor { try Torch.call("pow.Tensor_Scalar", self, exponent) }

    /// Each element's square.
    public func squared() throws -> Tensor { try Torch.call("square", self) }

    /// Each element no less than `low` and no greater than `high`; nil for no bound.
    public func clamped(from low: Double? = nil, to high: Double? = nil) throws -> Tensor {
        try Torch.call("clamp", self, low, high)
    }

    /// This tensor's elements where a condition holds, the other's elsewhere.
    public func selected(where condition: Tensor, else other: Tensor) throws -> Tensor {
        try Torch.call("where.self", condition, self, other)
    }
}

/// e to the power of each element.
public func exp(_ x: Tensor) throws -> Tensor { try Torch.call("exp", x) }

/// The natural logarithm of each element.
public func log(_ x: Tensor) throws -> Tensor { try Torch.call("log", x) }

/// The square root of each element.
public func sqrt(_ x: Tensor) throws -> Tensor { try Torch.call("sqrt", x) }

/// The absolute value of each element; of a complex one, its modulus.
///
/// - Convention: its gradient at 0 is 0.
public func abs(_ x: Tensor) throws -> Tensor { try Torch.call("abs", x) }

/// The greater of two elements.
public func maximum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try Torch.call("maximum", a, b) }

/// The lesser of two elements.
public func minimum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try Torch.call("minimum", a, b) }

// MARK: - Complex numbers

extension Tensor {
    /// The conjugate of each element.
    public func conjugated() throws -> Tensor { try Torch.call("conj", self) }

    /// The real parts, as a view.
    public var realPart: Tensor { get throws { try Torch.call("real", self) } }

    /// The imaginary parts, as a view.
    public var imaginaryPart: Tensor { get throws { try Torch.call("imag", self) } }

    /// The angle of each element in radians, in (−π, π].
    public var phase: Tensor { get throws { try Torch.call("angle", self) } }

    /// Complex numbers [..] as pairs [.., 2] of real and imaginary part, a view.
    public func viewedAsReal() throws -> Tensor {
        // A conjugate is only marked as such, which pairs of numbers cannot be.
        try Torch.call("view_as_real", Torch.call("resolve_conj", self))
    }

    /// Pairs [.., 2] of real and imaginary part as complex numbers [..], a view where memory allows it.
    public func viewedAsComplex() throws -> Tensor { try Torch.call("view_as_complex", contiguous()) }

    /// Complex images [N, C, …] as twice the channels [N, 2C, …]: of each channel the real, then the imaginary part.
    public func complexToChannels() throws -> Tensor {
        let shape = shape
        guard rank >= 2, dtype.isComplex else {
            throw CineError(.badData, "Complex images [N, C, ..] were expected, found \(self).")
        }
        // [N, C, …, 2] → [N, C, 2, …] → [N, 2C, …]
        return try viewedAsReal().movedAxis(-1, to: 2).reshaped([shape[0], 2 * shape[1]] + shape[2...])
    }

    /// Channels [N, 2C, …], of each pair the real, then the imaginary part, as complex images [N, C, …].
    public func channelsToComplex() throws -> Tensor {
        let shape = shape
        guard rank >= 2, shape[1].isMultiple(of: 2) else {
            throw CineError(.badData, "Images [N, 2C, ..] of real and imaginary parts were expected, found \(self).")
        }
        return try reshaped([shape[0], shape[1] / 2, 2] + shape[2...]).movedAxis(2, to: -1).viewedAsComplex()
    }
}
