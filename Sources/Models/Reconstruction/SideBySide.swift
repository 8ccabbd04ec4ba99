import Core
import Fourier
import Learning

/// Operators on the entries of a batch, each its own: diag(A₁ … A_N).
///
/// - Shape: [N] + domain → their ranges one after another.
/// - Cost: that of the operators; entries run on the engine's threads.
public struct SideBySide: LinearOperator {
    /// The operator of each entry.
    public let operators: [any LinearOperator]
    /// [N] + the operators' domain.
    public let domain: [Int]
    /// The number of all values that they give.
    public let range: [Int]
    private let starts: [Int]
    private let threads: Int

    /// Puts operators of one domain side by side.
    ///
    /// - Throws: `CineError(.badData)` when there are none or their domains differ.
    public init(_ operators: [any LinearOperator]) throws {
        guard let first = operators.first, operators.allSatisfy({ $0.domain == first.domain }) else {
            throw CineError(
                .badData, "Operators of one domain were expected, found those of \(operators.map(\.domain)).")
        }
        self.operators = operators
        domain = [operators.count] + first.domain
        starts = operators.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.rangeCount) }
        range = [starts[operators.count]]
        threads = try Torch.threads
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEach(input, output, from: domainPart, to: rangePart) { $0.forward($1, into: $2) }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEach(input, output, from: rangePart, to: domainPart) { $0.adjoint($1, into: $2) }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEach(input, output, from: domainPart, to: domainPart) { $0.normal($1, into: $2) }
    }

    private func domainPart(_ index: Int) -> Range<Int> {
        let count = operators[index].domainCount
        return index * count..<(index + 1) * count
    }

    private func rangePart(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    private func forEach(
        _ input: UnsafeBufferPointer<ComplexFloat>, _ output: UnsafeMutableBufferPointer<ComplexFloat>,
        from inputPart: @Sendable (Int) -> Range<Int>, to outputPart: @Sendable (Int) -> Range<Int>,
        _ body:
            @Sendable (
                any LinearOperator, UnsafeBufferPointer<ComplexFloat>, UnsafeMutableBufferPointer<ComplexFloat>
            ) -> Void
    ) {
        let source = SharedBuffer(UnsafeMutableBufferPointer(mutating: input))
        let target = SharedBuffer(output)
        Workers.forEach(operators.count, threads: threads) { index in
            body(
                operators[index], UnsafeBufferPointer(rebasing: source.values[inputPart(index)]),
                UnsafeMutableBufferPointer(rebasing: target.values[outputPart(index)]))
        }
    }
}
