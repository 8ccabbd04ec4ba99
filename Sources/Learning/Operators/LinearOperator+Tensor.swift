import CTorchInterface
import ComplexModule
import Core
import Fourier

extension LinearOperator {
    /// A · x for each entry of a batch, recorded for gradients: the gradient is Aᴴ · g.
    ///
    /// - Shape: [batch.., domain..] → [batch.., range..], any number of axes before, as complex64.
    /// - Cost: the operator's, entries of the batch on the engine's threads; a tensor on another device is copied to the
    ///   processor's memory and its result back.
    /// - Throws: `CineError(.badData)` for another shape.
    public func forward(_ x: Tensor) throws -> Tensor { try apply(to: x, isAdjoint: false) }

    /// Aᴴ · y for each entry of a batch, recorded for gradients: the gradient is A · g.
    ///
    /// - Shape: [batch.., range..] → [batch.., domain..], as complex64.
    /// - Throws: `CineError(.badData)` for another shape.
    public func adjoint(_ y: Tensor) throws -> Tensor { try apply(to: y, isAdjoint: true) }

    /// AᴴA · x for each entry of a batch, by the operator's own shorter way; its gradient is AᴴA · g.
    ///
    /// - Shape: [batch.., domain..] → [batch.., domain..], as complex64.
    /// - Throws: `CineError(.badData)` for another shape.
    public func normal(_ x: Tensor) throws -> Tensor { try NormalOperator(map: self).forward(x) }

    private func apply(to input: Tensor, isAdjoint: Bool) throws -> Tensor {
        guard input.dtype == .complex64 else {
            throw CineError(
                .badData, "A complex64 tensor [batch.., \(isAdjoint ? range : domain)] was expected, found \(input).")
        }
        let (domain, range) = (self.domain.map { Int64($0) }, self.range.map { Int64($0) })
        var result: CTorchTensor?
        let status = withExtendedLifetime(OperatorBox(self)) { box in
            domain.withUnsafeBufferPointer { domain in
                range.withUnsafeBufferPointer { range in
                    var map = CTorchOperator(
                        context: Unmanaged.passUnretained(box).toOpaque(), apply: applyOperator,
                        retain: { _ = $0.map { Unmanaged<OperatorBox>.fromOpaque($0).retain() } },
                        release: { $0.map { Unmanaged<OperatorBox>.fromOpaque($0).release() } },
                        domain: domain.baseAddress, range: range.baseAddress, domain_rank: Int32(domain.count),
                        range_rank: Int32(range.count))
                    return input.library.functions.apply(&map, isAdjoint ? 1 : 0, input.handle, &result)
                }
            }
        }
        try input.library.check(status, "Cannot apply \(type(of: self)) to \(input)")
        guard let result else { throw CineError(.badData, "\(type(of: self)) gave nothing for \(input).") }
        return Tensor(owning: result, input.library)
    }
}

/// AᴴA, which is its own adjoint.
private struct NormalOperator<Map: LinearOperator>: LinearOperator {
    let map: Map
    var domain: [Int] { map.domain }
    var range: [Int] { map.domain }

    func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        map.normal(input, into: output)
    }

    func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        map.normal(input, into: output)
    }
}

/// An operator that the graph of gradients keeps alive.
private final class OperatorBox: Sendable {
    let map: any LinearOperator

    init(_ map: some LinearOperator) { self.map = map }
}

/// Applies a boxed operator to the entries of a batch; what the engine calls, in either direction.
private func applyOperator(
    context: UnsafeMutableRawPointer?, adjoint: Int32, batch: Int64, input: UnsafeRawPointer?,
    output: UnsafeMutableRawPointer?
) {
    guard let context, let input, let output else { return }
    apply(Unmanaged<OperatorBox>.fromOpaque(context).takeUnretainedValue().map)

    func apply(_ map: some LinearOperator) {
        let counts = adjoint != 0 ? (map.rangeCount, map.domainCount) : (map.domainCount, map.rangeCount)
        let all = UnsafeMutableBufferPointer(
            start: UnsafeMutableRawPointer(mutating: input).assumingMemoryBound(to: ComplexFloat.self),
            count: Int(batch) * counts.0)
        let source = SharedBuffer(all)
        let target = SharedBuffer(
            UnsafeMutableBufferPointer(
                start: output.assumingMemoryBound(to: ComplexFloat.self), count: Int(batch) * counts.1))
        let threads = (try? Torch.threads) ?? 1
        Workers.forEach(Int(batch), threads: threads) { index in
            let from = UnsafeBufferPointer(
                UnsafeMutableBufferPointer(rebasing: source.values[index * counts.0..<(index + 1) * counts.0]))
            let to = UnsafeMutableBufferPointer(
                rebasing: target.values[index * counts.1..<(index + 1) * counts.1])
            if adjoint != 0 { map.adjoint(from, into: to) } else { map.forward(from, into: to) }
        }
    }
}
