import ArgumentParser
import Core
import Datasets
import Foundation
import Storage

/// Looks at the machine.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check that this machine can make datasets.")

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let memory = Int(ProcessInfo.processInfo.physicalMemory)
        let disk = Estimate.freeBytes(at: ".")
        let trial = Result { try Doctor.tryFiles() }
        let isFine = if case .success = trial { true } else { false }
        if json {
            Terminal.print(
                .object([
                    "ok": .bool(isFine), "cores": .integer(cores), "memory_bytes": .integer(memory),
                    "disk_free_bytes": disk.map { .integer($0) } ?? .null, "hdf5": .bool(isFine),
                    "terminal": .bool(Terminal.isInteractive),
                ]))
        } else {
            let rows = [
                ["cores", "\(cores)", cores > 1 ? "" : "one patient at a time"],
                ["memory", Words.bytes(memory), memory > 2_000_000_000 ? "" : "make small recipes with --jobs 1"],
                [
                    "disk here", disk.map { Words.bytes($0) } ?? "unknown",
                    disk ?? 0 > 1_000_000_000 ? "" : "little space; give --out another disk",
                ],
                ["HDF5 files", isFine ? "yes" : "no", isFine ? "" : "check libhdf5 and the temporary folder"],
                [
                    "terminal", Terminal.isInteractive ? "yes" : "no",
                    Terminal.isInteractive ? "" : "progress comes as lines",
                ],
            ]
            for row in Terminal.table(rows) { Terminal.print(row) }
        }
        try trial.get()
    }

    /// Writes, reads and removes a file here.
    private static func tryFiles() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(getpid()).h5").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try HDF5File.write(to: path) { try $0.makeDataset("x", .float32, shape: [4]).write([1, 2, 3, 4] as [Float]) }
        let values: [Float] = try HDF5File.open(path).root.dataset("x").read()
        guard values == [1, 2, 3, 4] else { throw CineError(.inputOutput, "HDF5 does not read back what it wrote") }
    }
}
