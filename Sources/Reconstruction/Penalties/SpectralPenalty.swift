import ComplexModule
import Core
import Fourier

/// λ Σ |F_t x|: temporal frequencies.
struct SpectralPenalty: Penalty {
    let transform: TemporalFourier
    let lambda: Double
    let threads: Int

    func shrink(_ x: Samples, step: Double) -> Double {
        let (rows, columns) = (transform.frames, transform.pixels)
        let threshold = Lanes(repeating: Float(step * lambda))
        let sums = Workers.map(ColumnBlock.count(columns: columns), threads: threads) { block in
            var sum = Lanes(0)
            withScratch(rows * ColumnBlock.lanes) { scratch in
                ColumnBlock.load(block, of: x.start, rows: rows, columns: columns, into: scratch)
                transform.forward(scratch)
                for lane in 0..<rows * ColumnBlock.lanes {
                    // Each magnitude stands twice, for real and imaginary parts.
                    let length = scratch[lane].squaredMagnitudes.squareRooted
                    let kept = Lanes.larger(length - threshold, Lanes(0))
                    scratch[lane] = scratch[lane] * kept / Lanes.larger(length, Lanes(1e-30))
                    sum = sum + kept
                }
                transform.adjoint(scratch)
                ColumnBlock.store(scratch, to: block, of: x.start, rows: rows, columns: columns)
            }
            return 0.5 * Double(sum.sum())
        }
        return lambda * sums.reduce(0, +)
    }
}
