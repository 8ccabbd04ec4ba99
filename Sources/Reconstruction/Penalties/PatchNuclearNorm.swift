import ComplexModule
import Core
import Fourier

/// λ Σ (√T + √n) Σ σ_k over the courses [T, n] of the n pixels of each square patch: locally low rank.
///
/// √T + √n is the largest singular value of noise of deviation 1, so λ is a deviation whatever the patches. Two tilings,
/// half a patch apart, leave no seams: the result is the mean of what each would give. That is the exact minimiser for the
/// proximal average of both, whose value at the mean z of p₁ and p₂ is the mean of penalty(p_i) + ‖p_i − z‖² / (2 · step);
/// random shifts would have no objective that could fall.
/// - Reference: Zhang, Pauly & Levesque 2015, doi:10.1002/mrm.25161; Bauschke et al. 2008 on proximal
///   averages, doi:10.1137/070687542.
/// - Cost: for each tiling that of `NuclearNorm`, and the eigenvalues of one T × T matrix a patch.
struct PatchNuclearNorm: Penalty {
    let frames: Int
    let height: Int
    let width: Int
    /// Pixels along the side of a patch; those at the border are cut.
    let side: Int
    let lambda: Double
    let threads: Int
    /// What the second tiling gives.
    private let other: Samples

    init(frames: Int, height: Int, width: Int, side: Int, lambda: Double, threads: Int) {
        self.frames = frames
        self.height = height
        self.width = width
        self.side = side
        self.lambda = lambda
        self.threads = threads
        other = Samples(count: frames * height * width)
    }

    func shrink(_ x: Samples, step: Double) -> Double {
        other.copy(x)
        let sum = shrinkPatches(of: x, offset: 0, step: step) + shrinkPatches(of: other, offset: side / 2, step: step)
        let spread = Chunks(count: x.count, threads: threads).sum { [other] range in
            var sum = 0.0
            for place in range {
                sum += Double((x.start[place] - other.start[place]).lengthSquared)
                x.start[place] = (x.start[place] + other.start[place]).multiplied(by: 0.5)
            }
            return sum
        }
        return 0.5 * sum + spread / (8 * step)
    }

    /// Shrinks the patches of the tiling that begins so many pixels before the image, along both axes.
    private func shrinkPatches(of x: Samples, offset: Int, step: Double) -> Double {
        let (rows, columns) = (tiles(height, offset), tiles(width, offset))
        return Workers.map(rows.count * columns.count, threads: threads) { patch in
            shrink(x, rows[patch / columns.count], columns[patch % columns.count], step: step)
        }.reduce(0, +)
    }

    private func tiles(_ size: Int, _ offset: Int) -> [Range<Int>] {
        stride(from: -offset, to: size, by: side).map { max($0, 0)..<min($0 + side, size) }
    }

    /// Shrinks one patch, in a copy that is in one piece.
    private func shrink(_ x: Samples, _ rows: Range<Int>, _ columns: Range<Int>, step: Double) -> Double {
        let pixels = rows.count * columns.count
        let patch = Samples(count: frames * pixels)
        func forEachRow(
            _ body: (_ image: UnsafeMutablePointer<ComplexFloat>, _ patch: UnsafeMutablePointer<ComplexFloat>) -> Void
        ) {
            for row in 0..<frames * rows.count {
                let (frame, y) = (row / rows.count, rows.lowerBound + row % rows.count)
                body(x.start + (frame * height + y) * width + columns.lowerBound, patch.start + row * columns.count)
            }
        }
        forEachRow { $1.update(from: $0, count: columns.count) }
        let noise = Double(frames).squareRoot() + Double(pixels).squareRoot()
        let value = NuclearNorm(frames: frames, lambda: lambda * noise, threads: 1).shrink(patch, step: step)
        forEachRow { $0.update(from: $1, count: columns.count) }
        return value
    }
}
