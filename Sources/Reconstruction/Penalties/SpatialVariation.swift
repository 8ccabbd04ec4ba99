import ComplexModule
import Core
import Fourier

/// λ Σ √(|∂y x|² + |∂x x|²) of each frame.
///
/// The minimiser is found in its dual, from where the last call ended, as in `TemporalVariation`.
struct SpatialVariation: Penalty {
    let height: Int
    let width: Int
    let lambda: Double
    /// Dual steps a call.
    let steps: Int
    let threads: Int
    /// p of the last call, [T, 2, Y, X].
    private let dual: Samples

    init(height: Int, width: Int, count: Int, lambda: Double, steps: Int, threads: Int) {
        self.height = height
        self.width = width
        self.lambda = lambda
        self.steps = steps
        self.threads = threads
        dual = Samples(count: 2 * count)
    }

    func shrink(_ x: Samples, step: Double) -> Double {
        let pixels = height * width
        let sums = Workers.map(x.count / pixels, threads: threads) { frame in
            minimise(x.start + frame * pixels, dual.start + 2 * frame * pixels, radius: Float(step * lambda))
        }
        return lambda * sums.reduce(0, +)
    }

    private typealias Pixels = UnsafeMutablePointer<ComplexFloat>

    /// Dual steps with momentum on one frame; returns its variation.
    private func minimise(_ v: Pixels, _ p: Pixels, radius: Float) -> Double {
        let pixels = height * width
        return withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: 3 * pixels) { memory in
            guard let point = memory.baseAddress else { return 0 }
            let u = point + 2 * pixels
            point.initialize(from: p, count: 2 * pixels)
            u.initialize(repeating: .zero, count: pixels)
            var time: Float = 1
            for _ in 0..<steps {
                let later = (1 + (1 + 4 * time * time).squareRoot()) / 2
                ascend(v, p, point, u, radius, momentum: (time - 1) / later)
                time = later
            }
            subtractDivergence(p, from: v, into: u)
            v.update(from: u, count: pixels)
            return variation(u)
        }
    }

    /// One step of 1/8 ≤ 1/‖D‖², then back into the discs of `radius`.
    private func ascend(_ v: Pixels, _ p: Pixels, _ point: Pixels, _ u: Pixels, _ radius: Float, momentum: Float) {
        let pixels = height * width
        subtractDivergence(point, from: v, into: u)
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                let down = y + 1 < height ? u[at + width] - u[at] : .zero
                let right = x + 1 < width ? u[at + 1] - u[at] : .zero
                let a = point[at] + down.multiplied(by: 0.125)
                let b = point[pixels + at] + right.multiplied(by: 0.125)
                let length = (a.lengthSquared + b.lengthSquared).squareRoot()
                let scale = length > radius ? radius / length : 1
                let (c, d) = (a.multiplied(by: scale), b.multiplied(by: scale))
                point[at] = c + (c - p[at]).multiplied(by: momentum)
                point[pixels + at] = d + (d - p[pixels + at]).multiplied(by: momentum)
                p[at] = c
                p[pixels + at] = d
            }
        }
    }

    /// u = v − Dᴴp; p is zero beyond the last pixels, as the differences are.
    private func subtractDivergence(_ p: Pixels, from v: Pixels, into u: Pixels) {
        let q = p + height * width
        for y in 0..<height {
            let row = y * width
            if y == 0 {
                for at in row..<row + width { u[at] = v[at] + p[at] + q[at] }
            } else {
                for at in row..<row + width { u[at] = v[at] + p[at] - p[at - width] + q[at] }
            }
            for at in row + 1..<row + width { u[at] -= q[at - 1] }
        }
    }

    private func variation(_ u: Pixels) -> Double {
        var sum = 0.0
        for y in 0..<height {
            var row: Float = 0
            for x in 0..<width {
                let at = y * width + x
                let down = y + 1 < height ? u[at + width] - u[at] : .zero
                let right = x + 1 < width ? u[at + 1] - u[at] : .zero
                row += (down.lengthSquared + right.lengthSquared).squareRoot()
            }
            sum += Double(row)
        }
        return sum
    }
}
