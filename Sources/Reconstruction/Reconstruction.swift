import ComplexModule
import Core
import Fourier

/// Classical reconstruction of multi-coil k-space of one slice.
public enum Reconstruction {
    /// What a method says after each iteration.
    public struct Progress: Sendable {
        /// Number of the iteration, from 1.
        public let iteration: Int
        /// The largest number of iterations.
        public let iterations: Int
        /// What the method minimises, for scaled data; it never rises.
        public let objective: Double
    }

    /// The images of all frames.
    ///
    /// Iterative methods work on scaled data, so that their λ mean the same for any scanner. Their unknown is the image
    /// times √Σ|S|², as if maps were normalised, in which noise is the same everywhere and convergence fastest; samples are
    /// scaled so that its time average is of magnitude ½ (Σ|x|² / Σ|x|), about 1 at most; and the encoding has norm 1.
    /// The images are scaled back.
    /// - Shape: `samples` [T, C, L, N] → [T, Y, X], in the units of the samples.
    /// - Parameters:
    ///   - encoding: with the maps to be believed in: true ones, or `CoilMaps.espirit`, `CoilMaps.walsh`; whitened, with
    ///     the samples, by `Whitening` where the noise of coils is correlated.
    ///   - planning: of the transforms that methods add to the encoding's own.
    /// - Throws: `CineError` when samples and encoding do not fit each other.
    /// - Cost: of the iterative methods, one EᴴE an iteration and a few passes over the images.
    public static func run(
        _ method: Method, samples: [ComplexFloat], encoding: some DynamicEncoding, threads: Int = 1,
        planning: Fourier.Planning = .estimated, progress: (Progress) -> Void = { _ in }
    ) throws -> [ComplexFloat] {
        guard samples.count == encoding.rangeCount else {
            throw CineError(
                .badData,
                "Expected samples of shape \(encoding.range) for this encoding, found \(samples.count) samples.")
        }
        guard samples.allSatisfy({ $0.isFinite }) else {
            throw CineError(.badData, "Expected finite samples, found NaN or infinity; check how they were read.")
        }
        let maps = encoding.maps
        if method == .zeroFilled { return maps.combine(try encoding.coilImages(samples)) }
        if method == .rootSumOfSquares { return rootSumOfSquares(try encoding.coilImages(samples), maps: maps) }
        let average = maps.combine(try encoding.averageCoilImages(samples))
        guard let solver = method.solver else { return (0..<encoding.frames).flatMap { _ in average } }

        // White noise in the samples is white in the image times its sensitivity: so the unknown is that image.
        let sensitivity = maps.sumOfSquares.map { $0.squareRoot() }
        let weighted = zip(average, sensitivity).map { $0.multiplied(by: $1) }
        let scale = 2 * typicalMagnitude(weighted)
        guard scale > 0 else { return [ComplexFloat](repeating: .zero, count: encoding.domainCount) }
        let problem = Problem(
            samples: samples.map { $0.multiplied(by: 1 / scale) },
            average: weighted.map { $0.multiplied(by: 1 / scale) },
            encoding: try encoding.replacing(maps: maps.normalised), threads: threads, planning: planning)
        let gains = sensitivity.map { $0 > 0 ? scale / $0 : 0 }
        let images = try solver.solve(problem, progress: progress)
        return (0..<images.count).map { images.start[$0].multiplied(by: gains[$0 % gains.count]) }
    }

    /// Σ|x|² / Σ|x|: half the largest magnitude, about, but no single bright pixel decides it.
    public static func typicalMagnitude(_ image: [ComplexFloat]) -> Float {
        let sums = image.reduce(SIMD2<Double>.zero) {
            $0 + SIMD2(Double($1.lengthSquared), Double($1.lengthSquared).squareRoot())
        }
        return sums.y > 0 ? Float(sums.x / sums.y) : 0
    }

    /// √Σ|I|² over the coils: [T, C, Y, X] → [T, Y, X].
    private static func rootSumOfSquares(_ coilImages: [ComplexFloat], maps: CoilMaps) -> [ComplexFloat] {
        (0..<coilImages.count / maps.coils).map { place in
            let first = place / maps.pixels * maps.rangeCount + place % maps.pixels
            let squares = (0..<maps.coils).reduce(Float(0)) { $0 + coilImages[first + $1 * maps.pixels].lengthSquared }
            return ComplexFloat(squares.squareRoot(), 0)
        }
    }
}
