import Core
import Datasets
import Foundation
import Learning
import Report
import Storage

/// Carries a protocol out: makes datasets, trains networks, scores methods.
///
/// ```
/// OUT/datasets/NAME/           datasets that recipes make
/// OUT/runs/TASK/METHOD/        trainings
/// OUT/weights/METHOD.safetensors
/// ```
///
/// What is there is not made again, so that a run that was stopped goes on.
public struct BenchmarkRunner {
    /// What happens.
    public enum Event: Sendable {
        /// A dataset is made.
        case generating(dataset: String, patients: Int)
        /// Something happened to a patient of it.
        case generated(Generator.Event)
        /// A network begins to be trained, for so many steps.
        case training(method: String, steps: Int)
        /// Something happened to it.
        case trained(ExperimentRun.Event)
        /// A method was scored on so many patients of all.
        case scored(method: String, patients: Int, of: Int)
    }

    private let bench: BenchmarkProtocol
    private let out: URL
    private let executable: URL?
    private let isStopped: @Sendable () -> Bool
    private let onEvent: @Sendable (Event) -> Void

    /// Prepares a run.
    ///
    /// - Parameter out: folder of everything that is made.
    /// - Parameter executable: path of the program, beside which recipes are looked for.
    public init(
        _ bench: BenchmarkProtocol, in out: URL, executable: URL?,
        isStopped: @escaping @Sendable () -> Bool = { false },
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        (self.bench, self.out, self.executable) = (bench, out, executable)
        (self.isStopped, self.onEvent) = (isStopped, onEvent)
    }

    /// Carries it out.
    ///
    /// - Parameter command: the command line, for the record.
    /// - Throws: what datasets and trainings throw; `interrupted` when `isStopped` says so, and running again goes on.
    public func run(command: String) throws -> BenchmarkResults {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        var results = BenchmarkResults(
            title: bench.name, date: Date(), command: command,
            provenance: Provenance(
                program: "cineforge \(PatientFormat.programVersion)", device: Self.processor, threads: threads,
                seeds: [.init("weights and batches", "\(bench.seed)")]),
            tasks: [], scores: [])
        for part in bench.parts {
            let folder = try dataset(part, threads: threads)
            let data = try TrainingData(folder)
            guard !data.test.isEmpty else {
                throw CineError(
                    .badData,
                    "\(folder.relativePath): expected patients to score on, found none; give the recipe a `split`.")
            }
            let hash = try SHA256.hex(ofFile: DatasetFolder(folder).manifest.path)
            results.provenance.datasets.append(.init(folder.lastPathComponent, hash))
            var scoring = PartScores(part)
            for method in part.methods {
                let trained = try network(of: method, in: part, folder, data, &results)
                if method.isScored { try score(method, trained, data.test, into: &scoring) }
            }
            scoring.add(to: &results)
        }
        return results
    }

    // MARK: - Data

    /// The dataset of a part: that of the folder, or what the recipe makes.
    private func dataset(_ part: BenchmarkProtocol.Part, threads: Int) throws -> URL {
        let given = URL(fileURLWithPath: part.data)
        if FileManager.default.fileExists(atPath: DatasetFolder(given).manifest.path) { return given }
        let file = try RecipeLoader.file(of: part.data, executable: executable)
        let recipe = try RecipeLoader(recipe: file, executable: executable).load(file)
        let url = out.appendingPathComponent("datasets").appendingPathComponent(recipe.name)
        if let manifest = try? Manifest(contentsOf: DatasetFolder(url).manifest), manifest.isComplete,
            manifest.recipeSHA256 == (try? recipe.sha256())
        {
            return url
        }
        var options = Generator.Options()
        (options.threads, options.jobs, options.resume) = (threads, threads, true)
        let generator = Generator(recipe, in: DatasetFolder(url), options: options)
        onEvent(.generating(dataset: recipe.name, patients: try generator.plans().count))
        _ = try generator.run(isStopped: isStopped) { [onEvent] in onEvent(.generated($0)) }
        return url
    }

    // MARK: - Networks

    /// The folder of a method's training.
    private func run(of method: String, in part: BenchmarkProtocol.Part) -> URL {
        out.appendingPathComponent("runs").appendingPathComponent(part.task)
            .appendingPathComponent(Self.fileName(method))
    }

    /// A method's network, trained if need be; nil for one without weights.
    private func network(
        of method: BenchmarkProtocol.Method, in part: BenchmarkProtocol.Part, _ data: URL, _ patients: TrainingData,
        _ results: inout BenchmarkResults
    ) throws -> TrainedNetwork? {
        if let weights = method.weights { return try TrainedNetwork(URL(fileURLWithPath: weights)) }
        var experiment = method.experiment
        experiment.data = data.path
        if let prior = experiment.network.prior, part.methods.contains(where: { $0.name == prior }) {
            experiment.network.prior = run(of: prior, in: part).path
        }
        guard try experiment.task.isTrained(experiment.network) else { return nil }
        let folder = RunFolder(run(of: method.name, in: part))
        let isBegun = FileManager.default.fileExists(atPath: folder.last)
        onEvent(.training(method: method.name, steps: experiment.training.steps))
        let outcome = try ExperimentRun(experiment, in: folder).train(
            resume: isBegun, on: patients, isStopped: isStopped, onEvent: { [onEvent] in onEvent(.trained($0)) })
        let curve = try LossPlot(folder)
        try curve.write()
        results.learningCurves.append(curve.learningCurve(task: part.title, method: method.name))
        let trained = try TrainedNetwork(folder.url)
        let weights = out.appendingPathComponent("weights").appendingPathComponent(
            Self.fileName(method.name) + ".safetensors")
        try FileManager.default.createDirectory(
            at: weights.deletingLastPathComponent(), withIntermediateDirectories: true)
        try trained.write(to: weights.path)
        results.provenance.models.append(
            Provenance.Model(
                method: method.name, weightsSHA256: try SHA256.hex(ofFile: weights.path),
                trainingSeconds: outcome.seconds, parameterCount: outcome.parameters))
        return trained
    }

    /// A name with nothing but letters, digits and hyphens.
    private static func fileName(_ name: String) -> String {
        name.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : $0 == "+" ? "plus" : "-" }.joined()
    }

    // MARK: - Scores

    private func score(
        _ method: BenchmarkProtocol.Method, _ trained: TrainedNetwork?, _ patients: [PatientFile],
        into scores: inout PartScores
    ) throws {
        for (index, patient) in patients.enumerated() {
            if isStopped() {
                throw CineError(.interrupted, "interrupted; the same command goes on with what is finished")
            }
            let result = try method.experiment.task.evaluate(method.experiment.network, trained, on: patient)
            try scores.add(result, of: method.name, patient)
            onEvent(.scored(method: method.name, patients: index + 1, of: patients.count))
        }
    }

    /// The processor's name.
    private static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /model name\s*:\s*(.+)/).map { String($0.1) } ?? "unknown processor"
    }
}

extension TaskSettings {
    /// Whether a method has weights.
    func isTrained(_ network: NetworkSettings) throws -> Bool { try isTrained(task, network) }

    private func isTrained<Task: LearningTask>(_ task: Task, _ network: NetworkSettings) throws -> Bool {
        try task.network(network, seed: 0) != nil
    }

    /// Scores a method on a patient.
    func evaluate(
        _ network: NetworkSettings, _ trained: TrainedNetwork?, on patient: PatientFile
    ) throws -> PatientResult {
        try evaluate(task, network, trained, on: patient)
    }

    private func evaluate<Task: LearningTask>(
        _ task: Task, _ network: NetworkSettings, _ trained: TrainedNetwork?, on patient: PatientFile
    ) throws -> PatientResult {
        try task.evaluate(network, trained?.network(of: task), on: patient)
    }
}
