import ComplexModule
import Core
import Foundation
import RealModule
import Testing

@testable import Metrics

@Suite("Errors of images")
struct ImageErrorTests {
    private func real(_ image: [Float], _ reference: [Float]) -> SquaredError {
        SquaredError(image, reference: reference)
    }

    @Test("NMSE, RMSE and PSNR of four samples, by hand")
    func byHand() throws {
        let error = real([1, 2, 3, 4], [1, 2, 3, 6])
        #expect((error.error, error.norm, error.count) == (4, 50, 4))
        #expect(error.nmse == 0.08)
        #expect(error.mse == 1 && error.rmse == 1)
        #expect(abs(error.nrmse - 0.08.squareRoot()) < 1e-15)
        let range = try DataRange.maximum.value(for: [1, 2, 3, 6])
        // 10 log₁₀ 36
        #expect(abs(error.psnr(range: range) - 15.563025007672874) < 1e-12)
    }

    @Test("A mask leaves samples out, and parts add up")
    func parts() {
        let (image, reference) = pictures([6, 9])
        let mask = reference.map { $0 > 0.5 }
        let inside = SquaredError(image, reference: reference, mask: mask)
        let outside = SquaredError(image, reference: reference, mask: mask.map { !$0 })
        let whole = SquaredError(image, reference: reference)
        #expect(inside.count == mask.count { $0 } && inside.count < whole.count)
        #expect((inside + outside).count == whole.count)
        // The order of a sum in double precision.
        #expect(abs((inside + outside).nmse / whole.nmse - 1) < 1e-13)
    }

    @Test("A complex error is not halved")
    func complex() {
        let reference = [Complex<Float>(3, 4), Complex(0, 1)]
        let error = SquaredError([Complex(3, 3), Complex(1, 1)], reference: reference)
        #expect((error.error, error.norm, error.mse) == (2, 26, 1))
    }

    @Test("No error and no reference")
    func extremes() {
        let same = real([1, 2], [1, 2])
        #expect(same.nmse == 0 && same.psnr(range: 1) == .infinity)
        #expect(real([0, 0], [0, 0]).nmse == 0)
        #expect(real([1, 0], [0, 0]).nmse == .infinity)
    }

    @Test("An image that is not a number is infinitely wrong, or refused")
    func notNumbers() {
        let (good, reference) = pictures([9, 9])
        var image = good
        image[40] = .nan
        let error = SquaredError(image, reference: reference)
        #expect(error.nmse == .infinity && error.psnr(range: 1) == -.infinity)
        #expect(HighFrequencyError()(image, reference: reference, shape: [9, 9]) == .infinity)
        #expect(throws: CineError.self) {
            try StructuralSimilarity.fastMRI.mean(image, reference: reference, shape: [9, 9], range: 1)
        }
    }

    @Test("The range comes from the reference")
    func ranges() throws {
        let reference = (0...100).map { Float($0) }
        #expect(try DataRange.fixed(2).value(for: reference) == 2)
        #expect(try DataRange.maximum.value(for: reference) == 100)
        #expect(try DataRange.percentile(99.5).value(for: reference) == 99.5)
        #expect(throws: CineError.self) { try DataRange.maximum.value(for: [0, 0]) }
        #expect(throws: CineError.self) { try DataRange.percentile(50).value(for: []) }
    }

    @Test("A fitted scale leaves an error at right angles to the image")
    func scale() {
        let (image, reference) = pictures([8, 8])
        let scale = leastSquaresScale(image, to: reference.map { 3 * $0 })
        let rest = zip(image, reference).map { Double(scale * $0 - 3 * $1) }
        // Single precision of the scale and the products.
        #expect(abs(zip(rest, image).reduce(0) { $0 + $1.0 * Double($1.1) }) < 1e-5)
        #expect(leastSquaresScale([0, 0] as [Float], to: [1, 1]) == 0)
        let turn = Complex<Float>(0.6, 0.8)
        let turned = leastSquaresScale(image.map { Complex($0) / turn }, to: image.map { Complex($0) })
        #expect((turned - turn).length < 1e-6)
    }
}

@Suite("SSIM")
struct StructuralSimilarityTests {
    /// One window, by its definition.
    private func slow(
        _ x: [Double], _ y: [Double], weights: [Double], factor: Double, range: Double
    ) -> Double {
        func mean(_ values: [Double]) -> Double { zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        let (mx, my) = (mean(x), mean(y))
        let vx = factor * mean(x.map { ($0 - mx) * ($0 - mx) })
        let vy = factor * mean(y.map { ($0 - my) * ($0 - my) })
        let cross = factor * mean(zip(x, y).map { ($0 - mx) * ($1 - my) })
        let (c1, c2) = (pow(0.01 * range, 2), pow(0.03 * range, 2))
        return (2 * mx * my + c1) * (2 * cross + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    }

    /// The map of [Z, Y, X], window by window; a window of one sample along z for slices.
    private func slowMap(
        _ index: StructuralSimilarity, _ image: [Float], _ reference: [Float], _ shape: [Int], range: Double
    ) -> [Double] {
        let (size, taps): (Int, [Double]) =
            switch index.window {
            case .box(let size): (size, [Double](repeating: 1 / Double(size), count: size))
            case .gaussian(let size, let sigma): (size, gaussianWeights(size, sigma: sigma))
            }
        let depth = index.dimensions == 3 ? size : 1
        let tapsZ = index.dimensions == 3 ? taps : [1]
        let count = Double(depth * size * size)
        var map: [Double] = []
        for z in 0...shape[0] - depth {
            for y in 0...shape[1] - size {
                for x in 0...shape[2] - size {
                    var (a, b, weights): ([Double], [Double], [Double]) = ([], [], [])
                    for dz in 0..<depth {
                        for dy in 0..<size {
                            for dx in 0..<size {
                                let at = ((z + dz) * shape[1] + y + dy) * shape[2] + x + dx
                                a.append(Double(image[at]))
                                b.append(Double(reference[at]))
                                weights.append(tapsZ[dz] * taps[dy] * taps[dx])
                            }
                        }
                    }
                    let factor = index.usesSampleVariance ? count / (count - 1) : 1
                    map.append(slow(a, b, weights: weights, factor: factor, range: range))
                }
            }
        }
        return map
    }

    @Test("A tile of 7 × 7 with one lit sample, by hand")
    func tile() throws {
        var image = [Float](repeating: 0, count: 49)
        var reference = image
        (image[24], reference[24]) = (1, 2)
        // Means 1/49 and 2/49; sample variances (1 − 1/49)/48 = 1/49 and 4/49, covariance 2/49.
        let (c1, c2) = (0.0001 * 4, 0.0009 * 4)
        let expected =
            (4.0 / 2401 + c1) * (4.0 / 49 + c2) / ((5.0 / 2401 + c1) * (5.0 / 49 + c2))
        let found = try StructuralSimilarity.fastMRI.mean(image, reference: reference, shape: [7, 7], range: 2)
        #expect(abs(found - expected) < 1e-14)
    }

    @Test("Flat images differ in luminance alone")
    func flat() throws {
        let (a, b) = ([Float](repeating: 0.5, count: 169), [Float](repeating: 0.25, count: 169))
        let expected = (0.25 + 0.0001) / (0.3125 + 0.0001)
        for index in [StructuralSimilarity.fastMRI, .wang2004] {
            let found = try index.mean(a, reference: b, shape: [13, 13], range: 1)
            // Variances that cancel to 10⁻¹⁶ over C₂ of 10⁻³.
            #expect(abs(found - expected) < 1e-12)
            #expect(try index.mean(a, reference: a, shape: [13, 13], range: 1) == 1)
        }
    }

    @Test(
        "Filters along the axes agree with windows one by one",
        arguments: [StructuralSimilarity.fastMRI, .wang2004, .box3D], [[9, 13, 12], [8, 41, 20]])
    func definition(index: StructuralSimilarity, shape: [Int]) throws {
        let (image, reference) = pictures(shape)
        let slow = slowMap(index, image, reference, shape, range: 0.9)
        let map = try index.map(image, reference: reference, shape: shape, range: 0.9)
        // Cancelling moments in double precision, over C₂.
        #expect(map.count == slow.count && zip(map, slow).allSatisfy { abs($0 - $1) < 1e-11 })
        let mean = try index.mean(image, reference: reference, shape: shape, range: 0.9)
        #expect(abs(mean - slow.reduce(0, +) / Double(slow.count)) < 1e-12)
        #expect(mean < 0.99)
        let threaded = try index.mean(image, reference: reference, shape: shape, range: 0.9, threads: 3)
        #expect(threaded == mean)
    }

    @Test("Large images in pieces are as small ones in one")
    func pieces() throws {
        let shape = [2, 150, 90]
        let (image, reference) = pictures(shape)
        let map = try StructuralSimilarity.fastMRI.map(image, reference: reference, shape: shape, range: 1)
        #expect(map == slowCutting(image, reference))
    }

    /// The map of each row of windows, filtered on its own.
    private func slowCutting(_ image: [Float], _ reference: [Float]) -> [Double]? {
        try? (0..<2).flatMap { slice in
            try (0..<144).flatMap { y in
                let rows = (slice * 150 + y) * 90..<(slice * 150 + y + 7) * 90
                return try StructuralSimilarity.fastMRI.map(
                    Array(image[rows]), reference: Array(reference[rows]), shape: [7, 90], range: 1)
            }
        }
    }

    @Test("A mask chooses windows by their centres", arguments: [StructuralSimilarity.fastMRI, .box3D])
    func mask(index: StructuralSimilarity) throws {
        let shape = [9, 12, 11]
        let (image, reference) = pictures(shape)
        let map = slowMap(index, image, reference, shape, range: 1)
        var mask = [Bool](repeating: false, count: 9 * 12 * 11)
        var chosen: [Double] = []
        let depth = index.dimensions == 3 ? 3 : 9
        for (z, y, x) in [(0, 0, 0), (1, 2, 3), (2, 5, 4)] where z < depth {
            mask[((z + (index.dimensions == 3 ? 3 : 0)) * 12 + y + 3) * 11 + x + 3] = true
            chosen.append(map[(z * 6 + y) * 5 + x])
        }
        // No window fits about the corner.
        mask[0] = true
        let found = try index.mean(image, reference: reference, shape: shape, range: 1, mask: mask)
        #expect(abs(found - chosen.reduce(0, +) / Double(chosen.count)) < 1e-11)
    }

    @Test("Images smaller than the window, and masks without a window, are refused")
    func refusals() {
        let (image, reference) = pictures([6, 20])
        #expect(throws: CineError.self) {
            try StructuralSimilarity.fastMRI.mean(image, reference: reference, shape: [6, 20], range: 1)
        }
        let mask = [Bool](repeating: false, count: 120)
        #expect(throws: CineError.self) {
            try StructuralSimilarity.fastMRI.mean(image, reference: reference, shape: [12, 10], range: 1, mask: mask)
        }
    }

    @Test("The Gaussian's weights are those that were published")
    func gaussian() {
        let weights = gaussianWeights(11, sigma: 1.5)
        let expected = [0.001028, 0.007599, 0.036001, 0.109361, 0.213006, 0.266012]
        for index in 0..<6 {
            #expect(abs(weights[index] - expected[index]) < 5e-7)
            #expect(weights[index] == weights[10 - index])
        }
    }
}

@Suite("HFEN")
struct HighFrequencyErrorTests {
    /// The kernel as MATLAB's fspecial('log') has it.
    private func kernel(size: Int, sigma: Double) -> [Double] {
        var gaussian: [Double] = []
        var squares: [Double] = []
        for y in 0..<size {
            for x in 0..<size {
                let (dx, dy) = (Double(x - size / 2), Double(y - size / 2))
                squares.append(dx * dx + dy * dy)
                gaussian.append(exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)))
            }
        }
        let sum = gaussian.reduce(0, +)
        let log = zip(gaussian, squares).map { $0 / sum * ($1 - 2 * sigma * sigma) / pow(sigma, 4) }
        let mean = log.reduce(0, +) / Double(log.count)
        return log.map { $0 - mean }
    }

    @Test("Filters along the axes agree with the kernel", arguments: [7, 15])
    func definition(size: Int) {
        let shape = [17, 13]
        let image = uniform(17 * 13).map(Double.init)
        let kernel = kernel(size: size, sigma: 1.5)
        let found = HighFrequencyError(size: size).laplacian(image, shape: shape)
        for y in 0..<17 {
            for x in 0..<13 {
                var sum = 0.0
                for dy in 0..<size {
                    for dx in 0..<size {
                        let (row, column) = (y + dy - size / 2, x + dx - size / 2)
                        guard (0..<17).contains(row), (0..<13).contains(column) else { continue }
                        sum += kernel[dy * size + dx] * image[row * 13 + column]
                    }
                }
                // Rounding of some hundred products of order 0.1.
                #expect(abs(found[y * 13 + x] - sum) < 1e-14)
            }
        }
    }

    @Test("A kernel of three axes sums to zero, too")
    func volume() {
        let one = [Double](repeating: 1, count: 17 * 17 * 17)
        let found = HighFrequencyError(dimensions: 3).laplacian(one, shape: [17, 17, 17])
        #expect(abs(found[(8 * 17 + 8) * 17 + 8]) < 1e-15)
    }

    @Test("Half an image is half wrong, and an offset counts at the border alone")
    func scale() {
        let (_, reference) = pictures([2, 40, 40])
        let error = HighFrequencyError()
        let half = error(reference.map { 0.5 * $0 }, reference: reference, shape: [2, 40, 40])
        #expect(abs(half - 0.5) < 1e-12)
        #expect(error(reference, reference: reference, shape: [2, 40, 40]) == 0)
        let inner = (0..<3200).map { (8..<32).contains($0 % 40) && (8..<32).contains($0 / 40 % 40) }
        let raised = error(reference.map { $0 + 1 }, reference: reference, shape: [2, 40, 40], mask: inner)
        // Single precision of the raised samples.
        #expect(raised < 1e-5)
        #expect(error(reference.map { $0 + 1 }, reference: reference, shape: [2, 40, 40], threads: 2) > 0.1)
    }
}
