import Core
import Foundation
import Fourier

/// Times the NUFFT on the data that `Benchmarks/nufft.py` has left in a folder, in turns with its peer.
///
/// Usage: FourierBenchmark FOLDER TOLERANCE THREADS BATCH [Z] Y X. Reads from FOLDER points.f64 (x, y, z each),
/// images.c64 and samples.c64. Each line "forward N" or "adjoint N" on standard input is answered with the seconds of N
/// runs; "save 0" writes the last results to forward.c64 and adjoint.c64.
struct FourierBenchmark {
    let plan: NUFFT
    private let images: [ComplexFloat]
    private let samples: [ComplexFloat]
    private var forward: [ComplexFloat]
    private var adjoint: [ComplexFloat]

    init(folder: URL, tolerance: Double, threads: Int, batch: Int, shape: [Int]) throws {
        let numbers: [Double] = try FourierBenchmark.read(folder.appending(path: "points.f64"))
        let points = stride(from: 0, to: numbers.count, by: 3).map {
            SIMD3(numbers[$0], numbers[$0 + 1], numbers[$0 + 2])
        }
        images = try FourierBenchmark.read(folder.appending(path: "images.c64"))
        samples = try FourierBenchmark.read(folder.appending(path: "samples.c64"))
        plan =
            shape.count == 2
            ? try NUFFT(
                shape: shape, points: points.map { SIMD2($0.x, $0.y) }, batch: batch, tolerance: tolerance,
                threads: threads, planning: .measured)
            : try NUFFT(
                shape: shape, points: points, batch: batch, tolerance: tolerance, threads: threads,
                planning: .measured)
        (forward, adjoint) = (samples, images)
    }

    private static func read<Value>(_ file: URL) throws -> [Value] {
        let data = try Data(contentsOf: file)
        return [Value](unsafeUninitializedCapacity: data.count / MemoryLayout<Value>.stride) { values, count in
            count = data.copyBytes(to: values) / MemoryLayout<Value>.stride
        }
    }

    /// Runs one direction a number of times; seconds of each.
    mutating func time(_ direction: Substring, repeats: Int) -> [Double] {
        (0..<repeats).map { _ in
            let start = ContinuousClock.now
            if direction == "forward" {
                images.withUnsafeBufferPointer { images in
                    forward.withUnsafeMutableBufferPointer { plan.forward(images, into: $0) }
                }
            } else {
                samples.withUnsafeBufferPointer { samples in
                    adjoint.withUnsafeMutableBufferPointer { plan.adjoint(samples, into: $0) }
                }
            }
            return (ContinuousClock.now - start) / .seconds(1)
        }
    }

    /// Leaves the last results in the folder.
    func save(to folder: URL) throws {
        try forward.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "forward.c64"))
        try adjoint.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "adjoint.c64"))
    }
}

let arguments = CommandLine.arguments
guard arguments.count > 6, let tolerance = Double(arguments[2]) else {
    print("usage: FourierBenchmark FOLDER TOLERANCE THREADS BATCH [Z] Y X")
    exit(64)
}
let numbers = arguments.dropFirst(3).compactMap { Int($0) }
let folder = URL(filePath: arguments[1])
var benchmark = try FourierBenchmark(
    folder: folder, tolerance: tolerance, threads: numbers[0], batch: numbers[1], shape: Array(numbers.dropFirst(2)))
print("width \(benchmark.plan.kernelWidth), grid \(benchmark.plan.gridShape.map(String.init).joined(separator: " × "))")
fflush(nil)
while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let repeats = Int(words[1]) else { continue }
    if words[0] == "save" { try benchmark.save(to: folder) }
    print(benchmark.time(words[0], repeats: repeats).map { String(format: "%.6f", $0) }.joined(separator: " "))
    fflush(nil)
}
