import Core

/// The planes [active, M] of a batch as eight lanes; lanes past the last plane repeat it, and write the same to it.
struct LanePlanes {
    private let offsets: SIMD8<Int>

    init(count: Int, active: Int) {
        offsets = SIMD8((0..<8).map { min($0, active - 1) * count })
    }

    @inline(__always) func load(_ samples: UnsafePointer<ComplexFloat>) -> Lanes {
        Lanes(
            lowHalf: SIMD8(lowHalf: quad(samples, 0), highHalf: quad(samples, 2)),
            highHalf: SIMD8(lowHalf: quad(samples, 4), highHalf: quad(samples, 6)))
    }

    @inline(__always) private func quad(_ samples: UnsafePointer<ComplexFloat>, _ lane: Int) -> SIMD4<Float> {
        SIMD4(lowHalf: pair(samples + offsets[lane]), highHalf: pair(samples + offsets[lane &+ 1]))
    }

    @inline(__always) private func pair(_ sample: UnsafePointer<ComplexFloat>) -> SIMD2<Float> {
        UnsafeRawPointer(sample).load(as: SIMD2<Float>.self)
    }

    @inline(__always) func store(_ sum: Lanes, _ samples: UnsafeMutablePointer<ComplexFloat>) {
        put(sum.lowHalf.lowHalf, samples, 0)
        put(sum.lowHalf.highHalf, samples, 2)
        put(sum.highHalf.lowHalf, samples, 4)
        put(sum.highHalf.highHalf, samples, 6)
    }

    @inline(__always)
    private func put(_ quad: SIMD4<Float>, _ samples: UnsafeMutablePointer<ComplexFloat>, _ lane: Int) {
        UnsafeMutableRawPointer(samples + offsets[lane]).storeBytes(of: quad.lowHalf, as: SIMD2<Float>.self)
        UnsafeMutableRawPointer(samples + offsets[lane &+ 1]).storeBytes(of: quad.highHalf, as: SIMD2<Float>.self)
    }
}
