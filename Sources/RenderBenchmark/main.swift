import Core
import Foundation
import Phantom

/// Times image and labels of the reference patient at new cardiac phases, as `make bench` wants them.
///
/// Usage: RenderBenchmark [threads] [repeats]. Prints JSON: voxels of one volume, and the seconds of each repeat.
/// A repeat is a whole volume at a phase not seen before, from the chambers' volumes to the last voxel.
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let threads = numbers.first ?? 2
let repeats = numbers.dropFirst().first ?? 10

let patient = try Patient(PatientParameters())
let box = patient.landmarks.heartBox
let grid = Grid(center: (box.low + box.high) * 0.5, spacingMM: [1.25, 1.25, 1.25], size: [128, 128, 112])
let signal = Tissue.allCases.map { Float($0.rawValue) * 40 }
let request = RenderRequest(grid: grid, layers: [SampleLayer(signal: signal)])
var image = [Float](repeating: 0, count: grid.count)
var label = [UInt8](repeating: 0, count: grid.count)

/// Renders one volume and returns the seconds it took.
func render(phase: Double) throws -> Double {
    let start = ContinuousClock.now
    let moment = try patient.moment(phase: phase)
    image.withUnsafeMutableBufferPointer { image in
        label.withUnsafeMutableBufferPointer { label in
            patient.render(request, moments: [moment], threads: threads, image: image, label: label)
        }
    }
    return (ContinuousClock.now - start) / .seconds(1)
}

_ = try render(phase: 0)
let seconds = try (0..<repeats).map { try render(phase: (Double($0) + 0.5) / Double(repeats)) }
let list = seconds.map { String(format: "%.6f", $0) }.joined(separator: ", ")
print("{\"voxels\": \(grid.count), \"threads\": \(threads), \"seconds\": [\(list)]}")
