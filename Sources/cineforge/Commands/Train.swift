import ArgumentParser
import Core
import Datasets
import Evaluation
import Foundation
import Learning
import Report
import Storage

/// Trains a network.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network on a dataset, as an experiment says.",
        discussion: """
            EXAMPLES
              cineforge generate learning --out out/learning
              cineforge train experiments/dc-cnn.yml --out out/dc-cnn --set data=out/learning
              cineforge train experiments/dc-cnn.yml --out out/dc-cnn --set data=out/learning --resume

            The folder then holds experiment.json, log.jsonl, loss.svg, and the weights
            last.safetensors and best.safetensors. With the same machine and number of
            threads, stopping and resuming changes no digit of the loss.
            """)

    @Argument(help: "Experiment: a file (YAML).") var experiment: String
    @Option(help: ArgumentHelp("Folder of the training; made if it is not there.", valueName: "run")) var out: String
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change a key: training.steps=500, data=out/mine. Repeatable.", valueName: "key=value"))
    var overrides: [String] = []
    @Flag(help: "Go on from the last checkpoint.") var resume = false
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let experiment = try Experiment(contentsOf: URL(fileURLWithPath: experiment), overrides: overrides)
        let folder = RunFolder(URL(fileURLWithPath: out))
        let interruption = Interruption()
        let progress = TrainingProgress(name: experiment.name, steps: experiment.training.steps)
        let result = Result {
            try ExperimentRun(experiment, in: folder).train(
                resume: resume, isStopped: { interruption.isWanted }, onEvent: { progress.take($0) })
        }
        progress.close()
        // What was learnt until an interruption is worth a look, too.
        try? LossPlot(folder).write()
        show(try result.get(), folder)
    }

    private func show(_ outcome: ExperimentRun.Outcome, _ folder: RunFolder) {
        guard !json else {
            return Terminal.print(
                .object([
                    "run": .string(out), "steps": .integer(outcome.steps),
                    "seconds": .number((outcome.seconds * 100).rounded() / 100),
                    "parameters": .integer(outcome.parameters),
                    "best_step": outcome.best.map { .integer($0.step) } ?? .null,
                    "best_score": outcome.best.map { .number($0.score) } ?? .null,
                    "stopped_early": .bool(outcome.isStoppedEarly), "stall": .number(outcome.stall),
                ]))
        }
        let best = outcome.best.map { "; best validation \(Words.number($0.score)) after \($0.step)" } ?? ""
        Terminal.print(
            "\(out): \(Words.count(outcome.steps, "step")) in \(Words.duration(outcome.seconds))"
                + (outcome.isStoppedEarly ? ", stopped early" : "") + best)
        Terminal.print("curve      \(out)/loss.svg")
        Terminal.print("use it     cineforge predict \(out) FILE --out FILE")
    }
}
