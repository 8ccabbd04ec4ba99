import ComplexModule
import Core

/// Memory for `Lanes`, zero at first, aligned for vector units and FFTW, freed with its last owner.
///
/// `@unchecked Sendable`: one thread writes it, or nobody while several read.
package final class LanesBuffer: @unchecked Sendable {
    /// The first value.
    package let start: UnsafeMutablePointer<Lanes>
    /// Number of values.
    package let count: Int

    /// Makes room for values.
    package init(count: Int) {
        self.count = count
        start = .allocate(capacity: count)
        start.initialize(repeating: Lanes(0), count: count)
    }

    deinit { start.deallocate() }

    /// The same memory as complex numbers, eight a value.
    package var complex: UnsafeMutablePointer<ComplexFloat> {
        UnsafeMutableRawPointer(start).assumingMemoryBound(to: ComplexFloat.self)
    }
}
