import Datasets
import Foundation
import Storage
import Testing

/// The hash of every patient file of a dataset, by name; also of what no manifest lists.
private func hashes(_ dataset: URL) throws -> [String: String] {
    let folder = dataset.appendingPathComponent("patients")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try names.reduce(into: [:]) { $0[$1] = try SHA256.hex(ofFile: folder.appendingPathComponent($1).path) }
}

@Suite("Generate") struct GenerateTests {
    @Test("The bytes do not depend on --jobs, --only, --resume or sharding", arguments: [false, true])
    func sameBytes(kspace: Bool) throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 3, kspace: kspace)
        func generate(_ name: String, _ options: [String], environment: [String: String] = [:]) throws {
            let outcome = try Program.run(
                ["generate", recipe, "--out", folder(name).path] + options, environment: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try generate("one", ["--jobs", "1"])
        let expected = try hashes(folder("one"))
        #expect(expected.count == 3)
        try generate("two", ["--jobs", "2"])
        #expect(try hashes(folder("two")) == expected)
        for id in [2, 0, 1] { try generate("only", ["--only", "p00000\(id)", "--resume"]) }
        #expect(try hashes(folder("only")) == expected)
        for rank in [2, 0, 1] {
            try generate("shards", [], environment: ["SLURM_PROCID": "\(rank)", "SLURM_NTASKS": "3"])
        }
        #expect(try hashes(folder("shards")) == expected)
        let manifests = try ["one", "two", "only", "shards"].map {
            try String(contentsOf: folder("\($0)/manifest.json"), encoding: .utf8)
        }
        #expect(Set(manifests).count == 1)
        for name in ["one", "two", "only", "shards"] {
            #expect(try Program.run(["verify", folder(name).path]).status == 0)
            #expect(!FileManager.default.fileExists(atPath: folder("\(name)/state").path))
        }
    }

    @Test(
        "Killed at any time, it goes on where it was, and nothing unreadable is ever published",
        arguments: [false, true])
    func kills(kspace: Bool) throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 3, kspace: kspace)
        let start = ContinuousClock.now
        #expect(try Program.run(["generate", recipe, "--out", folder("whole").path]).status == 0)
        let wholeRun = (ContinuousClock.now - start) / .seconds(1)
        let expected = try hashes(folder("whole"))
        var random = SystemRandomNumberGenerator()
        var kills = 0
        var rounds = 0
        while kills < 20, rounds < 200 {
            rounds += 1
            let out = folder("killed-\(rounds)")
            for _ in 0..<5 where kills < 20 {
                let process = try Program.start(["generate", recipe, "--out", out.path, "--resume"], in: folder.url)
                Thread.sleep(forTimeInterval: Double.random(in: 0...wholeRun * 0.5, using: &random))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                if process.terminationReason == .uncaughtSignal { kills += 1 }
                for (name, hash) in (try? hashes(out)) ?? [:] where name.hasSuffix(".h5") && !name.hasPrefix(".") {
                    #expect(hash == expected[name], "\(name) was published damaged")
                }
            }
            #expect(try Program.run(["generate", recipe, "--out", out.path, "--resume"]).status == 0)
            #expect(try hashes(out) == expected)
            #expect(try Program.run(["verify", out.path]).status == 0)
            try FileManager.default.removeItem(at: out)
        }
        #expect(kills >= 20)
    }

    @Test("Interrupted, it exits with 75 within ten seconds and can go on", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 500)
        let out = folder("out")
        let process = try Program.start(["generate", recipe, "--out", out.path], in: folder.url)
        while !FileManager.default.fileExists(atPath: out.appendingPathComponent("state/p000000.json").path),
            process.isRunning
        {
            Thread.sleep(forTimeInterval: 0.02)
        }
        kill(process.processIdentifier, signal)
        let start = ContinuousClock.now
        process.waitUntilExit()
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(process.terminationStatus == 75)
        let manifest = try Manifest(contentsOf: out.appendingPathComponent("manifest.json"))
        #expect(!manifest.patients.isEmpty && !manifest.isComplete)
        let errors = try String(contentsOf: folder("errors"), encoding: .utf8)
        #expect(errors.contains("--resume"))
        let next = String(format: "p%06d", manifest.patients.count + 3)
        #expect(try Program.run(["generate", recipe, "--out", out.path, "--resume", "--only", next]).status == 0)
    }

    @Test("Two processes do not work on one folder")
    func lock() throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 500)
        let out = folder("out")
        let first = try Program.start(["generate", recipe, "--out", out.path], in: folder.url)
        defer { first.terminate() }
        while !FileManager.default.fileExists(atPath: out.appendingPathComponent("manifest.json").path), first.isRunning
        {
            Thread.sleep(forTimeInterval: 0.02)
        }
        let second = try Program.run(["generate", recipe, "--out", out.path, "--resume"])
        #expect(second.status == 73)
        #expect(second.errors.contains("another cineforge"))
    }

    @Test("Goes on only with its own recipe, and remakes what was damaged")
    func resume() throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 2)
        let out = folder("out")
        #expect(try Program.run(["generate", recipe, "--out", out.path]).status == 0)
        let expected = try hashes(out)
        let other = try Program.run(["generate", recipe, "--out", out.path, "--resume", "--seed", "8"])
        #expect(other.status == 73)
        #expect(other.errors.contains("another recipe"))
        let file = out.appendingPathComponent("patients/p000001.h5")
        try Data("damaged".utf8).write(to: file)
        #expect(try Program.run(["verify", out.path]).status == 65)
        #expect(try Program.run(["generate", recipe, "--out", out.path, "--resume"]).status == 0)
        #expect(try hashes(out) == expected)
    }

    @Test("With --json standard output is one document")
    func json() throws {
        let folder = try Folder()
        let recipe = try folder.recipe(patients: 2, previews: true)
        let out = folder("out").path
        let commands = [
            ["generate", recipe, "--out", out, "--json", "--dry-run"], ["generate", recipe, "--out", out, "--json"],
            ["inspect", out, "--json"], ["inspect", out + "/patients/p000000.h5", "--json"], ["verify", out, "--json"],
            ["recipe", "check", recipe, "--json"], ["recipe", "print", recipe, "--json"], ["recipe", "schema"],
            ["recipe", "sampling", "reconstruction", "--set", "frames=2", "--json"],
            ["export", out, "--to", "nifti", "--out", folder("nifti").path, "--json"], ["doctor", "--json"],
            ["version", "--json"],
        ]
        for command in commands {
            let outcome = try Program.run(command)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(throws: Never.self, "\(command)") {
                try JSONDecoder().decode(JSONValue.self, from: Data(outcome.output.utf8))
            }
        }
        for name in ["p000000.png", "p000000.apng", "p000001.png"] {
            #expect(FileManager.default.fileExists(atPath: "\(out)/previews/\(name)"))
        }
        let picture = folder("volume.png").path
        let file = out + "/patients/p000000.h5"
        #expect(try Program.run(["inspect", file, "--png", picture, "--group", "truth/volume"]).status == 0)
        #expect(FileManager.default.fileExists(atPath: picture))
        #expect(try Program.run(["inspect", file, "--png", picture, "--group", "truth/volum"]).status == 64)
        #expect(FileManager.default.fileExists(atPath: folder("nifti/p000001/sax_cine.nii.gz").path))
    }
}
