import Core
import Foundation
import Fourier

/// `bart pics` in a folder of its own.
struct BartPeer {
    let folder: URL
    let threads: Int

    /// Writes an array whose first dimensions are these, fastest first; frames are dimension 10.
    func write(_ values: [ComplexFloat], _ dimensions: [Int], frames: Int, as name: String) throws {
        let file = folder.appendingPathComponent(name)
        let sizes = dimensions + [Int](repeating: 1, count: 10 - dimensions.count) + [frames] + [1, 1, 1, 1, 1]
        try "# Dimensions\n\(sizes.map(String.init).joined(separator: " "))\n".write(
            to: file.appendingPathExtension("hdr"), atomically: true, encoding: .utf8)
        try values.withUnsafeBytes { Data($0) }.write(to: file.appendingPathExtension("cfl"))
    }

    /// Its images by CG-SENSE, and the seconds from its start to its end.
    func reconstruct(iterations: Int, options: [String]) throws -> (images: [ComplexFloat], seconds: Double) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["bart", "pics", "-S", "-l2", "-r0", "-i\(iterations)"] + options + ["kspace", "maps", "image"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OMP_NUM_THREADS": "\(threads)"], uniquingKeysWith: { $1 })
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard process.terminationStatus == 0 else {
            throw CineError(.noInput, "bart ended with \(process.terminationStatus); install it: apt-get install bart.")
        }
        let data = try Data(contentsOf: folder.appendingPathComponent("image.cfl"))
        return (data.withUnsafeBytes { Array($0.bindMemory(to: ComplexFloat.self)) }, seconds)
    }
}
