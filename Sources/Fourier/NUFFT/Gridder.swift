import Core

/// Carries values between points and grid: spreading, and its transpose, interpolation.
///
/// - Convention: both use the same weights, the kernel's values at the grid points that a point reaches.
/// - Cost: width^d fused steps of sixteen numbers per point with wide lanes, width^(d−1) with one lane.
struct Gridder: Sendable {
    let layout: GridLayout
    let kernel: KernelPolynomial
    let width: Int
    let points: GridPoints
    /// Where a row of footprints lies: by z and y, continued past the end of the axis.
    private let planes: [Int]
    private let rows: [Int]

    init(layout: GridLayout, kernel: KernelPolynomial, width: Int, points: GridPoints) {
        self.layout = layout
        self.kernel = kernel
        self.width = width
        self.points = points
        let row = layout.rowCells * layout.lanes * MemoryLayout<ComplexFloat>.stride
        planes = (0..<layout.grid[0] + width).map { $0 % layout.grid[0] * layout.grid[1] * row }
        rows = (0..<layout.grid[1] + width).map { $0 % layout.grid[1] * row }
    }

    /// Points that a thread interpolates at a time.
    private static let chunk = 1024

    /// Sets the grid to the sum of the points' footprints; the halo holds what belongs to the start of its row.
    ///
    /// - Shape: samples [lanes, M]; planes of the batch that do not exist repeat the last of `active`.
    /// - Convention: tiles of one parity run at the same time and the four (in a plane two) parities in turn, so that
    ///   every sum has one order, whatever the number of threads.
    func spread(
        _ samples: UnsafePointer<ComplexFloat>, active: Int, into grid: UnsafeMutablePointer<ComplexFloat>, threads: Int
    ) {
        let cuts = points.cuts
        let bases = Bases(samples: UnsafeMutablePointer(mutating: samples), grid: grid)
        for parityZ in 0..<min(cuts.z.count, 2) {
            for parityY in 0..<2 {
                let across = cuts.y.count / 2
                Workers.forEach((cuts.z.count + 1) / 2 * across, threads: threads) { tile in
                    let z = tile / across * 2 + parityZ
                    let y = tile % across * 2 + parityY
                    if parityZ == 0 && parityY == 0 { clear(z: z, y: y, bases.grid) }
                    let range = points.range(z: z, y: y)
                    if layout.lanes == 1 {
                        spreadNarrow(range, bases)
                    } else {
                        spreadWide(range, bases, active: active)
                    }
                }
            }
        }
    }

    /// Sets the samples to the grid's values at the points.
    ///
    /// - Shape: samples [active, M]; the halo must continue each row.
    func interpolate(
        _ grid: UnsafeMutablePointer<ComplexFloat>, active: Int, into samples: UnsafeMutablePointer<ComplexFloat>,
        threads: Int
    ) {
        let bases = Bases(samples: samples, grid: grid)
        let count = points.points.count
        Workers.forEach((count + Gridder.chunk - 1) / Gridder.chunk, threads: threads) { chunk in
            let range = chunk * Gridder.chunk..<min((chunk + 1) * Gridder.chunk, count)
            if layout.lanes == 1 {
                interpolateNarrow(range, bases)
            } else {
                interpolateWide(range, bases, active: active)
            }
        }
    }

    /// Clears a tile of the first parity and its neighbours of the others.
    private func clear(z: Int, y: Int, _ grid: UnsafeMutablePointer<ComplexFloat>) {
        let cuts = points.cuts
        let first = cuts.y.start(y)
        let count = (cuts.y.start(y + 2) - first) * layout.rowCells * layout.lanes
        for plane in cuts.z.start(z)..<cuts.z.start(min(z + 2, cuts.z.count)) {
            (grid + layout.row(z: plane, y: first)).update(repeating: .zero, count: count)
        }
    }

    /// Where a call's samples and grid lie.
    ///
    /// `@unchecked Sendable`: threads write their own tiles of the grid, or their own points' samples.
    private struct Bases: @unchecked Sendable {
        let samples: UnsafeMutablePointer<ComplexFloat>
        let grid: UnsafeMutablePointer<ComplexFloat>
    }
}

// MARK: One image: a row of the footprint is one vector of eight taps

extension Gridder {
    private func spreadNarrow(_ range: Range<Int>, _ bases: Bases) {
        forEachPoint(in: range) { point, weights, planes, rows in
            weights.storeNarrow(kernel, point.place)
            let value = bases.samples[Int(point.index)]
            let pair = SIMD2(value.real, value.imaginary)
            let quad = SIMD4(lowHalf: pair, highHalf: pair)
            let octet = SIMD8(lowHalf: quad, highHalf: quad)
            let line = Lanes(lowHalf: octet, highHalf: octet) * weights.vector(0)
            let start = UnsafeMutableRawPointer(bases.grid) + Int(point.x) &* 8
            for k in 0..<depth {
                let plane = start + planes[Int(point.z) &+ k]
                let across = depth == 1 ? 1 : weights.scalar(24 &+ k)
                for j in 0..<width {
                    let row = plane + rows[Int(point.y) &+ j]
                    let old = row.loadUnaligned(as: Lanes.self)
                    let weight = Lanes(repeating: weights.scalar(16 &+ j) * across)
                    row.storeBytes(of: old + line * weight, as: Lanes.self)
                }
            }
        }
    }

    private func interpolateNarrow(_ range: Range<Int>, _ bases: Bases) {
        forEachPoint(in: range) { point, weights, planes, rows in
            weights.storeNarrow(kernel, point.place)
            let start = UnsafeRawPointer(bases.grid) + Int(point.x) &* 8
            var sum = Lanes.zero
            for k in 0..<depth {
                let plane = start + planes[Int(point.z) &+ k]
                let across = depth == 1 ? 1 : weights.scalar(24 &+ k)
                for j in 0..<width {
                    let row = plane + rows[Int(point.y) &+ j]
                    let weight = Lanes(repeating: weights.scalar(16 &+ j) * across)
                    sum = sum + row.loadUnaligned(as: Lanes.self) * weight
                }
            }
            sum = sum * weights.vector(0)
            let octet = sum.lowHalf + sum.highHalf
            let quad = octet.lowHalf + octet.highHalf
            let pair = quad.lowHalf + quad.highHalf
            bases.samples[Int(point.index)] = ComplexFloat(pair.x, pair.y)
        }
    }
}

// MARK: Eight images: a cell of the grid is one vector

extension Gridder {
    private func spreadWide(_ range: Range<Int>, _ bases: Bases, active: Int) {
        let lane = LanePlanes(count: points.points.count, active: active)
        forEachPoint(in: range) { point, weights, planes, rows in
            weights.storeWide(kernel, point.place, isVolume: depth > 1)
            let value = lane.load(bases.samples + Int(point.index))
            let start = UnsafeMutableRawPointer(bases.grid) + Int(point.x) &* 64
            for k in 0..<depth {
                let plane = start + planes[Int(point.z) &+ k]
                let across = depth == 1 ? 1 : weights.scalar(24 &+ k)
                for j in 0..<width {
                    let row = (plane + rows[Int(point.y) &+ j]).assumingMemoryBound(to: Lanes.self)
                    let line = value * Lanes(repeating: weights.scalar(8 &+ j) * across)
                    for i in 0..<width { row[i] = row[i] + line * Lanes(repeating: weights.scalar(i)) }
                }
            }
        }
    }

    private func interpolateWide(_ range: Range<Int>, _ bases: Bases, active: Int) {
        let lane = LanePlanes(count: points.points.count, active: active)
        forEachPoint(in: range) { point, weights, planes, rows in
            weights.storeWide(kernel, point.place, isVolume: depth > 1)
            let start = UnsafeRawPointer(bases.grid) + Int(point.x) &* 64
            var sum = Lanes.zero
            for k in 0..<depth {
                let plane = start + planes[Int(point.z) &+ k]
                let across = depth == 1 ? 1 : weights.scalar(24 &+ k)
                for j in 0..<width {
                    let row = (plane + rows[Int(point.y) &+ j]).assumingMemoryBound(to: Lanes.self)
                    var line = Lanes.zero
                    for i in 0..<width { line = line + row[i] * Lanes(repeating: weights.scalar(i)) }
                    sum = sum + line * Lanes(repeating: weights.scalar(8 &+ j) * across)
                }
            }
            lane.store(sum, bases.samples + Int(point.index))
        }
    }
}

extension Gridder {
    /// Planes of the grid that a footprint reaches.
    @inline(__always) private var depth: Int { layout.isVolume ? width : 1 }

    /// Calls `body` for each point of a range, with room for its weights and the offsets in bytes of planes and rows.
    @inline(__always)
    private func forEachPoint(
        in range: Range<Int>,
        _ body: (GridPoint, Weights, UnsafePointer<Int>, UnsafePointer<Int>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2) { memory in
            points.points.withUnsafeBufferPointer { points in
                planes.withUnsafeBufferPointer { planes in
                    rows.withUnsafeBufferPointer { rows in
                        guard let base = memory.baseAddress, let planes = planes.baseAddress,
                            let rows = rows.baseAddress
                        else { return }
                        let weights = Weights(memory: UnsafeMutableRawPointer(base))
                        for index in range { body(points[index], weights, planes, rows) }
                    }
                }
            }
        }
    }
}

/// A point's weights in memory, from which one is a broadcast away.
private struct Weights {
    let memory: UnsafeMutableRawPointer

    /// The weight at a place.
    @inline(__always) func scalar(_ index: Int) -> Float { memory.load(fromByteOffset: index &* 4, as: Float.self) }

    /// Sixteen weights.
    @inline(__always) func vector(_ index: Int) -> Lanes { memory.load(fromByteOffset: index &* 64, as: Lanes.self) }

    /// Stores x (each twice) from 0 on, y from 16 on, z from 24 on.
    @inline(__always) func storeNarrow(_ kernel: KernelPolynomial, _ place: SIMD3<Float>) {
        memory.storeBytes(of: horner(kernel.doubled, both(place[2], place[2])), as: Lanes.self)
        memory.storeBytes(of: horner(kernel.pairs, both(place[1], place[0])), toByteOffset: 64, as: Lanes.self)
    }

    /// Stores x from 0 on, y from 8 on, z (in volumes) from 24 on.
    @inline(__always) func storeWide(_ kernel: KernelPolynomial, _ place: SIMD3<Float>, isVolume: Bool) {
        memory.storeBytes(of: horner(kernel.pairs, both(place[2], place[1])), as: Lanes.self)
        if isVolume {
            memory.storeBytes(of: horner(kernel.pairs, both(place[0], place[0])), toByteOffset: 64, as: Lanes.self)
        }
    }

    @inline(__always) private func both(_ low: Float, _ high: Float) -> Lanes {
        Lanes(lowHalf: SIMD8(repeating: low), highHalf: SIMD8(repeating: high)) * Lanes(repeating: 2)
            - Lanes(repeating: 1)
    }

    @inline(__always) private func horner(_ coefficients: [Lanes], _ p: Lanes) -> Lanes {
        coefficients.withUnsafeBufferPointer { coefficients in
            var sum = coefficients[0]
            for power in 1..<coefficients.count { sum = sum * p + coefficients[power] }
            return sum
        }
    }
}

/// The planes [active, M] of a batch as eight lanes; lanes past the last plane repeat it, and write the same to it.
private struct LanePlanes {
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
        for (half, lane) in [(sum.lowHalf, 0), (sum.highHalf, 4)] {
            put(half.lowHalf.lowHalf, samples + offsets[lane])
            put(half.lowHalf.highHalf, samples + offsets[lane &+ 1])
            put(half.highHalf.lowHalf, samples + offsets[lane &+ 2])
            put(half.highHalf.highHalf, samples + offsets[lane &+ 3])
        }
    }

    @inline(__always) private func put(_ pair: SIMD2<Float>, _ sample: UnsafeMutablePointer<ComplexFloat>) {
        UnsafeMutableRawPointer(sample).storeBytes(of: pair, as: SIMD2<Float>.self)
    }
}
