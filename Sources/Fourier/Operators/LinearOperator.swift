import ComplexModule
import Core

/// A linear map between complex arrays of fixed shapes, and its adjoint.
///
/// Simulation, classical reconstruction and networks share these maps.
/// - Shape: C order, last index fastest.
/// - Convention: `adjoint` is the exact transpose conjugate, ⟨A x, y⟩ = ⟨x, Aᴴ y⟩ to round-off, with ⟨a, b⟩ = Σ ā b.
///   Outputs are overwritten and never overlap inputs.
public protocol LinearOperator: Sendable {
    /// Shape of what it takes.
    var domain: [Int] { get }
    /// Shape of what it gives.
    var range: [Int] { get }
    /// Output = A · input.
    func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>)
    /// Output = Aᴴ · input.
    func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>)
    /// Output = AᴴA · input; `adjoint` after `forward` unless there is a shorter way.
    func normal(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>)
}

extension LinearOperator {
    /// Number of values that it takes.
    public var domainCount: Int { domain.reduce(1, *) }
    /// Number of values that it gives.
    public var rangeCount: Int { range.reduce(1, *) }

    /// `adjoint` after `forward`.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: rangeCount) { between in
            forward(input, into: between)
            adjoint(UnsafeBufferPointer(between), into: output)
        }
    }

    /// A · x.
    public func forward(_ x: [ComplexFloat]) -> [ComplexFloat] {
        applied(to: x, expecting: domain, giving: rangeCount) { forward($0, into: $1) }
    }

    /// Aᴴ · y.
    public func adjoint(_ y: [ComplexFloat]) -> [ComplexFloat] {
        applied(to: y, expecting: range, giving: domainCount) { adjoint($0, into: $1) }
    }

    /// AᴴA · x.
    public func normal(_ x: [ComplexFloat]) -> [ComplexFloat] {
        applied(to: x, expecting: domain, giving: domainCount) { normal($0, into: $1) }
    }

    private func applied(
        to values: [ComplexFloat], expecting shape: [Int], giving count: Int,
        _ body: (UnsafeBufferPointer<ComplexFloat>, UnsafeMutableBufferPointer<ComplexFloat>) -> Void
    ) -> [ComplexFloat] {
        precondition(values.count == shape.reduce(1, *), "expected values of shape \(shape), found \(values.count)")
        return [ComplexFloat](unsafeUninitializedCapacity: count) { output, filled in
            values.withUnsafeBufferPointer { body($0, UnsafeMutableBufferPointer(rebasing: output[..<count])) }
            filled = count
        }
    }
}

/// One operator after another: outer ∘ inner.
public struct Composition<Outer: LinearOperator, Inner: LinearOperator>: LinearOperator {
    /// The operator applied last.
    public let outer: Outer
    /// The operator applied first.
    public let inner: Inner

    /// Chains two operators; the shapes between must agree.
    public init(_ outer: Outer, after inner: Inner) {
        precondition(inner.range == outer.domain, "\(inner.range) does not fit into \(outer.domain)")
        self.outer = outer
        self.inner = inner
    }

    /// Shape of what it takes.
    public var domain: [Int] { inner.domain }
    /// Shape of what it gives.
    public var range: [Int] { outer.range }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: inner.rangeCount) { between in
            inner.forward(input, into: between)
            outer.forward(UnsafeBufferPointer(between), into: output)
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: inner.rangeCount) { between in
            outer.adjoint(input, into: between)
            inner.adjoint(UnsafeBufferPointer(between), into: output)
        }
    }
}

extension LinearOperator {
    /// `outer` applied to what this gives.
    public func then<Outer: LinearOperator>(_ outer: Outer) -> Composition<Outer, Self> {
        Composition(outer, after: self)
    }
}
