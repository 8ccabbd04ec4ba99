import Core
import Foundation
@testable import Fourier

func cpu() -> Double {
    var t = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
    return Double(t.tv_sec) * 1e3 + Double(t.tv_nsec) * 1e-6
}

func tune(_ name: String, image: [Int], points: [SIMD3<Double>], batch: Int, tolerance: Double, repeats: Int) throws {
    var plans: [NUFFT] = []
    for w in only {
        if let p = try? NUFFT(shape: image, axes: image.count, count: points.count, batch: batch, tolerance: tolerance, threads: threads, planning: .measured, widths: w...w, point: { let p = points[$0]; return SIMD3(p.z, p.y, p.x) }) { plans.append(p) }
    }
    let x = [ComplexFloat](repeating: ComplexFloat(1, 0.5), count: plans[0].domainCount)
    let y = [ComplexFloat](repeating: ComplexFloat(1, 0.5), count: plans[0].rangeCount)
    var gx = y, gy = x
    var t = [[[Double]]](repeating: [[], []], count: plans.count)
    for _ in 0..<repeats {
        for (i, plan) in plans.enumerated() {
            var s = cpu()
            x.withUnsafeBufferPointer { a in gx.withUnsafeMutableBufferPointer { b in plan.forward(a, into: b) } }
            t[i][0].append(cpu() - s)
            s = cpu()
            y.withUnsafeBufferPointer { a in gy.withUnsafeMutableBufferPointer { b in plan.adjoint(a, into: b) } }
            t[i][1].append(cpu() - s)
        }
    }
    for (i, plan) in plans.enumerated() {
        print(name, tolerance, plan.kernelWidth, plan.gridShape, "t2", t[i][0].sorted()[repeats / 2], t[i][0].min()!, "t1", t[i][1].sorted()[repeats / 2], t[i][1].min()!)
    }
}
let only = CommandLine.arguments.count > 3 ? 6...6 : 3...8
var draws = Philox(seed: 1, patient: 0, stage: .recipe)
let golden = Double.pi / ((1 + 5.0.squareRoot()) / 2)
let spokes = (0..<200 * 384).map { i -> SIMD3<Double> in
    let r = (Double(i % 384) - 192) / 2
    let a = Double(i / 384) * golden
    return SIMD3(r * cos(a), r * sin(a), 0)
}
let random = (0..<1_000_000).map { _ in SIMD3(draws.uniform() - 0.5, draws.uniform() - 0.5, draws.uniform() - 0.5) * 96 }
let tolerance = CommandLine.arguments.count > 1 ? Double(CommandLine.arguments[1]) ?? 1e-4 : 1e-4
let threads = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 2 : 2
try tune("2Dx8", image: [192, 192], points: spokes, batch: 8, tolerance: tolerance, repeats: 40)
if CommandLine.arguments.count > 3 { exit(0) }
try tune("2Dx1", image: [192, 192], points: spokes, batch: 1, tolerance: tolerance, repeats: 40)
try tune("3Dx1", image: [96, 96, 96], points: random, batch: 1, tolerance: tolerance, repeats: 7)
