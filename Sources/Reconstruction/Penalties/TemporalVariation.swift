import ComplexModule
import Core
import Fourier

/// λ Σ |x_t − x_(t−1)|, the beat closed.
///
/// The minimiser is found in its dual, from where the last call ended: u = v − Dᴴp with |p| ≤ λ·step.
/// - Reference: Beck & Teboulle 2009, "Fast gradient-based algorithms for constrained total variation",
///   doi:10.1109/TIP.2009.2028250.
struct TemporalVariation: Penalty {
    let frames: Int
    let lambda: Double
    /// Dual steps a call.
    let steps: Int
    let threads: Int
    /// p of the last call, [T, P].
    private let dual: Samples

    init(frames: Int, count: Int, lambda: Double, steps: Int, threads: Int) {
        self.frames = frames
        self.lambda = lambda
        self.steps = steps
        self.threads = threads
        dual = Samples(count: count)
    }

    func shrink(_ x: Samples, step: Double) -> Double {
        let (rows, columns) = (frames, x.count / frames)
        let sums = Workers.map(ColumnBlock.count(columns: columns), threads: threads) { block in
            var sum = 0.0
            let count = rows * ColumnBlock.lanes
            withScratch(4 * count) { scratch in
                ColumnBlock.load(block, of: x.start, rows: rows, columns: columns, into: scratch)
                ColumnBlock.load(block, of: dual.start, rows: rows, columns: columns, into: scratch + count)
                sum = minimise(scratch, scratch + count, scratch + 2 * count, scratch + 3 * count, Float(step * lambda))
                ColumnBlock.store(scratch, to: block, of: x.start, rows: rows, columns: columns)
                ColumnBlock.store(scratch + count, to: block, of: dual.start, rows: rows, columns: columns)
            }
            return sum
        }
        return lambda * sums.reduce(0, +)
    }

    /// Dual steps with momentum on sixteen courses; returns Σ|D u|.
    private func minimise(
        _ v: UnsafeMutablePointer<Lanes>, _ p: UnsafeMutablePointer<Lanes>, _ point: UnsafeMutablePointer<Lanes>,
        _ u: UnsafeMutablePointer<Lanes>, _ radius: Float
    ) -> Double {
        let count = frames * ColumnBlock.lanes
        let (bound, quarter) = (Lanes(repeating: radius), Lanes(repeating: 0.25))
        for lane in 0..<count { point[lane] = p[lane] }
        var time: Float = 1
        for _ in 0..<steps {
            let later = (1 + (1 + 4 * time * time).squareRoot()) / 2
            let momentum = Lanes(repeating: (time - 1) / later)
            time = later
            for lane in 0..<count {
                u[lane] = v[lane] - point[lane] + point[lane + 2 < count ? lane + 2 : lane + 2 - count]
            }
            for lane in 0..<count {
                // D u, a quarter of it being a step of 1/‖D‖².
                let ascent = point[lane] + (u[lane] - u[lane < 2 ? lane - 2 + count : lane - 2]) * quarter
                let length = ascent.squaredMagnitudes.squareRooted
                let next = ascent * (bound / Lanes.larger(length, bound))
                point[lane] = next + (next - p[lane]) * momentum
                p[lane] = next
            }
        }
        for lane in 0..<count { u[lane] = v[lane] - p[lane] + p[lane + 2 < count ? lane + 2 : lane + 2 - count] }
        var sum = Lanes(0)
        for lane in 0..<count {
            sum = sum + (u[lane] - u[lane < 2 ? lane - 2 + count : lane - 2]).squaredMagnitudes.squareRooted
            v[lane] = u[lane]
        }
        return 0.5 * Double(sum.sum())
    }
}
