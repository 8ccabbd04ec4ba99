import ComplexModule
import Core
import Fourier

/// A complex array in equal parts, for elementwise work and sums on several threads.
///
/// The parts depend on the array alone, so sums have the same bits for any number of threads.
struct Chunks: Sendable {
    let count: Int
    let threads: Int
    private let size = 16384

    private var parts: Int { (count + size - 1) / size }

    private func range(_ part: Int) -> Range<Int> { part * size..<min((part + 1) * size, count) }

    /// Calls `body` with each part's places.
    func forEach(_ body: @Sendable (Range<Int>) -> Void) {
        Workers.forEach(parts, threads: threads) { body(range($0)) }
    }

    /// Σ of `body` over all parts.
    func sum(_ body: @Sendable (Range<Int>) -> Double) -> Double {
        Workers.map(parts, threads: threads) { body(range($0)) }.reduce(0, +)
    }

    /// Re Σ ā b.
    func dot(_ a: Samples, _ b: Samples) -> Double {
        sum { Self.dot(a.start + $0.lowerBound, b.start + $0.lowerBound, $0.count) }
    }

    /// Re Σ ā b of two arrays; single precision within 256 values, double between.
    static func dot(_ a: UnsafePointer<ComplexFloat>, _ b: UnsafePointer<ComplexFloat>, _ count: Int) -> Double {
        let (rawA, rawB) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
        var total = 0.0
        var place = 0
        while place + 8 <= count {
            let end = min(place + 256, count)
            var sums = Lanes(0)
            while place + 8 <= end {
                sums =
                    sums + rawA.loadUnaligned(fromByteOffset: place * 8, as: Lanes.self)
                    * rawB.loadUnaligned(fromByteOffset: place * 8, as: Lanes.self)
                place += 8
            }
            total += Double(sums.sum())
        }
        while place < count {
            total += Double(a[place].real * b[place].real + a[place].imaginary * b[place].imaginary)
            place += 1
        }
        return total
    }
}
