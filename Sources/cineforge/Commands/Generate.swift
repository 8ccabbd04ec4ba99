import ArgumentParser
import Core
import Datasets
import Foundation

/// Makes a dataset.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a dataset from a recipe.",
        discussion: """
            EXAMPLES
              cineforge generate demo --out out/demo
              cineforge generate demo --out out/demo --resume
              cineforge generate mine.yml --out out/mine --set frames=50

            The bytes of a patient depend on recipe and seed alone, not on --jobs,
            --only or --resume. Under Slurm arrays, srun or mpirun each process makes
            its share, and the last one completes the manifest.
            """)

    @OptionGroup var source: RecipeOptions
    @Option(help: ArgumentHelp("Folder of the dataset; made if it is not there.", valueName: "dir")) var out: String
    @Option(help: ArgumentHelp("Patients at a time (default: one for each core).", valueName: "n")) var jobs: Int?
    @Option(help: ArgumentHelp("Make this patient only, as p000002. Repeatable.", valueName: "id")) var only: [String] =
        []
    @Flag(help: "Tell time, memory and disk space, and make nothing.") var dryRun = false
    @Flag(help: "Go on with what is in the folder.") var resume = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs \(jobs): expected 1 to 1024") }
    }

    func run() throws {
        let recipe = try source.load()
        let environment = ProcessInfo.processInfo.environment
        var options = Generator.Options()
        options.threads =
            environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) } ?? ProcessInfo.processInfo.activeProcessorCount
        options.jobs = jobs ?? options.threads
        options.only = only
        options.resume = resume
        options.shard = Shard(environment: environment)
        let folder = DatasetFolder(URL(fileURLWithPath: out))
        let generator = Generator(recipe, in: folder, options: options)
        if dryRun {
            try show(Estimate(recipe, plans: generator.plans(), jobs: options.jobs, threads: options.threads))
        } else {
            try make(generator)
        }
    }

    private func make(_ generator: Generator) throws {
        let interruption = Interruption()
        let progress = ProgressBar(total: try generator.plans().count)
        let start = ContinuousClock.now
        let result = Result {
            try generator.run(isStopped: { interruption.isWanted }, onEvent: { progress.take($0) })
        }
        progress.close()
        let manifest = try result.get()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let bytes = manifest.patients.reduce(0) { $0 + $1.bytes }
        if json {
            Terminal.print(
                .object([
                    "recipe_sha256": .string(manifest.recipeSHA256), "complete": .bool(manifest.isComplete),
                    "seconds": .number((seconds * 100).rounded() / 100), "bytes": .integer(bytes),
                    "patients": try JSONValue(encoding: manifest.patients),
                ]))
        } else {
            Terminal.print(
                "\(out): \(Words.count(manifest.patients.count, "patient")), \(Words.bytes(bytes)), "
                    + "made in \(Words.duration(seconds)); cineforge inspect \(out) shows what is in it")
        }
    }

    private func show(_ estimate: Estimate) {
        guard !json else {
            return Terminal.print(
                .object([
                    "patients": .integer(estimate.patients), "seconds": .number(estimate.seconds.rounded()),
                    "memory_bytes": .integer(estimate.memoryBytes), "disk_bytes": .integer(estimate.diskBytes),
                    "disk_free_bytes": Estimate.freeBytes(at: out).map { .integer($0) } ?? .null,
                ]))
        }
        let free = Estimate.freeBytes(at: out).map { " (\(Words.bytes($0)) free)" } ?? ""
        for row in Terminal.table([
            ["patients", "\(estimate.patients)"], ["time", "about " + Words.duration(estimate.seconds)],
            ["memory", "about " + Words.bytes(estimate.memoryBytes)],
            ["disk", "about " + Words.bytes(estimate.diskBytes) + free],
        ]) { Terminal.print(row) }
    }
}
