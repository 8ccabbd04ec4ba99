import ComplexModule
import Core
import Foundation
import Fourier
import Testing

@testable import Reconstruction

@Suite("The largest eigenvalue by Lanczos")
struct LanczosTests {
    /// A diagonal operator: eigenvalues as given, for each frame.
    private func bound(_ values: [Float], frames: Int, threads: Int = 1) throws -> Double {
        let lanczos = Lanczos(
            apply: { x, result in
                for place in 0..<x.count { result.start[place] = x.start[place].multiplied(by: values[place]) }
            }, count: values.count, frames: frames, threads: threads)
        return try lanczos.largestEigenvalue()
    }

    @Test("Few different eigenvalues are found exactly, in whichever frame the largest is")
    func exact() throws {
        let values = (0..<300).map { Float([0.5, 1, 2][$0 % 3]) * ($0 < 100 ? 1 : $0 < 200 ? 1.5 : 1.25) }
        // Krylov spaces of three eigenvalues end after three steps; single precision is left.
        #expect(abs(try bound(values, frames: 3) - 3) < 1e-5)
        #expect(try bound(values, frames: 3, threads: 2) == bound(values, frames: 3))
        #expect(try bound([Float](repeating: 0, count: 10), frames: 2) == 0)
    }

    @Test("It is above an even spectrum's largest, by little")
    func dense() throws {
        let values = (0..<4000).map { Float($0 % 1000) / 999 }
        let found = try bound(values, frames: 4)
        // Residuals of eight steps on an even spectrum, of Legendre's polynomials: some 1 / 17 of its half width.
        #expect(found >= 1 && found < 1.08)
    }

    @Test("It bounds the norm of weighted spokes as closely as many power iterations")
    func spokes() throws {
        let (size, frames, spokes) = (48, 3, 13)
        let transforms = try (0..<frames).map { frame in
            try CurvedFrame(
                shape: [size, size], coils: 1,
                points: (0..<spokes * 2 * size).map { sample in
                    let angle = Double(frame * spokes + sample / (2 * size)) * 2.399963
                    return SIMD2(cos(angle), sin(angle)) * (Double(sample % (2 * size) - size) / 2)
                })
        }
        let encoding = try DynamicSENSE(maps: .uniform(height: size, width: size), transforms: transforms)
        let lanczos = Lanczos(
            apply: { encoding.normal($0.input, into: $1.output) }, count: encoding.domainCount, frames: frames,
            threads: 1)
        var x = [ComplexFloat](repeating: 1, count: encoding.domainCount)
        var norm = 0.0
        for _ in 0..<200 {
            let length = x.reduce(0.0) { $0 + Double($1.lengthSquared) }.squareRoot()
            x = encoding.normal(x.map { $0.multiplied(by: Float(1 / length)) })
            norm = x.reduce(0.0) { $0 + Double($1.lengthSquared) }.squareRoot()
        }
        let found = try lanczos.largestEigenvalue() / norm
        // What the residual adds after at most eight steps; power iterations are below the norm by less than 1e-3.
        #expect(found >= 0.999 && found < 1.05)
    }
}
