import ComplexModule
import Core
import Fourier

extension CoilMaps {
    /// Maps from images of the coils: at each pixel, the dominant eigenvector of the coils' covariance around it.
    ///
    /// - Shape: `coilImages` [C, Y, X], such as `DynamicEncoding.averageCoilImages` gives.
    /// - Convention: Σ|S|² = 1 everywhere; the phase is such that the strongest coil combination of the image is real, so
    ///   true maps differ by a phase that varies over the image. Where there is no signal the maps are those of the noise.
    /// - Parameter radius: pixels to either side that count as around.
    /// - Reference: Walsh et al. 2000, doi:10.1002/(SICI)1522-2594(200005)43:5<682::AID-MRM10>3.0.CO;2-G.
    public static func walsh(
        coilImages: [ComplexFloat], coils: Int, height: Int, width: Int, radius: Int = 3, threads: Int = 1
    ) -> CoilMaps {
        let pixels = height * width
        precondition(coilImages.count == coils * pixels, "expected \(coils) images of \(width) × \(height)")
        var covariance = HermitianField(coils: coils, pixels: pixels)
        let pairs = (0..<coils).flatMap { row in (0...row).map { (row, $0) } }
        let planes = Workers.map(pairs.count, threads: threads) { index in
            let (row, column) = pairs[index]
            let products = (0..<pixels).map {
                coilImages[row * pixels + $0] * coilImages[column * pixels + $0].conjugate
            }
            return boxSums(products, height: height, width: width, radius: radius)
        }
        for (pair, plane) in zip(pairs, planes) { covariance.set(pair.0, pair.1, plane) }
        let (vectors, _) = covariance.dominant(start: coilImages, iterations: 40, threads: threads)
        let maps = CoilMaps(coils: coils, height: height, width: width, values: vectors)
        return maps.phased(like: coilImages)
    }

    /// Sums over squares of 2·radius + 1 pixels, cut at the edges.
    private static func boxSums(_ values: [ComplexFloat], height: Int, width: Int, radius: Int) -> [ComplexFloat] {
        var rows = [ComplexFloat](repeating: .zero, count: values.count)
        for y in 0..<height {
            for x in 0..<width {
                var sum = ComplexFloat.zero
                for near in max(x - radius, 0)...min(x + radius, width - 1) { sum += values[y * width + near] }
                rows[y * width + x] = sum
            }
        }
        var sums = [ComplexFloat](repeating: .zero, count: values.count)
        for y in 0..<height {
            for near in max(y - radius, 0)...min(y + radius, height - 1) {
                for x in 0..<width { sums[y * width + x] += rows[near * width + x] }
            }
        }
        return sums
    }

    /// The same maps with phases such that the strongest combination of the coils over all `coilImages` is real.
    func phased(like coilImages: [ComplexFloat]) -> CoilMaps {
        var covariance = HermitianField(coils: coils, pixels: 1)
        for row in 0..<coils {
            for column in 0...row {
                let sum = (0..<pixels).reduce(ComplexFloat.zero) {
                    $0 + coilImages[row * pixels + $1] * coilImages[column * pixels + $1].conjugate
                }
                covariance.set(row, column, [sum])
            }
        }
        let ones = [ComplexFloat](repeating: ComplexFloat(1), count: coils)
        let strongest = covariance.dominant(start: ones, iterations: 100, threads: 1).vectors
        var values = values
        for pixel in 0..<pixels {
            let sum = (0..<coils).reduce(ComplexFloat.zero) {
                $0 + strongest[$1].conjugate * values[$1 * pixels + pixel]
            }
            let length = sum.length
            guard length > 0 else { continue }
            let turn = sum.conjugate.multiplied(by: 1 / length)
            for coil in 0..<coils { values[coil * pixels + pixel] *= turn }
        }
        return CoilMaps(coils: coils, height: height, width: width, values: values)
    }
}
