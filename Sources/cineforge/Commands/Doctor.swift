import ArgumentParser
import Core
import Datasets
import Foundation
import Storage

/// Looks at the machine.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check that this machine can make datasets.")

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let memory = Int(ProcessInfo.processInfo.physicalMemory)
        let disk = Estimate.freeBytes(at: ".") ?? 0
        var rows = [
            ["cores", "\(cores)", cores > 1 ? "" : "one patient at a time"],
            ["memory", Words.bytes(memory), memory > 2_000_000_000 ? "" : "make small recipes with --jobs 1"],
            ["disk here", Words.bytes(disk), disk > 1_000_000_000 ? "" : "little space; give --out another disk"],
        ]
        let trial = Result { try Doctor.tryFiles() }
        rows.append(["HDF5 files", Doctor.word(trial), Doctor.remedy(trial)])
        rows.append([
            "terminal", Terminal.isInteractive ? "yes" : "no", Terminal.isInteractive ? "" : "progress comes as lines",
        ])
        for row in Terminal.table(rows) { Terminal.print(row) }
        if case .failure(let error) = trial { throw error }
    }

    /// Writes, reads and removes a file here.
    private static func tryFiles() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(getpid()).h5").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try HDF5File.write(to: path) { try $0.makeDataset("x", .float32, shape: [4]).write([1, 2, 3, 4] as [Float]) }
        let values: [Float] = try HDF5File.open(path).root.dataset("x").read()
        guard values == [1, 2, 3, 4] else { throw CineError(.inputOutput, "HDF5 does not read back what it wrote") }
    }

    private static func word(_ trial: Result<Void, any Error>) -> String {
        if case .success = trial { "yes" } else { "no" }
    }

    private static func remedy(_ trial: Result<Void, any Error>) -> String {
        if case .failure = trial { "check libhdf5 and the temporary folder" } else { "" }
    }
}
