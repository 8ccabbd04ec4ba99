import Foundation
import Testing

@Suite(
    "Training", .serialized,
    .enabled(if: hasEngine, "there is no tensor engine: apt-get install libtorch-dev and build again"))
struct TrainTests {
    private let fixture: TrainingFixture

    init() throws { fixture = try TrainingFixture() }

    // MARK: - Stopping

    @Test("Interrupted, it exits with 75 and goes on to the same log, byte for byte but for the time")
    func interrupted() throws {
        let expected = try TrainingFixture.straight.get()
        #expect(expected.curve.count == 123)
        for (signal, lines) in [(SIGTERM, 12), (SIGINT, 60)] {
            let process = try Program.start(fixture.arguments("stopped"), in: fixture.folder.url)
            while try fixture.curve("stopped").count < lines, process.isRunning {
                Thread.sleep(forTimeInterval: 0.001)
            }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 75)
            let errors = try String(contentsOf: fixture.folder("errors"), encoding: .utf8)
            #expect(errors.contains("add --resume"))
            // Nothing that was learnt is lost.
            let found = try fixture.curve("stopped")
            #expect(found.count >= lines && found == Array(expected.curve.prefix(found.count)))
            #expect(try fixture.checkpoint("stopped", "last").step == found.count { !$0.contains("validation") })
            #expect(FileManager.default.fileExists(atPath: fixture.file("stopped", "loss.svg").path))
        }
        try fixture.expectStraight("stopped")
        // There is nothing left to do, and nothing is done.
        try fixture.expectStraight("stopped")
    }

    @Test("Killed at random moments, it leaves checkpoints that open, and goes on to the same losses")
    func kills() throws {
        var kills = 0
        var steps: Set<Int> = []
        for round in 0..<20 where kills < 20 {
            let run = "killed-\(round)"
            for _ in 0..<5 where kills < 20 {
                // Lines of steps that no checkpoint holds are there from the beginning, so that some are killed early.
                let lines = try min(110, fixture.curve(run).count + .random(in: -5...25))
                let process = try Program.start(fixture.arguments(run), in: fixture.folder.url)
                while try fixture.curve(run).count < lines, process.isRunning {
                    Thread.sleep(forTimeInterval: .random(in: 0...0.01))
                }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                guard process.terminationReason == .uncaughtSignal else { break }
                kills += 1
                for name in ["last", "best"]
                where FileManager.default.fileExists(atPath: fixture.file(run, name + ".safetensors").path) {
                    steps.insert(try fixture.checkpoint(run, name).step)
                }
            }
            try fixture.expectStraight(run)
        }
        #expect(kills == 20 && steps.count > 3)
    }

    @Test(
        "On a full disk it says so, and goes on once there is space",
        .enabled(if: Disk.canBeMade, "no disk can be mounted here"), arguments: [12, 24])
    func fullDisk(kilobytes: Int) throws {
        let disk = Disk(kilobytes: kilobytes, at: fixture.folder("run"), keeping: fixture.folder("kept"))
        let full = try Program.run(fixture.arguments("run"), launcher: disk.launcher)
        #expect(full.status == 74, "\(full.errors)")
        #expect(full.errors.contains("No space left") && full.errors.contains("Free some space"), "\(full.errors)")
        let step = try fixture.checkpoint("kept", "last").step
        // The second checkpoint does not fit, or what is written much later.
        #expect(kilobytes == 12 ? step == 0 : step > 0 && step.isMultiple(of: 7))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder("kept").path)
        #expect(!names.contains { $0.contains("partial") }, "\(names)")
        try fixture.expectStraight("kept")
    }

    // MARK: - Mistakes

    @Test("Each mistake has its code, and a message that says what to do")
    func mistakes() throws {
        func expect(
            _ status: Int32, _ says: String..., location: SourceLocation = #_sourceLocation,
            _ run: () throws -> Program.Outcome
        ) throws {
            let outcome = try run()
            #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
            for words in says {
                #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: location)
            }
            #expect(outcome.output.isEmpty, sourceLocation: location)
        }
        let folder = fixture.folder
        try expect(66, "nothing to resume", "Leave --resume out") { try fixture.train("none", "--resume") }
        #expect(!FileManager.default.fileExists(atPath: folder("none").path))
        try expect(66, "no manifest.json", "cineforge generate") {
            try fixture.train("none", "--set", "data=/nowhere")
        }
        try expect(66, "nowhere.yml") { try Program.run(["train", "nowhere.yml", "--out", folder("none").path]) }
        try expect(64, "key=value") { try fixture.train("none", "--set", "seed") }
        try expect(65, "at least 9 samples", "found 4", "smaller batch") {
            try fixture.train("none", "--set", "training.batch_size=9")
        }
        try expect(65, "network.kind", "zero-filled has no weights") {
            try fixture.train("none", "--set", "reconstruction.network={kind: zero-filled}")
        }
        #expect(!FileManager.default.fileExists(atPath: folder("none").path))
        try FileManager.default.createDirectory(at: folder("full"), withIntermediateDirectories: true)
        try "x".write(to: folder("full/thesis.tex"), atomically: true, encoding: .utf8)
        try expect(73, "found thesis.tex", "another folder") { try fixture.train("full") }

        try fixture.write(fixture.text.replacingOccurrences(of: "width: 2", with: "widht: 2"))
        try expect(65, "experiment.yml:7", "`widht`", "did you mean `width`") { try fixture.train("wrong") }
        try fixture.write(fixture.text.replacingOccurrences(of: "reconstruction:", with: "unknown:"))
        try expect(65, "experiment.yml:4", "unknown key `unknown`") { try fixture.train("wrong") }

        try fixture.write(fixture.text.replacingOccurrences(of: "steps: 120", with: "steps: 3"))
        #expect(try fixture.train("run").status == 0)
        try expect(73, "Add --resume") { try fixture.train("run") }
        for change in ["reconstruction.network.width=3", "seed=2"] {
            try expect(65, "is of another training", "choose another folder") {
                try fixture.train("run", "--resume", "--set", change)
            }
        }
    }

    @Test("Without the tensor engine it says which package to install")
    func noEngine() throws {
        let outcome = try fixture.train("none", environment: ["CINEFORGE_TORCH": "/nonexistent"])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("apt-get install libtorch-dev"), "\(outcome.errors)")
        #expect(outcome.errors.contains("/nonexistent"))
    }

    // MARK: - Use

    @Test("A benchmark leaves its files; a training's folder and the weights of it predict the same")
    func predict() throws {
        let folder = fixture.folder
        let text = """
            version: 1
            name: tiny
            reconstruction:
              data: \(fixture.data)
              accelerations: [2]
              training: {steps: 3, batch_size: 2}
              methods: [{kind: zero-filled}, {kind: dc-cnn, width: 2, depth: 2, cascades: 1}]
            """
        try text.write(to: folder("bench.yml"), atomically: true, encoding: .utf8)
        let bench = try Program.run(["benchmark", folder("bench.yml").path, "--out", folder("bench").path])
        #expect(bench.status == 0 && bench.output.contains("report.html"), "\(bench.errors)")
        for name in ["report.html", "results.csv", "results.json"] {
            #expect(FileManager.default.fileExists(atPath: folder("bench/\(name)").path))
        }
        let images = try ["runs/reconstruction/dc-cnn", "weights/dc-cnn.safetensors"].map { trained in
            let outcome = try Program.run([
                "predict", folder("bench/\(trained)").path, fixture.data + "/patients/p000003.h5", "--out",
                folder("images.h5").path,
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try Data(contentsOf: folder("images.h5"))
        }
        #expect(images[0] == images[1] && images[0].count > 2 * 3 * 32 * 32 * 12)
        let nothing = try Program.run(["predict", folder("none").path, "x.h5", "--out", folder("x.h5").path])
        #expect(nothing.status == 66 && nothing.errors.contains("cineforge train"))
    }
}
