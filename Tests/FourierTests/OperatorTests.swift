import ComplexModule
import Core
import Foundation
import Testing

@testable import Fourier

/// Complex normal samples, by seed.
func noise(_ count: Int, seed: UInt64 = 1) -> [ComplexFloat] {
    var random = Philox(seed: seed, patient: 0, stage: .recipe)
    return (0..<count).map { _ in ComplexFloat(Float(random.normal()), Float(random.normal())) }
}

/// ‖a − b‖ / ‖b‖.
func relativeError(_ a: [ComplexFloat], _ b: [ComplexFloat]) -> Double {
    let difference = zip(a, b).map { $0 - $1 }
    return (inner(difference, difference).real / inner(b, b).real).squareRoot()
}

/// Twenty sizes [T, Y, X], odd and even, and across a block's sixteen columns; two frames, or differences are nothing.
let twentyShapes = [
    [2, 1, 2], [2, 2, 3], [2, 3, 2], [3, 4, 4], [4, 5, 5], [5, 6, 7], [2, 7, 6], [3, 8, 15], [4, 9, 16], [5, 10, 17],
    [7, 11, 31], [8, 12, 32], [9, 13, 33], [2, 16, 16], [3, 17, 17], [2, 30, 31], [2, 31, 30], [12, 20, 18],
    [17, 15, 19], [25, 24, 20],
]

private let roundOff = 1e-5

@Suite("Operators")
struct OperatorTests {
    private func maps(_ coils: Int, _ shape: [Int]) -> CoilMaps {
        CoilMaps(coils: coils, height: shape[1], width: shape[2], values: noise(coils * shape[1] * shape[2], seed: 7))
    }

    /// Other lines in each frame, about every second.
    private func lines(_ shape: [Int]) -> [[Int]] {
        let count = (shape[1] + 1) / 2
        return (0..<shape[0]).map { frame in (0..<count).map { (frame + 2 * $0) % shape[1] } }
    }

    @Test("⟨Ax, y⟩ = ⟨x, Aᴴy⟩, and normal is AᴴA", arguments: twentyShapes)
    func adjoints(shape: [Int]) throws {
        let maps = maps(3, shape)
        var operators: [any LinearOperator] = [
            try ImageFourier(shape: shape), try TemporalFourier(shape: shape), TemporalDifference(shape: shape),
            SpatialDifference(shape: shape), Wavelet(shape: shape),
            Wavelet(shape: shape, family: .daubechies4, levels: 2, shift: SIMD2(3, -2)), maps,
            LineMask(coils: 2, height: shape[1], width: shape[2], lines: lines(shape)),
        ]
        for samples in [shape[2], 2 * shape[2], 2 * shape[2] + 1] {
            operators.append(try CartesianSENSE(maps: maps, lines: lines(shape), samples: samples))
        }
        let direct = (0..<shape[0]).map { DirectFourier(coils: 3, height: shape[1], width: shape[2], spiral: $0, 6) }
        operators.append(try DynamicSENSE(maps: maps, transforms: direct, lines: 3))
        for map in operators {
            // Single precision, sums of up to 10⁴ terms.
            #expect(adjointError(map) < roundOff, "\(type(of: map)) \(map.domain)")
            let x = noise(map.domainCount, seed: 3)
            #expect(relativeError(map.normal(x), map.adjoint(map.forward(x))) < roundOff, "\(type(of: map))")
        }
    }

    @Test("A batch is transformed as CenteredTransform does, whatever the plan", arguments: twentyShapes)
    func imageFourier(shape: [Int]) throws {
        let images = noise(shape.reduce(1, *))
        var expected = images
        try CenteredTransform(width: shape[2], height: shape[1]).forward(&expected)
        for planning in [Fourier.Planning.estimated, .measured] {
            let transform = try ImageFourier(shape: shape, planning: planning, threads: 2)
            #expect(relativeError(transform.forward(images), expected) < 1e-6)
        }
    }

    @Test("Temporal Fourier is the centred DFT along time", arguments: [[5, 2, 9], [8, 3, 6], [25, 1, 17]])
    func temporalFourier(shape: [Int]) throws {
        let x = noise(shape.reduce(1, *))
        let (frames, pixels) = (shape[0], shape[1] * shape[2])
        let expected = (0..<x.count).map { index -> ComplexFloat in
            let frequency = index / pixels - frames / 2
            var sum = ComplexDouble.zero
            for frame in 0..<frames {
                let value = x[frame * pixels + index % pixels]
                let turns = Double(frequency * (frame - frames / 2)) / Double(frames)
                sum +=
                    ComplexDouble(Double(value.real), Double(value.imaginary))
                    * ComplexDouble(length: 1 / Double(frames).squareRoot(), phase: -2 * .pi * turns)
            }
            return ComplexFloat(Float(sum.real), Float(sum.imaginary))
        }
        #expect(relativeError(try TemporalFourier(shape: shape).forward(x), expected) < 1e-6)
    }

    @Test(
        "Cartesian samples are lines of the transform of the wider field of view",
        arguments: [[16, 16], [16, 32], [16, 33], [17, 17], [17, 25], [17, 34]])
    func cartesianDefinition(widths: [Int]) throws {
        let shape = [3, 13, widths[0]]
        let (height, width) = (shape[1], shape[2])
        let (maps, lines) = (maps(2, shape), lines(shape))
        let x = noise(shape.reduce(1, *))
        let encoding = try CartesianSENSE(maps: maps, lines: lines, samples: widths[1], threads: 2)
        let wide = widths[1]
        var expected: [ComplexFloat] = []
        for frame in 0..<shape[0] {
            for coil in 0..<2 {
                var field = [ComplexFloat](repeating: .zero, count: height * wide)
                for pixel in 0..<height * width {
                    let place = pixel / width * wide + wide / 2 - width / 2 + pixel % width
                    field[place] = maps.values[coil * height * width + pixel] * x[frame * height * width + pixel]
                }
                try CenteredTransform(width: wide, height: height).forward(&field)
                for line in lines[frame] { expected += field[line * wide..<(line + 1) * wide] }
            }
        }
        #expect(relativeError(encoding.forward(x), expected) < 1e-6)
    }

    @Test("The encoding over any transform agrees with the Cartesian one")
    func dynamicAgreesWithCartesian() throws {
        let shape = [4, 12, 18]
        let (maps, lines) = (maps(3, shape), lines(shape))
        let cartesian = try CartesianSENSE(maps: maps, lines: lines)
        let frames = lines.map { DirectFourier(coils: 3, height: 12, width: 18, lines: $0) }
        let dynamic = try DynamicSENSE(maps: maps, transforms: frames, lines: lines[0].count, threads: 2)
        let x = noise(cartesian.domainCount)
        let y = noise(cartesian.rangeCount)
        #expect(dynamic.range == cartesian.range)
        #expect(relativeError(dynamic.forward(x), cartesian.forward(x)) < 2e-6)
        #expect(relativeError(dynamic.adjoint(y), cartesian.adjoint(y)) < 2e-6)
        #expect(relativeError(dynamic.normal(x), cartesian.normal(x)) < 2e-6)
        #expect(relativeError(try dynamic.coilImages(y), try cartesian.coilImages(y)) < 2e-6)
    }

    @Test("Line means over the frames give the image of a still object")
    func averages() throws {
        let shape = [4, 12, 18]
        let maps = maps(3, shape)
        let lines = (0..<4).map { frame in (0..<3).map { 4 * $0 + frame } }
        let encoding = try CartesianSENSE(maps: maps, lines: lines, samples: 36)
        let frame = noise(12 * 18)
        let images = try encoding.averageCoilImages(encoding.forward(frame + frame + frame + frame))
        #expect(relativeError(images, maps.forward(frame)) < 2e-6)
        #expect(relativeError(maps.combine(images), frame) < 2e-6)
    }

    @Test("Bits do not depend on the number of threads")
    func threads() throws {
        let shape = [11, 24, 40]
        let (maps, lines) = (maps(4, shape), lines(shape))
        let one = try CartesianSENSE(maps: maps, lines: lines, samples: 80)
        let three = try CartesianSENSE(maps: maps, lines: lines, samples: 80, threads: 3)
        let (x, y) = (noise(one.domainCount), noise(one.rangeCount))
        #expect(one.forward(x) == three.forward(x))
        #expect(one.adjoint(y) == three.adjoint(y))
        #expect(one.normal(x) == three.normal(x))
    }

    @Test("Wavelets are orthonormal, compact smooth images, and shift before they transform", arguments: twentyShapes)
    func wavelets(shape: [Int]) {
        let x = noise(shape.reduce(1, *))
        for family in Wavelet.Family.allCases {
            let wavelet = Wavelet(shape: shape, family: family, shift: SIMD2(1, 2), threads: 2)
            let coefficients = wavelet.forward(x)
            // Filters to ten digits; single precision.
            #expect(relativeError(wavelet.adjoint(coefficients), x) < 2e-6)
            #expect(abs(inner(coefficients, coefficients).real / inner(x, x).real - 1) < 2e-6)
        }
    }

    @Test("Fine wavelet coefficients of a ramp vanish away from the edge")
    func vanishingMoments() {
        let ramp = (0..<32 * 32).map { ComplexFloat(Float($0 % 32) + 2 * Float($0 / 32), 1) }
        let coefficients = Wavelet(shape: [32, 32], levels: 1).forward(ramp)
        for y in 0..<15 {
            for x in 0..<15 {
                // Values of up to 100 in single precision.
                #expect(coefficients[y * 32 + 16 + x].length < 1e-4)
                #expect(coefficients[(16 + y) * 32 + x].length < 1e-4)
            }
        }
    }

    @Test("Lines that do not exist are refused with a reason")
    func badLines() {
        let maps = CoilMaps.uniform(height: 4, width: 4)
        for lines in [[[0, 4]], [[0], [1, 2]], [[-1]], []] {
            let error = #expect(throws: CineError.self) { try CartesianSENSE(maps: maps, lines: lines) }
            #expect(error?.kind == .badData)
        }
        #expect(throws: CineError.self) { try CartesianSENSE(maps: maps, lines: [[0]], samples: 3) }
    }
}

/// The transform of a frame at any places of k-space, term by term: slow and obvious.
struct DirectFourier: LinearOperator {
    let coils: Int
    let height: Int
    let width: Int
    /// Cycles per sample along x and y.
    let places: [SIMD2<Double>]
    var domain: [Int] { [coils, height, width] }
    var range: [Int] { [coils, places.count] }

    /// A spiral's turn of so many places.
    init(coils: Int, height: Int, width: Int, spiral turn: Int, _ count: Int) {
        (self.coils, self.height, self.width) = (coils, height, width)
        places = (0..<count).map { place in
            let angle = 2.4 * Double(place + count * turn)
            return SIMD2(cos(angle), sin(angle)) * (0.5 * Double(place) / Double(count))
        }
    }

    /// Cartesian lines.
    init(coils: Int, height: Int, width: Int, lines: [Int]) {
        (self.coils, self.height, self.width) = (coils, height, width)
        places = lines.flatMap { line in
            (0..<width).map {
                SIMD2(Double($0 - width / 2) / Double(width), Double(line - height / 2) / Double(height))
            }
        }
    }

    private func factor(_ place: SIMD2<Double>, _ pixel: Int, sign: Double) -> ComplexFloat {
        let turns = place.x * Double(pixel % width - width / 2) + place.y * Double(pixel / width - height / 2)
        let value = ComplexDouble(length: 1 / Double(height * width).squareRoot(), phase: sign * 2 * .pi * turns)
        return ComplexFloat(Float(value.real), Float(value.imaginary))
    }

    func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        for (index, place) in places.enumerated() {
            for coil in 0..<coils { output[coil * places.count + index] = .zero }
            for pixel in 0..<height * width {
                let factor = factor(place, pixel, sign: -1)
                for coil in 0..<coils {
                    output[coil * places.count + index] += factor * input[coil * height * width + pixel]
                }
            }
        }
    }

    func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        for pixel in 0..<height * width {
            for coil in 0..<coils { output[coil * height * width + pixel] = .zero }
            for (index, place) in places.enumerated() {
                let factor = factor(place, pixel, sign: 1)
                for coil in 0..<coils {
                    output[coil * height * width + pixel] += factor * input[coil * places.count + index]
                }
            }
        }
    }
}
