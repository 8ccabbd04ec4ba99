import ComplexModule
import Fourier

/// A complex array that solvers work on; its memory lives as long as it does.
///
/// `@unchecked Sendable`: several threads write at once only to parts of their own, through `Chunks` or `Workers`, while
/// the owner waits.
final class Samples: @unchecked Sendable {
    let start: UnsafeMutablePointer<ComplexFloat>
    let count: Int
    /// Who the memory belongs to; nil for itself.
    private let owner: Samples?

    /// Zeros.
    init(count: Int) {
        self.count = count
        owner = nil
        start = .allocate(capacity: max(count, 1))
        start.initialize(repeating: .zero, count: count)
    }

    /// A copy.
    convenience init(_ values: [ComplexFloat]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { _ = UnsafeMutableBufferPointer(start: start, count: count).update(from: $0) }
    }

    private init(start: UnsafeMutablePointer<ComplexFloat>, count: Int, owner: Samples) {
        self.start = start
        self.count = count
        self.owner = owner
    }

    deinit { if owner == nil { start.deallocate() } }

    /// One of `parts` equal parts, in the same memory.
    func part(_ index: Int, of parts: Int) -> Samples {
        Samples(start: start + index * (count / parts), count: count / parts, owner: self)
    }

    var values: [ComplexFloat] { Array(UnsafeBufferPointer(start: start, count: count)) }
    var input: UnsafeBufferPointer<ComplexFloat> { UnsafeBufferPointer(start: start, count: count) }
    var output: UnsafeMutableBufferPointer<ComplexFloat> { UnsafeMutableBufferPointer(start: start, count: count) }

    func copy(_ other: Samples) { start.update(from: other.start, count: count) }
}
