import ComplexModule
import Core
import Fourier

/// What an iterative method works on: the scaled samples of one slice and how they came about, ‖E‖ ≤ 1.
///
/// Eᴴy stays in memory and y does not: ½‖E x − y‖² = ½ xᴴEᴴE x − Re xᴴEᴴy + ½‖y‖².
struct Problem {
    let frames: Int
    let height: Int
    let width: Int
    let threads: Int
    let planning: Fourier.Planning
    /// Eᴴ y, [T, Y, X].
    let adjoint: Samples
    /// The time-averaged image, [Y, X].
    let average: [ComplexFloat]
    /// ½‖y‖².
    let constant: Double
    private let encoding: any DynamicEncoding
    private let inverseSquaredNorm: Float

    var pixels: Int { height * width }
    var count: Int { frames * pixels }
    var shape: [Int] { [frames, height, width] }

    /// - Parameter samples: scaled so that the largest magnitude of `average` is 1.
    /// - Parameter needsNorm: without, E keeps its norm, which need not be known.
    /// - Throws: `CineError` when LAPACK does not converge.
    init(
        samples: [ComplexFloat], average: [ComplexFloat], encoding: some DynamicEncoding, needsNorm: Bool,
        threads: Int, planning: Fourier.Planning
    ) throws {
        (frames, height, width) = (encoding.domain[0], encoding.domain[1], encoding.domain[2])
        self.threads = threads
        self.planning = planning
        self.average = average
        self.encoding = encoding
        let squaredNorm = needsNorm ? try Self.squaredNorm(of: encoding, threads: threads) : 1
        inverseSquaredNorm = squaredNorm > 0 ? 1 / squaredNorm : 1
        // With E/‖E‖ and y/‖E‖, both EᴴE and Eᴴy carry 1/‖E‖².
        adjoint = Samples(count: frames * height * width)
        let data = Samples(samples)
        encoding.adjoint(data.input, into: adjoint.output)
        constant = 0.5 * Chunks(count: data.count, threads: threads).dot(data, data) * Double(inverseSquaredNorm)
        scale(adjoint)
    }

    /// An empty dynamic image.
    func samples() -> Samples { Samples(count: count) }

    /// EᴴE x.
    func normal(_ x: Samples, into result: Samples) {
        encoding.normal(x.input, into: result.output)
        scale(result)
    }

    private func scale(_ x: Samples) {
        if inverseSquaredNorm == 1 { return }
        Chunks(count: x.count, threads: threads).forEach { range in
            for place in range { x.start[place] = x.start[place].multiplied(by: inverseSquaredNorm) }
        }
    }

    /// An upper bound of ‖E‖².
    private static func squaredNorm(of encoding: some DynamicEncoding, threads: Int) throws -> Float {
        if let bound = encoding.squaredNormBound { return bound }
        let lanczos = Lanczos(
            apply: { encoding.normal($0.input, into: $1.output) }, count: encoding.domainCount,
            frames: encoding.frames, threads: threads)
        return Float(try lanczos.largestEigenvalue())
    }
}
