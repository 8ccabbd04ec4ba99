import Core

/// Exact Euclidean distances to the nearest marked voxel, squared, in mm².
///
/// One axis after the other: along the first by two sweeps, along the others as the lower envelope of parabolas.
///
/// - Cost: O(N), some 20 ns a voxel and axis; each axis on several threads.
/// - Reference: Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019.
struct DistanceTransform {
    let size: SIMD3<Int>
    /// Distance between neighbours along x, y and z.
    let spacingMM: Vector3

    /// - Shape: [Z, Y, X], x fastest.
    /// - Returns: ∞ everywhere where nothing is marked.
    func squaredDistances(to marked: [Bool], threads: Int) -> [Double] {
        var values = marked.map { $0 ? 0 : Double.infinity }
        let strides = SIMD3(1, size.x, size.x * size.y)
        values.withUnsafeMutableBufferPointer { buffer in
            let shared = SharedBuffer(buffer)
            for axis in 0..<3 where size[axis] > 1 {
                let (first, second) = ((axis + 1) % 3, (axis + 2) % 3)
                // One plane of lines for each index, so that the envelope's memory is asked for rarely.
                Workers.forEach(size[second], threads: threads) { plane in
                    var envelope = ParabolaEnvelope(count: size[axis], spacing: spacingMM[axis])
                    for line in 0..<size[first] {
                        let start = plane * strides[second] + line * strides[first]
                        envelope.lower(shared.start + start, stride: strides[axis])
                    }
                }
            }
        }
        return values
    }
}

/// min over q of f(q) + (spacing · (p − q))², for each p of a line, in place.
private struct ParabolaEnvelope {
    private let spacing: Double
    private var values: [Double]
    /// Which parabolas are lowest somewhere, from left to right.
    private var places: [Int]
    /// Where each begins to be the lowest.
    private var starts: [Double]

    init(count: Int, spacing: Double) {
        self.spacing = spacing
        values = [Double](repeating: 0, count: count)
        places = [Int](repeating: 0, count: count)
        starts = [Double](repeating: 0, count: count)
    }

    mutating func lower(_ line: UnsafeMutablePointer<Double>, stride: Int) {
        var last = -1
        for q in values.indices {
            let value = line[q * stride]
            values[q] = value
            guard value < .infinity else { continue }
            var start = -Double.infinity
            while last >= 0 {
                start = crossing(places[last], q)
                if start > starts[last] { break }
                last -= 1
            }
            last += 1
            places[last] = q
            starts[last] = last == 0 ? -.infinity : start
        }
        guard last >= 0 else { return }
        var current = 0
        for p in values.indices {
            while current < last, starts[current + 1] < Double(p) { current += 1 }
            let distance = spacing * Double(p - places[current])
            line[p * stride] = values[places[current]] + distance * distance
        }
    }

    /// Where the parabola at `q` falls below that at `r`, r < q, in steps.
    private func crossing(_ r: Int, _ q: Int) -> Double {
        let rise = (values[q] - values[r]) / (spacing * spacing)
        return (rise / Double(q - r) + Double(q + r)) / 2
    }
}
