import Core
import Foundation
import Phantom

/// Times image and labels of the reference patient at new cardiac phases, for `make bench`.
///
/// Usage: RenderBenchmark [threads] [repeats]. Prints JSON: voxels of one volume, and the seconds of each repeat.
/// A repeat is a whole volume at a phase not seen before, from the chambers' volumes to the last voxel.
struct RenderBenchmark {
    let patient: Patient
    let request: RenderRequest
    let threads: Int

    init(threads: Int) throws {
        patient = try Patient(PatientParameters())
        let box = patient.landmarks.heartBox
        let grid = Grid(center: (box.low + box.high) * 0.5, spacingMM: [1.25, 1.25, 1.25], size: [128, 128, 112])
        let signal = Tissue.allCases.map { Float($0.rawValue) * 40 }
        request = RenderRequest(grid: grid, layers: [SampleLayer(signal: signal)])
        self.threads = threads
    }

    /// Renders one volume and returns the seconds it took.
    func render(phase: Double, _ image: inout [Float], _ label: inout [UInt8]) throws -> Double {
        let start = ContinuousClock.now
        let moment = try patient.moment(phase: phase, threads: threads)
        image.withUnsafeMutableBufferPointer { image in
            label.withUnsafeMutableBufferPointer { label in
                patient.render(request, moments: [moment], threads: threads, image: image, label: label)
            }
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// Renders once to warm up, then `repeats` volumes, and prints their times.
    func run(repeats: Int) throws {
        var image = [Float](repeating: 0, count: request.grid.count)
        var label = [UInt8](repeating: 0, count: request.grid.count)
        _ = try render(phase: 0, &image, &label)
        let seconds = try (0..<repeats).map {
            try render(phase: (Double($0) + 0.5) / Double(repeats), &image, &label)
        }
        let list = seconds.map { String(format: "%.6f", $0) }.joined(separator: ", ")
        print("{\"voxels\": \(request.grid.count), \"threads\": \(threads), \"seconds\": [\(list)]}")
    }
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
try RenderBenchmark(threads: numbers.first ?? 2).run(repeats: numbers.dropFirst().first ?? 10)
