import Core
import Foundation
import Fourier
import Testing

@testable import Phantom
@testable import Scanner

@Suite("Acquisition")
struct AcquisitionTests {
    static let tissues: [Tissue: Relaxation] = [.myocardium: muscle, .arterialBlood: blood]

    private func settings(_ change: (inout CineProtocol) -> Void = { _ in }) -> CineProtocol {
        var cine = CineProtocol()
        cine.fieldOfViewMM = 64
        cine.pixelMM = 2
        cine.snr = 0
        change(&cine)
        return cine
    }

    private func scan(_ cine: CineProtocol, patient: Int = 0) throws -> CineScan {
        try CineScan(cine, view: .sax, tissues: Self.tissues, noise: .init(seed: 11, patient: patient))
    }

    private func slice(_ cine: CineProtocol) -> Grid {
        Grid(center: .zero, spacingMM: [cine.pixelMM, cine.pixelMM, 10], size: [cine.matrix, cine.matrix, 1])
    }

    /// Samples an object given by the fraction of myocardium (the rest is air) and by its labels.
    private func renderer(
        frames: Int, fraction: @escaping (Vector3) -> Double, label: @escaping (Vector3) -> UInt8 = { _ in 2 }
    ) -> CineScan.Render {
        { request, image, labels in
            let normal = normalize(request.grid.affine.z)
            let count = request.grid.count
            for pixel in 0..<count {
                let point = request.grid.position(pixel % request.grid.size.x, pixel / request.grid.size.x, 0)
                let signal = request.layers.reduce(0.0) { sum, layer in
                    sum + Double(layer.signal[Int(Tissue.myocardium.rawValue)])
                        * fraction(point + normal * layer.offsetMM)
                }
                for frame in 0..<frames {
                    image?[frame * count + pixel] = Float(signal)
                    labels?[frame * count + pixel] = label(point)
                }
            }
        }
    }

    @Test(
        "A point spreads into the sinc of the acquired k-space",
        arguments: [(32, 2.0), (33, 2.0), (32, 1.5), (31, 3.0)])
    func pointSpread(matrix: Int, oversampling: Double) throws {
        let spread = try PointSpread(coarse: [matrix, matrix], oversampling: oversampling, apodisation: .none)
        let fine = spread.fine.x
        let at = SIMD2(fine / 2 + 5, fine / 2 - 3)
        var image = [Float](repeating: 0, count: fine * fine)
        image[at.y * fine + at.x] = 1
        var scratch = PointSpread.Scratch()
        spread.apply(SliceImages(real: image), 0, scratch: &scratch) { _ in }
        // Sum of the acquired frequencies, in closed form by definition.
        func kernel(_ coarse: Int, _ fineAt: Int) -> ComplexDouble {
            let distance = Double(coarse - matrix / 2) / Double(matrix) - Double(fineAt - fine / 2) / Double(fine)
            return (0..<matrix).reduce(.zero) { sum, k in
                sum + ComplexDouble(length: 1 / Double(fine), phase: 2 * .pi * Double(k - matrix / 2) * distance)
            }
        }
        for y in 0..<matrix {
            for x in 0..<matrix {
                let expected = kernel(x, at.x) * kernel(y, at.y)
                let found = scratch.coarse[y * matrix + x]
                #expect((ComplexDouble(Double(found.real), Double(found.imaginary)) - expected).length < 1e-6)
            }
        }
        // For an odd matrix the sum is the Dirichlet kernel, which is the periodic sinc.
        if matrix % 2 == 1 {
            let distance = 5.0 / Double(fine)
            let dirichlet = sin(.pi * Double(matrix) * distance) / sin(.pi * distance) / Double(fine)
            #expect(abs(kernel(matrix / 2, at.x).real - dirichlet) < 1e-12)
        }
    }

    @Test("A smooth object keeps its place and value", arguments: [1.0, 1.5, 2], [60.0, 62])
    func smoothObject(oversampling: Double, fieldOfView: Double) throws {
        let cine = settings {
            $0.oversampling = oversampling
            $0.fieldOfViewMM = fieldOfView
        }
        func fraction(_ p: Vector3) -> Double { exp(-((p.x - 3) * (p.x - 3) + (p.y + 4) * (p.y + 4)) / 60) }
        let scan = try scan(cine)
        let grid = slice(cine)
        let stack = scan.acquire(
            planned: [grid], motions: [.none], center: .zero, phases: [Double](repeating: 0, count: 1), threads: 1,
            render: renderer(frames: 1, fraction: fraction))
        for pixel in stack.images.indices {
            let expected = scan.myocardium * fraction(grid.position(pixel % cine.matrix, pixel / cine.matrix, 0))
            // The Gaussian's spectrum has died away at the edge of k-space, its tail at the edge of the view.
            #expect(abs(Double(stack.images[pixel]) - expected) < 1e-3 * scan.myocardium)
        }
    }

    @Test("A slab of myocardium has the signal of its layers; a ramp along the normal its centre value")
    func thickSlice() throws {
        let cine = settings()
        let scan = try scan(cine)
        let stack = scan.acquire(
            planned: [slice(cine)], motions: [.none], center: .zero, phases: [Double](repeating: 0, count: 2),
            threads: 1,
            render: renderer(frames: 2) { 0.5 + 0.01 * $0.z })
        #expect(stack.images.count == 2 * cine.matrix * cine.matrix)
        #expect(stack.images.allSatisfy { abs(Double($0) / (0.5 * scan.myocardium) - 1) < 1e-5 })
    }

    @Test("Noise has the requested SNR within 2 %", arguments: [1.0, 1.5], CineProtocol.Apodisation.allCases)
    func signalToNoise(oversampling: Double, apodisation: CineProtocol.Apodisation) throws {
        let cine = settings {
            $0.fieldOfViewMM = 200
            $0.snr = 20
            $0.oversampling = oversampling
            $0.apodisation = apodisation
        }
        let scan = try scan(cine)
        let stack = scan.acquire(
            planned: [slice(cine)], motions: [.none], center: .zero, phases: [Double](repeating: 0, count: 4),
            threads: 2,
            render: renderer(frames: 4) { _ in 1 })
        let count = Double(stack.images.count)
        let mean = stack.images.reduce(0) { $0 + Double($1) } / count
        let variance = stack.images.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        // 40,000 samples leave 0.4 % (0.6 % with the filter's correlation); Rician bias at SNR 20 is 0.1 %.
        #expect(abs(mean / variance.squareRoot() / 20 - 1) < 0.02)
    }

    @Test("Noise is normal, white and independent between parts")
    func noiseMoments() {
        var samples = [ComplexFloat](repeating: .zero, count: 200_003)
        var noise = ImageNoise(seed: 1, patient: 2, view: .sax, slice: 3, frame: 4, deviation: 1)
        noise.add(to: &samples)
        let values = samples.flatMap { [Double($0.real), Double($0.imaginary)] }
        func mean(_ f: (Double) -> Double) -> Double { values.reduce(0) { $0 + f($1) } / Double(values.count) }
        // Bounds are 4 standard errors of 400,000 normals.
        #expect(abs(mean { $0 }) < 0.0064)
        #expect(abs(mean { $0 * $0 } - 1) < 0.009)
        #expect(abs(mean { $0 * $0 * $0 }) < 0.025)
        #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 0.062)
        #expect(abs(mean { abs($0) < 1 ? 1 : 0 } - 0.6826895) < 0.003)
        #expect(abs(mean { abs($0) > 3 ? 1 : 0 } - 0.0026998) < 0.00033)
        let cross = samples.reduce(0) { $0 + Double($1.real) * Double($1.imaginary) } / Double(samples.count)
        let next = zip(samples, samples.dropFirst()).reduce(0) { $0 + Double($1.0.real) * Double($1.1.real) }
        #expect(abs(cross) < 0.009 && abs(next / Double(samples.count)) < 0.009)
    }

    @Test("Fast normals are Box and Muller's to 1e-6")
    func fastNormals() {
        var draws = Philox(seed: 3, patient: 0, stage: .imageNoise)
        for _ in 0..<2000 {
            var radial = SIMD16<UInt32>()
            var angular = SIMD16<UInt32>()
            for lane in 0..<16 {
                radial[lane] = UInt32(truncatingIfNeeded: draws.next())
                angular[lane] = UInt32(truncatingIfNeeded: draws.next())
            }
            let (x, y) = NormalPairs.normals(radial, angular)
            for lane in 0..<16 {
                let uniform = 1 - Double(radial[lane] >> 9) * 0x1p-23
                let quarter = Double(angular[lane] >> 30)
                let angle = (quarter + Double((angular[lane] << 2) >> 9) * 0x1p-23 - 0.5) * .pi / 2
                let radius = (-2 * log(uniform)).squareRoot()
                #expect(abs(Double(x[lane]) - radius * cos(angle)) < 2e-6)
                #expect(abs(Double(y[lane]) - radius * sin(angle)) < 2e-6)
            }
        }
        // The extremes: no infinity, no NaN.
        let (x, _) = NormalPairs.normals(SIMD16(repeating: .max), SIMD16(repeating: 0))
        #expect(x[0].isFinite && abs(x[0]) < 6)
        let (zero, _) = NormalPairs.normals(SIMD16(repeating: 0), SIMD16(repeating: 0))
        #expect(zero[0] == 0)
    }

    @Test("The same bits for any number of threads, other noise for each slice, frame and patient")
    func determinism() throws {
        let cine = settings {
            $0.snr = 10
            $0.labelRule = .majority
        }
        func run(threads: Int, patient: Int = 0) throws -> CineStack {
            try scan(cine, patient: patient).acquire(
                planned: [slice(cine), slice(cine)], motions: [.none, .none], center: .zero,
                phases: [Double](repeating: 0, count: 5),
                threads: threads,
                render: renderer(frames: 5) { $0.x > 0 ? 1 : 0 })
        }
        let one = try run(threads: 1)
        #expect(try run(threads: 2).images == one.images)
        #expect(try run(threads: 7).images == one.images)
        #expect(try run(threads: 1, patient: 1).images != one.images)
        let count = cine.matrix * cine.matrix
        #expect(Array(one.images[..<count]) != Array(one.images[count..<2 * count]))
        #expect(Array(one.images[..<(5 * count)]) != Array(one.images[(5 * count)...]))
    }

    @Test("A breath-hold moves the object in the image by its shift")
    func motionInImages() throws {
        let cine = settings { $0.oversampling = 2 }
        let grid = slice(cine)
        func fraction(_ p: Vector3) -> Double { exp(-(p.x * p.x + p.y * p.y) / 40) }
        let stack = try scan(cine).acquire(
            planned: [grid], motions: [SliceMotion(shiftMM: [4, -6, 0])], center: .zero,
            phases: [Double](repeating: 0, count: 1), threads: 1,
            render: renderer(frames: 1, fraction: fraction))
        let brightest = stack.images.indices.max { stack.images[$0] < stack.images[$1] } ?? 0
        let at = grid.position(brightest % cine.matrix, brightest / cine.matrix, 0)
        // The peak (4, −6) falls between pixels at odd mm.
        #expect(abs(at.x - 4) <= 1 + 1e-9 && abs(at.y + 6) <= 1 + 1e-9)
        #expect(stack.sampled[0].affine.translation == grid.affine.translation - [4, -6, 0])
    }

    @Test("Labels are of the centre plane, or of the majority across the thickness")
    func labelRules() throws {
        // A thin sheet of label 1 in the centre plane, label 2 elsewhere.
        func label(_ p: Vector3) -> UInt8 { abs(p.z) < 1 ? 1 : p.x > 0 ? 2 : 3 }
        func labels(_ rule: CineProtocol.LabelRule) throws -> [UInt8] {
            let cine = settings { $0.labelRule = rule }
            return try scan(cine).acquire(
                planned: [slice(cine)], motions: [.none], center: .zero, phases: [Double](repeating: 0, count: 2),
                threads: 1,
                render: renderer(frames: 2, fraction: { _ in 1 }, label: label)
            ).labels
        }
        #expect(try labels(.centre).allSatisfy { $0 == 1 })
        let majority = try labels(.majority)
        #expect(majority.enumerated().allSatisfy { $1 == ($0 % 32 >= 16 ? 2 : 3) })
    }

    @Test("Fine grids share the origin sample and the field of view", arguments: [32, 33], [1.0, 1.5, 2, 2.3])
    func fineGrids(matrix: Int, oversampling: Double) throws {
        let spread = try PointSpread(coarse: [matrix, matrix], oversampling: oversampling, apodisation: .none)
        let grid = Grid(center: [3, 4, 5], spacingMM: [2, 2, 8], size: [matrix, matrix, 1])
        let fine = spread.fineGrid(grid)
        #expect(
            length(fine.position(fine.size.x / 2, fine.size.y / 2, 0) - grid.position(matrix / 2, matrix / 2, 0)) < 1e-9
        )
        #expect(abs(fine.spacingMM.x * Double(fine.size.x) - 2 * Double(matrix)) < 1e-9)
    }
}

@Suite("Cine protocol")
struct CineProtocolTests {
    @Test("Defaults survive an empty recipe and a round trip")
    func coding() throws {
        let empty = try JSONDecoder().decode(CineProtocol.self, from: Data("{}".utf8))
        #expect(empty == CineProtocol() && empty.matrix == 150)
        let partial = try JSONDecoder().decode(
            CineProtocol.self, from: Data(#"{"profile": {"kind": "gaussian"}}"#.utf8))
        #expect(partial.profile == .gaussian)
        var cine = CineProtocol()
        cine.sliceCount = 12
        cine.profile = .windowedSinc
        cine.labelRule = .majority
        let text = try JSONEncoder().encode(cine)
        #expect(try JSONDecoder().decode(CineProtocol.self, from: text) == cine)
        let keys = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any]).keys
        #expect(keys.contains("slice_thickness_mm") && keys.allSatisfy { $0 == $0.lowercased() })
    }

    @Test("A value out of range is named with its range")
    func ranges() {
        let error = #expect(throws: CineError.self) {
            try JSONDecoder().decode(CineProtocol.self, from: Data(#"{"oversampling": 9}"#.utf8))
        }
        #expect(error?.message == "Expected `oversampling` from 1 to 4, found 9.")
    }

    @Test("A volume shows the on-resonant signal")
    func volumeLayer() {
        let layer = CineProtocol().volumeLayer(tissues: [.myocardium: muscle])
        #expect(layer.offsetMM == 0 && layer.signal[Int(Tissue.fat.rawValue)] == 0)
        #expect(abs(Double(layer.signal[Int(Tissue.myocardium.rawValue)]) - 1000 * cine60.signal(muscle)) < 1e-4)
    }
}
