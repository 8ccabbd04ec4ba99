import Core
import Foundation
import Fourier

func noise(_ count: Int, seed: UInt64) -> [ComplexFloat] {
    var draws = Philox(seed: seed, patient: 0, stage: .imageNoise)
    return (0..<count).map { _ in ComplexFloat(Float(draws.normal()), Float(draws.normal())) }
}

func check(_ name: String, shape: [Int], points: [SIMD3<Double>], batch: Int, tolerance: Double, repeats: Int) throws {
    var best = ContinuousClock.now
    let plan =
        shape.count == 2
        ? try NUFFT(shape: shape, points: points.map { SIMD2($0.x, $0.y) }, batch: batch, tolerance: tolerance, threads: 2, planning: .measured)
        : try NUFFT(shape: shape, points: points, batch: batch, tolerance: tolerance, threads: 2, planning: .measured)
    print(name, "plan", (ContinuousClock.now - best) / .milliseconds(1), plan.kernelWidth, plan.gridShape)
    let x = noise(plan.domainCount, seed: 1)
    let y = noise(plan.rangeCount, seed: 2)
    var gx = y
    var gy = x
    var times = [[Double]](repeating: [], count: 2)
    for _ in 0..<repeats {
        best = .now
        x.withUnsafeBufferPointer { a in gx.withUnsafeMutableBufferPointer { b in plan.forward(a, into: b) } }
        times[0].append((ContinuousClock.now - best) / .milliseconds(1))
        best = .now
        y.withUnsafeBufferPointer { a in gy.withUnsafeMutableBufferPointer { b in plan.adjoint(a, into: b) } }
        times[1].append((ContinuousClock.now - best) / .milliseconds(1))
    }
    print("type 2", times[0].sorted()[repeats / 2], times[0].min() ?? 0, "type 1", times[1].sorted()[repeats / 2], times[1].min() ?? 0)
    var error = 0.0
    var norm = 0.0
    let size = SIMD3<Double>(Double(shape[shape.count - 1]), Double(shape[shape.count - 2]), shape.count == 3 ? Double(shape[0]) : 1)
    let count = shape.reduce(1, *)
    for index in stride(from: 0, to: points.count, by: points.count / 40) {
        var sum = ComplexDouble.zero
        let k = points[index] / size
        var place = 0
        for z in 0..<Int(size.z) {
            for y in 0..<Int(size.y) {
                for i in 0..<Int(size.x) {
                    let p = SIMD3(Double(i - Int(size.x) / 2), Double(y - Int(size.y) / 2), Double(z - Int(size.z) / 2))
                    sum += ComplexDouble(Double(x[place].real), Double(x[place].imaginary)) * ComplexDouble(length: 1, phase: -2 * .pi * (k * p).sum())
                    place += 1
                }
            }
        }
        sum = sum * ComplexDouble(1 / Double(count).squareRoot(), 0)
        let got = ComplexDouble(Double(gx[index].real), Double(gx[index].imaginary))
        error += (got - sum).lengthSquared
        norm += sum.lengthSquared
    }
    print("error", (error / norm).squareRoot())
}

var draws = Philox(seed: 1, patient: 0, stage: .recipe)
let golden = Double.pi / ((1 + 5.0.squareRoot()) / 2)
let spokes = (0..<200 * 384).map { i -> SIMD3<Double> in
    let r = (Double(i % 384) - 192) / 2
    let a = Double(i / 384) * golden
    return SIMD3(r * cos(a), r * sin(a), 0)
}
let random = (0..<1_000_000).map { _ in SIMD3(draws.uniform() - 0.5, draws.uniform() - 0.5, draws.uniform() - 0.5) * 96 }
let tolerance = CommandLine.arguments.count > 1 ? Double(CommandLine.arguments[1]) ?? 1e-4 : 1e-4
let only = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : ""
if only != "3" {try check("2D", shape: [192, 192], points: spokes, batch: 8, tolerance: tolerance, repeats: 200)
}
if only != "2" {try check("3D", shape: [96, 96, 96], points: random, batch: 1, tolerance: tolerance, repeats: 10)
}
