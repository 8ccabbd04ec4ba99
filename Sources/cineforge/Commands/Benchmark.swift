import ArgumentParser
import Core
import Datasets
import Evaluation
import Foundation
import Report

/// Compares methods.
struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train and compare methods, as a protocol says, and write a report.",
        discussion: """
            EXAMPLES
              cineforge benchmark demo --out out/bench
              cineforge benchmark mine.yml --out out/mine --set reconstruction.training.steps=500

            The folder then holds report.html, results.csv, results.json, and the datasets,
            trainings and weights that were made for it. The same command again goes on
            with what is there.
            """)

    @Argument(help: "Protocol: a file (YAML), or the name of one that came along, as demo.") var `protocol`: String
    @Option(help: ArgumentHelp("Folder of everything that is made.", valueName: "dir")) var out: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a key: seed=2, segmentation.training.steps=500. Repeatable.", valueName: "key=value")
    )
    var overrides: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let executable = Bundle.main.executableURL
        let file = try RecipeLoader.file(of: self.protocol, in: "protocols", executable: executable)
        let bench = try BenchmarkProtocol(contentsOf: file, overrides: overrides)
        let interruption = Interruption()
        let progress = BenchmarkProgress()
        let runner = BenchmarkRunner(
            bench, in: URL(fileURLWithPath: out), executable: executable, isStopped: { interruption.isWanted },
            onEvent: { progress.take($0) })
        let result = Result { try runner.run(command: command) }
        progress.close()
        let report = try BenchmarkReport(result.get())
        try report.write(to: out)
        guard !json else { return Terminal.write(try report.json(), to: .standardOutput) }
        Terminal.print(report.terminalTable)
        Terminal.print("report     \(out)/report.html")
        Terminal.print("numbers    \(out)/results.csv, \(out)/results.json")
    }

    /// The command line, as it can be typed again.
    private var command: String {
        (["cineforge", "benchmark", self.protocol, "--out", out] + overrides.flatMap { ["--set", $0] })
            .joined(separator: " ")
    }
}
