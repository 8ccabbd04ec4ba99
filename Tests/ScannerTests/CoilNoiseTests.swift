import Core
import Foundation
import Fourier
import Phantom
import Testing

@testable import Scanner

@Suite("Noise of the channels")
struct CoilNoiseTests {
    @Test("Ψ is Hermitian with mean 1, its factor gives it back, and a fine lattice agrees")
    func covariance() throws {
        let coils = typicalCoils(8)
        let psi = try NoiseCovariance(coils, torso: typicalTorso, threads: 2)
        #expect(try NoiseCovariance(coils, torso: typicalTorso, threads: 1) == psi)
        let n = psi.count
        #expect(abs((0..<n).reduce(0) { $0 + psi.matrix[$1 * n + $1].real } / Double(n) - 1) < 1e-12)
        for i in 0..<n {
            for j in 0..<n {
                #expect((psi.matrix[i * n + j] - psi.matrix[j * n + i].conjugate).length < 1e-12)
                var product = ComplexDouble.zero
                for k in 0..<n { product += psi.factor[i * n + k] * psi.factor[j * n + k].conjugate }
                #expect((product - psi.matrix[i * n + j]).length < 1e-12)
            }
        }
        // The integral on a lattice of eighth the volume, that goes on farther.
        let grid = Grid(center: .zero, spacingMM: Vector3(repeating: 5), size: [68, 46, 160])
        let maps = coils.maps(on: grid, threads: 2)
        let inside = (0..<grid.count).filter {
            typicalTorso.contains(grid.position($0 % 68, $0 / 68 % 46, $0 / (68 * 46)))
        }
        var direct = [ComplexDouble](repeating: .zero, count: n * n)
        for point in inside {
            let s = (0..<n).map { channel in
                let value = maps[channel * grid.count + point]
                return ComplexDouble(Double(value.real), Double(value.imaginary))
            }
            for i in 0..<n { for j in 0..<n { direct[i * n + j] += s[i] * s[j].conjugate } }
        }
        let trace = (0..<n).reduce(0) { $0 + direct[$1 * n + $1].real }
        for i in 0..<n { direct[i * n + i] += ComplexDouble(0.1 * trace / Double(n)) }
        let fine = try NoiseCovariance(matrix: direct, count: n)
        let worst = zip(fine.matrix, psi.matrix).map { ($0 - $1).length }.max() ?? 1
        let neighbours = psi.matrix[1].length / (psi.matrix[0].real * psi.matrix[n + 1].real).squareRoot()
        print("measured: covariance against a finer lattice \(worst), correlation of neighbours \(neighbours)")
        #expect(worst < 0.01)
    }

    @Test("The gain is √(sᴴ Ψ⁻¹ s)")
    func gain() throws {
        let matrix = [ComplexDouble(2), ComplexDouble(0.3, 0.4), ComplexDouble(0.3, -0.4), ComplexDouble(1)]
        let psi = try NoiseCovariance(matrix: matrix, count: 2)
        // By hand, with the inverse of a 2 × 2 matrix; the mean diagonal of 1.5 goes to 1.
        let s = [ComplexDouble(1, 2), ComplexDouble(-0.5, 1)]
        let determinant = 2.0 - 0.25
        let cross = (s[0].conjugate * matrix[1] * s[1]).real
        let form = (s[0].lengthSquared + 2 * s[1].lengthSquared - 2 * cross) / determinant
        #expect(abs(psi.gain(s) - (1.5 * form).squareRoot()) < 1e-12)
        #expect(throws: CineError.self) {
            try NoiseCovariance(matrix: [.one, ComplexDouble(2), ComplexDouble(2), .one], count: 2)
        }
    }

    @Test("A million noise vectors have the covariance 2 σ² Ψ within 1 %")
    func sampleCovariance() throws {
        let psi = try NoiseCovariance(typicalCoils(6), torso: typicalTorso, threads: 2)
        let n = 6
        let noise = CoilNoise(psi, deviation: 3, seed: 5, patient: 1)
        let length = 25_003
        var sums = [ComplexDouble](repeating: .zero, count: n * n)
        var pseudo = sums
        for frame in 0..<40 {
            var samples = [ComplexFloat](repeating: .zero, count: n * length)
            noise.add(to: &samples, view: .sax, slice: 2, frame: frame)
            for i in 0..<n {
                for j in 0..<n {
                    var (sum, other) = (ComplexFloat.zero, ComplexFloat.zero)
                    for k in 0..<length {
                        let (a, b) = (samples[i * length + k], samples[j * length + k])
                        sum += a * b.conjugate
                        other += a * b
                    }
                    sums[i * n + j] += ComplexDouble(Double(sum.real), Double(sum.imaginary))
                    pseudo[i * n + j] += ComplexDouble(Double(other.real), Double(other.imaginary))
                }
            }
        }
        let expected = psi.matrix.map { $0.multiplied(by: 2 * 9) }
        let found = sums.map { $0.divided(by: Double(40 * length)) }
        let size = expected.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
        let miss = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1).lengthSquared }.squareRoot() / size
        let impropriety = pseudo.reduce(0) { $0 + $1.lengthSquared }.squareRoot() / Double(40 * length) / size
        print("measured: sample covariance \(miss), impropriety \(impropriety)")
        #expect(miss < 0.01)
        // Real and imaginary part are alike and independent: E[n nᵀ] = 0.
        #expect(impropriety < 0.01)
    }

    @Test("The optimally combined image has the requested SNR within 2 %", arguments: [1, 8])
    func signalToNoise(channels: Int) throws {
        let coils = typicalCoils(channels)
        let psi = try NoiseCovariance(coils, torso: typicalTorso, threads: 2)
        let size = 40
        let grid = Grid(center: [-42, 6, 0], spacingMM: [4, 4, 8], size: [size, size, 1])
        let maps = coils.maps(on: grid, threads: 2)
        // A ring of muscle of uneven brightness.
        let radii = (0..<grid.count).map { length(grid.position($0 % size, $0 / size, 0) - [-42, 6, 0]) }
        let mask = radii.map { (25...36).contains($0) }
        let signal = mask.indices.map { mask[$0] ? Float(60 + $0 % 7) : 0 }
        let sigma = try psi.deviation(snr: 12, signal: signal, maps: maps, mask: mask)
        let noise = CoilNoise(psi, deviation: sigma, seed: 9, patient: 4)
        let transform = try CenteredTransform(width: size, height: size)

        // Optimal combination by the inverse of Ψ, solved pixel by pixel.
        let pixels = mask.indices.filter { mask[$0] }
        let weights = pixels.map { pixel in
            let s = (0..<channels).map { channel -> ComplexDouble in
                let value = maps[channel * grid.count + pixel]
                return ComplexDouble(Double(value.real), Double(value.imaginary))
            }
            return solve(psi, s)
        }
        let repeats = 400
        var squares = [Double](repeating: 0, count: pixels.count)
        var sums = squares
        for frame in 0..<repeats {
            var samples = maps.indices.map { maps[$0] * ComplexFloat(signal[$0 % grid.count], 0) }
            transform.forward(&samples)
            noise.add(to: &samples, view: .sax, slice: 0, frame: frame)
            transform.inverse(&samples)
            for (place, pixel) in pixels.enumerated() {
                var value = ComplexDouble.zero
                for channel in 0..<channels {
                    let sample = samples[channel * grid.count + pixel]
                    value +=
                        weights[place][channel].conjugate * ComplexDouble(Double(sample.real), Double(sample.imaginary))
                }
                sums[place] += value.real
                squares[place] += value.real * value.real
            }
        }
        let measured = pixels.indices.map { place in
            let mean = sums[place] / Double(repeats)
            return mean / (squares[place] / Double(repeats) - mean * mean).squareRoot()
        }
        let mean = measured.reduce(0, +) / Double(measured.count)
        print("measured: SNR \(mean) of 12 with \(channels) channels")
        // 400 repeats raise the mean of 1/deviation by 0.2 %; 120 pixels leave 0.4 %.
        #expect(abs(mean / 12 - 1) < 0.02)
        #expect(try psi.deviation(snr: 0, signal: signal, maps: maps, mask: mask) == 0)
        #expect(throws: CineError.self) {
            try psi.deviation(snr: 9, signal: signal, maps: maps, mask: mask.map { _ in false })
        }
    }

    private func quotient(_ a: ComplexDouble, _ b: ComplexDouble) -> ComplexDouble {
        (a * b.conjugate).divided(by: b.lengthSquared)
    }

    /// Ψ⁻¹ s by Gaussian elimination.
    private func solve(_ psi: NoiseCovariance, _ s: [ComplexDouble]) -> [ComplexDouble] {
        let n = psi.count
        var (a, x) = (psi.matrix, s)
        for i in 0..<n {
            for row in stride(from: i + 1, to: n, by: 1) {
                let ratio = quotient(a[row * n + i], a[i * n + i])
                for k in i..<n { a[row * n + k] -= ratio * a[i * n + k] }
                x[row] -= ratio * x[i]
            }
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            for k in stride(from: i + 1, to: n, by: 1) { x[i] -= a[i * n + k] * x[k] }
            x[i] = quotient(x[i], a[i * n + i])
        }
        return x
    }

    @Test("Noise depends on seed, patient, view, slice and frame alone")
    func keys() throws {
        let psi = try NoiseCovariance(typicalCoils(3), torso: typicalTorso, threads: 1)
        func draw(seed: UInt64 = 1, patient: Int = 1, view: View = .sax, slice: Int = 1, frame: Int = 1)
            -> [ComplexFloat]
        {
            var samples = [ComplexFloat](repeating: .zero, count: 3 * 37)
            CoilNoise(psi, deviation: 1, seed: seed, patient: patient)
                .add(to: &samples, view: view, slice: slice, frame: frame)
            return samples
        }
        let one = draw()
        #expect(draw() == one && one.allSatisfy { $0 != .zero })
        for other in [draw(seed: 2), draw(patient: 2), draw(view: .lax4ch), draw(slice: 2), draw(frame: 2)] {
            #expect(zip(one, other).allSatisfy { $0 != $1 })
        }
    }
}
