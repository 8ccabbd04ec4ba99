import ComplexModule
import Core
import Fourier

/// A Hermitian matrix over the coils at each pixel, and its dominant eigenvector.
struct HermitianField {
    let coils: Int
    let pixels: Int
    /// Pixels, up to a multiple of sixteen.
    private let padded: Int
    /// Elements (i, j ≤ i): real parts, then imaginary parts, [pair, 2, padded].
    private var planes: [Float]

    /// Zero matrices.
    init(coils: Int, pixels: Int) {
        self.coils = coils
        self.pixels = pixels
        padded = (pixels + 15) / 16 * 16
        planes = [Float](repeating: 0, count: coils * (coils + 1) * padded)
    }

    private func pair(_ row: Int, _ column: Int) -> Int { row * (row + 1) / 2 + column }

    /// Sets element (row, column ≤ row) of all pixels.
    mutating func set(_ row: Int, _ column: Int, _ values: [ComplexFloat]) {
        let first = 2 * pair(row, column) * padded
        for pixel in 0..<pixels {
            planes[first + pixel] = values[pixel].real
            planes[first + padded + pixel] = values[pixel].imaginary
        }
    }

    /// Unit eigenvectors [C, P] of the largest eigenvalues [P], by power iteration, sixteen pixels at a time.
    ///
    /// - Parameter start: first guesses, [C, P].
    func dominant(start: [ComplexFloat], iterations: Int, threads: Int) -> (vectors: [ComplexFloat], values: [Float]) {
        var vectors = start
        var values = [Float](repeating: 0, count: pixels)
        vectors.withUnsafeMutableBufferPointer { vectors in
            values.withUnsafeMutableBufferPointer { values in
                let (sharedVectors, sharedValues) = (SharedBuffer(vectors), SharedBuffer(values))
                Workers.forEach(padded / 16, threads: threads) { block in
                    iterate(block, iterations, sharedVectors.values, sharedValues.values)
                }
            }
        }
        return (vectors, values)
    }

    private func iterate(
        _ block: Int, _ iterations: Int, _ vectors: UnsafeMutableBufferPointer<ComplexFloat>,
        _ values: UnsafeMutableBufferPointer<Float>
    ) {
        let filled = min(16, pixels - block * 16)
        withScratch(4 * coils) { vector in
            let image = vector + 2 * coils
            // A little of everything, so that a pixel without a guess has one.
            vector.update(repeating: Lanes(1e-6), count: 2 * coils)
            for coil in 0..<coils {
                for lane in 0..<filled {
                    let value = vectors[coil * pixels + block * 16 + lane]
                    vector[2 * coil][lane] += value.real
                    vector[2 * coil + 1][lane] += value.imaginary
                }
            }
            var length = normalise(vector)
            for _ in 0..<iterations {
                multiply(block, vector, into: image)
                vector.update(from: image, count: 2 * coils)
                length = normalise(vector)
            }
            for lane in 0..<filled {
                values[block * 16 + lane] = length[lane]
                for coil in 0..<coils {
                    vectors[coil * pixels + block * 16 + lane] = ComplexFloat(
                        vector[2 * coil][lane], vector[2 * coil + 1][lane])
                }
            }
        }
    }

    private func normalise(_ vector: UnsafeMutablePointer<Lanes>) -> Lanes {
        var square = Lanes(0)
        for part in 0..<2 * coils { square = square + vector[part] * vector[part] }
        let length = square.squareRooted
        let inverse = Lanes(1) / Lanes.larger(length, Lanes(1e-30))
        for part in 0..<2 * coils { vector[part] = vector[part] * inverse }
        return length
    }

    private func multiply(_ block: Int, _ v: UnsafePointer<Lanes>, into w: UnsafeMutablePointer<Lanes>) {
        w.update(repeating: Lanes(0), count: 2 * coils)
        planes.withUnsafeBytes { planes in
            for row in 0..<coils {
                for column in 0...row {
                    let at = (2 * pair(row, column) * padded + block * 16) * MemoryLayout<Float>.stride
                    let real = planes.loadUnaligned(fromByteOffset: at, as: Lanes.self)
                    let imaginary = planes.loadUnaligned(
                        fromByteOffset: at + padded * MemoryLayout<Float>.stride, as: Lanes.self)
                    w[2 * row] = w[2 * row] + real * v[2 * column] - imaginary * v[2 * column + 1]
                    w[2 * row + 1] = w[2 * row + 1] + real * v[2 * column + 1] + imaginary * v[2 * column]
                    if column < row {
                        w[2 * column] = w[2 * column] + real * v[2 * row] + imaginary * v[2 * row + 1]
                        w[2 * column + 1] = w[2 * column + 1] + real * v[2 * row + 1] - imaginary * v[2 * row]
                    }
                }
            }
        }
    }
}
