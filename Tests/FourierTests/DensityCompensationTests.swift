import ComplexModule
import Core
import Foundation
import Testing

@testable import Fourier

@Suite("Density compensation")
struct DensityCompensationTests {
    /// Samples half a cycle apart along each spoke, out to `size` / 2.
    private func radii(size: Int) -> [Double] { (0..<2 * size).map { Double($0 - size) / 2 } }

    private func spokes(_ angles: [Double], _ radii: [Double]) -> [SIMD2<Double>] {
        angles.flatMap { angle in radii.map { SIMD2($0 * cos(angle), $0 * sin(angle)) } }
    }

    private let golden = Double.pi / ((1 + 5.0.squareRoot()) / 2)

    @Test("Even spokes get the ramp")
    func evenSpokes() {
        let radii = radii(size: 16)
        let weights = DensityCompensation.radial(angles: (0..<50).map { .pi * Double($0) / 50 }, radii: radii)
        for (index, weight) in weights.enumerated() {
            let k = abs(radii[index % radii.count])
            // w = π |k| Δk / L, and π Δk² / (4 L) at the centre, with Δk = 1/2 and L = 50.
            let expected = k == 0 ? Double.pi * 0.25 / 4 / 50 : Double.pi * k * 0.5 / 50
            #expect(abs(Double(weight) - expected) < 1e-6 * expected)
        }
    }

    @Test("Weights add up to the disc's area, whatever the angles")
    func totalArea() {
        // The disc's edge is half a sample beyond the outermost sample on either side.
        let radii = radii(size: 16)
        let area = Double.pi * (pow(8.25, 2) + pow(7.75, 2)) / 2
        let sets = [(0..<33).map { Double($0) * golden }, [0], [0, 0, 0.1], [0.3, -2, 9]]
        for angles in sets {
            let sum = DensityCompensation.radial(angles: angles, radii: radii).reduce(0.0) { $0 + Double($1) }
            #expect(abs(sum / area - 1) < 1e-5)
        }
        #expect(DensityCompensation.radial(angles: [], radii: radii).isEmpty)
        #expect(DensityCompensation.radial(angles: [0], radii: []).isEmpty)
    }

    @Test("A spoke's weight is half the angle between its neighbours")
    func unevenSpokes() {
        let weights = DensityCompensation.radial(angles: [0, 0.1 + .pi, 0.4], radii: [-1, 0, 1])
        let sectors = [(0.1 + (.pi - 0.4)) / 2, 0.2, (0.3 + (.pi - 0.4)) / 2]
        for (index, sector) in sectors.enumerated() { #expect(abs(Double(weights[3 * index + 2]) / sector - 1) < 1e-6) }
    }

    @Test("The point spread of weighted, fully sampled spokes is near that of a disc")
    func pointSpread() throws {
        let size = 48
        let radii = radii(size: size)
        let angles = (0..<120).map { Double($0) * golden }
        let plan = try NUFFT(shape: [size, size], points: spokes(angles, radii), tolerance: 1e-5)
        let weights = DensityCompensation.radial(angles: angles, radii: radii).map { ComplexFloat($0, 0) }
        // Divided by √(XY) it is the image of a point of 1 at the centre.
        let spread = plan.adjoint(weights).map { $0.real / Float(size) }
        let centre = size / 2 * size + size / 2
        // A disc fills π/4 of the square: the rest is 1 − π/4 lower.
        #expect(abs(spread[centre] - Float.pi / 4) < 0.01)
        for (index, value) in spread.enumerated() {
            let x = Double(index % size - size / 2)
            let y = Double(index / size - size / 2)
            let r = 2 * Double.pi * (x * x + y * y).squareRoot() / Double(size) * Double(size) / 2
            // The disc's own transform, π (N/2)² · 2 J₁(r) / r over N².
            let expected = r == 0 ? Double.pi / 4 : Double.pi / 4 * 2 * j1(r) / r
            #expect(abs(Double(value) - expected) < 0.01)
        }
    }

    @Test("Pipe and Menon's weights approach the ramp of evenly spread spokes")
    func pipeMenonOfSpokes() {
        let size = 32
        let radii = radii(size: size)
        let angles = (0..<100).map { .pi * Double($0) / 100 }
        let ramp = DensityCompensation.radial(angles: angles, radii: radii)
        let weights = DensityCompensation.pipeMenon(shape: [size, size], points: spokes(angles, radii))
        var ratios = [Float]()
        for index in weights.indices {
            let k = abs(radii[index % radii.count])
            if k > 2 && k < 12 { ratios.append(weights[index] / ramp[index]) }
        }
        let mean = ratios.reduce(0, +) / Float(ratios.count)
        let spread = (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(ratios.count)).squareRoot()
        #expect(abs(mean - 1) < 0.02)
        #expect(spread < 0.03)
    }

    @Test("Pipe and Menon's weights of whole numbers are 1", arguments: [[16, 20], [8, 9, 10]])
    func pipeMenonOfGrid(shape: [Int]) {
        let sizes = Array(shape.reversed())
        let depth = sizes.count == 3 ? sizes[2] : 1
        let points = (0..<shape.reduce(1, *)).map { index in
            SIMD3(
                Double(index % sizes[0] - sizes[0] / 2), Double(index / sizes[0] % sizes[1] - sizes[1] / 2),
                Double(index / (sizes[0] * sizes[1]) - depth / 2))
        }
        let weights =
            shape.count == 2
            ? DensityCompensation.pipeMenon(shape: shape, points: points.map { SIMD2($0.x, $0.y) })
            : DensityCompensation.pipeMenon(shape: shape, points: points)
        // k-space wraps around, so that no point lies at an edge.
        for weight in weights { #expect(abs(weight - 1) < 1e-3) }
    }
}
