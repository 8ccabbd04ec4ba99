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
        let stride = MemoryLayout<ComplexFloat>.stride
        planes = (0..<layout.grid[0] + width).map { layout.row(z: $0 % layout.grid[0], y: 0) * stride }
        rows = (0..<layout.grid[1] + width).map { layout.row(z: 0, y: $0 % layout.grid[1]) * stride }
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
                    withConstantWidth { width in
                        if layout.lanes == 1 {
                            spreadNarrow(range, bases, width: width)
                        } else {
                            spreadWide(range, bases, active: active, width: width)
                        }
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
            withConstantWidth { width in
                if layout.lanes == 1 {
                    interpolateNarrow(range, bases, width: width)
                } else {
                    interpolateWide(range, bases, active: active, width: width)
                }
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
    @inline(__always)
    private func spreadNarrow(_ range: Range<Int>, _ bases: Bases, width: Int) {
        let depth = layout.isVolume ? width : 1
        let samples = UnsafeRawPointer(bases.samples)
        forEachBlock(of: SIMD2<Float>.self, in: range) { points, staged, weights, planes, rows in
            for index in points.indices {
                staged[index] = samples.load(fromByteOffset: Int(points[index].index) &* 8, as: SIMD2<Float>.self)
            }
            for index in points.indices {
                let point = points[index]
                let along = weights.storeNarrow(kernel, point.place)
                let quad = SIMD4(lowHalf: staged[index], highHalf: staged[index])
                let octet = SIMD8(lowHalf: quad, highHalf: quad)
                let line = Lanes(lowHalf: octet, highHalf: octet) * along
                let start = UnsafeMutableRawPointer(bases.grid) + Int(point.x) &* 8
                for k in 0..<depth {
                    let plane = start + planes[Int(point.z) &+ k]
                    let across = depth == 1 ? 1 : weights.scalar(16 &+ k)
                    for j in 0..<width {
                        let row = plane + rows[Int(point.y) &+ j]
                        let old = row.loadUnaligned(as: Lanes.self)
                        let weight = Lanes(repeating: weights.scalar(8 &+ j) * across)
                        row.storeBytes(of: old + line * weight, as: Lanes.self)
                    }
                }
            }
        }
    }

    @inline(__always)
    private func interpolateNarrow(_ range: Range<Int>, _ bases: Bases, width: Int) {
        let depth = layout.isVolume ? width : 1
        let samples = UnsafeMutableRawPointer(bases.samples)
        forEachBlock(of: SIMD2<Float>.self, in: range) { points, staged, weights, planes, rows in
            for index in points.indices {
                let point = points[index]
                let along = weights.storeNarrow(kernel, point.place)
                let start = UnsafeRawPointer(bases.grid) + Int(point.x) &* 8
                var sum = Lanes.zero
                for k in 0..<depth {
                    let plane = start + planes[Int(point.z) &+ k]
                    let across = depth == 1 ? 1 : weights.scalar(16 &+ k)
                    for j in 0..<width {
                        let row = plane + rows[Int(point.y) &+ j]
                        let weight = Lanes(repeating: weights.scalar(8 &+ j) * across)
                        sum = sum + row.loadUnaligned(as: Lanes.self) * weight
                    }
                }
                sum = sum * along
                let octet = sum.lowHalf + sum.highHalf
                let quad = octet.lowHalf + octet.highHalf
                staged[index] = quad.lowHalf + quad.highHalf
            }
            for index in points.indices {
                samples.storeBytes(
                    of: staged[index], toByteOffset: Int(points[index].index) &* 8, as: SIMD2<Float>.self)
            }
        }
    }
}

// MARK: Eight images: a cell of the grid is one vector

extension Gridder {
    @inline(__always)
    private func spreadWide(_ range: Range<Int>, _ bases: Bases, active: Int, width: Int) {
        let depth = layout.isVolume ? width : 1
        let lane = LanePlanes(count: points.points.count, active: active)
        forEachBlock(of: Lanes.self, in: range) { points, staged, weights, planes, rows in
            for index in points.indices { staged[index] = lane.load(bases.samples + Int(points[index].index)) }
            for index in points.indices {
                let point = points[index]
                let along = weights.storeWide(kernel, point.place, isVolume: depth > 1)
                let start = UnsafeMutableRawPointer(bases.grid) + Int(point.x) &* 64
                for k in 0..<depth {
                    let plane = start + planes[Int(point.z) &+ k]
                    let across = depth == 1 ? 1 : weights.scalar(16 &+ k)
                    for j in 0..<width {
                        let row = (plane + rows[Int(point.y) &+ j]).assumingMemoryBound(to: Lanes.self)
                        let line = staged[index] * Lanes(repeating: weights.scalar(8 &+ j) * across)
                        for i in 0..<width { row[i] = row[i] + line * Lanes(repeating: along[i]) }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func interpolateWide(_ range: Range<Int>, _ bases: Bases, active: Int, width: Int) {
        let depth = layout.isVolume ? width : 1
        let lane = LanePlanes(count: points.points.count, active: active)
        forEachBlock(of: Lanes.self, in: range) { points, staged, weights, planes, rows in
            for index in points.indices {
                let point = points[index]
                let along = weights.storeWide(kernel, point.place, isVolume: depth > 1)
                let start = UnsafeRawPointer(bases.grid) + Int(point.x) &* 64
                var sum = Lanes.zero
                for k in 0..<depth {
                    let plane = start + planes[Int(point.z) &+ k]
                    let across = depth == 1 ? 1 : weights.scalar(16 &+ k)
                    for j in 0..<width {
                        let row = (plane + rows[Int(point.y) &+ j]).assumingMemoryBound(to: Lanes.self)
                        var line = Lanes.zero
                        for i in 0..<width { line = line + row[i] * Lanes(repeating: along[i]) }
                        sum = sum + line * Lanes(repeating: weights.scalar(8 &+ j) * across)
                    }
                }
                staged[index] = sum
            }
            for index in points.indices { lane.store(staged[index], bases.samples + Int(points[index].index)) }
        }
    }
}

extension Gridder {
    /// Points whose values are fetched or stored in one go: reads that wait for memory then overlap.
    private static let block = 64

    /// Calls `body` for each block of points of a range, with room for their values and for the weights of one, and the
    /// offsets in bytes of planes and rows.
    @inline(__always)
    private func forEachBlock<Value>(
        of type: Value.Type, in range: Range<Int>,
        _ body: (
            UnsafeBufferPointer<GridPoint>, UnsafeMutablePointer<Value>, Weights, UnsafePointer<Int>, UnsafePointer<Int>
        ) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: Gridder.block) { staged in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2) { memory in
                points.points.withUnsafeBufferPointer { points in
                    planes.withUnsafeBufferPointer { planes in
                        rows.withUnsafeBufferPointer { rows in
                            guard let weights = memory.baseAddress, let staged = staged.baseAddress,
                                let planes = planes.baseAddress, let rows = rows.baseAddress
                            else { return }
                            for first in stride(from: range.lowerBound, to: range.upperBound, by: Gridder.block) {
                                let block = first..<min(first + Gridder.block, range.upperBound)
                                body(
                                    UnsafeBufferPointer(rebasing: points[block]), staged,
                                    Weights(memory: UnsafeMutableRawPointer(weights)), planes, rows)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Calls `body`, once compiled for each width: loops over taps have to be unrolled.
    @inline(__always)
    private func withConstantWidth(_ body: (Int) -> Void) {
        switch width {
        case 3: body(3)
        case 4: body(4)
        case 5: body(5)
        case 6: body(6)
        case 7: body(7)
        default: body(8)
        }
    }
}

/// A point's weights in memory, from which one is a broadcast away.
private struct Weights {
    let memory: UnsafeMutableRawPointer

    /// The weight at a place.
    @inline(__always) func scalar(_ index: Int) -> Float { memory.load(fromByteOffset: index &* 4, as: Float.self) }

    /// Stores y from 8 on, z from 16 on; returns x, each twice.
    @inline(__always) func storeNarrow(_ kernel: KernelPolynomial, _ place: SIMD3<Float>) -> Lanes {
        memory.storeBytes(of: horner(kernel.pairs, both(place[1], place[0])), toByteOffset: 32, as: Lanes.self)
        return horner(kernel.doubled, both(place[2], place[2]))
    }

    /// Stores y from 8 on, z (in volumes) from 16 on; returns x.
    @inline(__always)
    func storeWide(_ kernel: KernelPolynomial, _ place: SIMD3<Float>, isVolume: Bool) -> SIMD8<Float> {
        let plane = horner(kernel.pairs, both(place[2], place[1]))
        memory.storeBytes(of: plane, as: Lanes.self)
        if isVolume {
            memory.storeBytes(of: horner(kernel.pairs, both(place[0], place[0])), toByteOffset: 64, as: Lanes.self)
        }
        return plane.lowHalf
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
