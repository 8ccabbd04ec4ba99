import ArgumentParser
import Core
import Datasets
import Foundation

/// Checks a dataset.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every hash, shape, range and consistency of a dataset.",
        discussion: """
            Exit code 65 when anything is wrong; each line names the file, the place
            in it, and what was expected.
            """)

    @Argument(help: "Folder of the dataset.") var dataset: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let interruption = Interruption()
        let monitor = WorkMonitor(isStopped: { interruption.isWanted })
        let result = try Verification(
            DatasetFolder(URL(fileURLWithPath: dataset)), threads: ProcessInfo.processInfo.activeProcessorCount,
            monitor: monitor)
        if json {
            let problems = result.problems.map {
                JSONValue.object(["place": .string($0.place), "message": .string($0.message)])
            }
            Terminal.print(
                .object([
                    "ok": .bool(problems.isEmpty), "patients": .integer(result.patients),
                    "bytes": .integer(result.bytes),
                    "problems": .array(problems),
                ]))
        } else {
            for problem in result.problems { Terminal.print("\(problem.place): \(problem.message)") }
        }
        guard result.problems.isEmpty else {
            throw CineError(.badData, "\(dataset): \(Words.count(result.problems.count, "problem"))")
        }
        if !json {
            Terminal.print(
                "\(dataset): \(Words.count(result.patients, "patient")), \(Words.bytes(result.bytes)), all right")
        }
    }
}
