import Foundation
import Testing

@Suite("Exit codes") struct ExitCodeTests {
    /// `{recipe}` is a good recipe, `{bad}` one with a mistake, `{out}` a folder that is not there, `{full}` one that
    /// holds something else.
    private static let cases: [(arguments: String, status: Int32, says: String)] = [
        ("--help", 0, ""), ("--version", 0, ""), ("version", 0, ""), ("version --json", 0, ""), ("doctor", 0, ""),
        ("doctor --json", 0, ""), ("recipe check demo --json", 0, ""), ("generate demo --out {out} --dry-run", 0, ""),
        ("recipe schema", 0, ""), ("recipe check {recipe}", 0, ""), ("recipe print {recipe}", 0, ""),
        ("generate {recipe} --out {out} --dry-run", 0, ""),
        ("generat {recipe} --out {out}", 64, "did you mean `generate`?"),
        ("recipe sampling reconstruction --set frames=2 --json", 0, ""),
        ("recipe sampling {recipe}", 65, "add a `kspace` group"),
        ("recipe sampling reconstruction --set frames=2 --png /proc/nowhere/x.png", 73, "its folder must exist"),
        ("recipe chekc {recipe}", 64, "did you mean `check`?"),
        ("generate", 64, "error: Missing expected argument"), ("generate {recipe}", 64, "--out"),
        ("generate {recipe} --out {out} --jobs 0", 64, "expected 1 to 1024"),
        ("generate {recipe} --out {out} --jobs many", 64, "jobs"),
        ("generate {recipe} --out {out} --frobnicate", 64, "frobnicate"),
        ("generate {recipe} --out {out} --only p000009", 64, "expected p000000 to p000003"),
        ("generate {recipe} --out {out} --set frames", 64, "key=value"),
        ("generate {recipe} --out {out} --set frames=many", 65, "whole number"),
        ("generate {bad} --out {out}", 65, "did you mean `frames`?"), ("recipe check {bad}", 65, "bad.yml:4"),
        ("generate nowhere.yml --out {out}", 66, "cannot find nowhere.yml; expected one of"),
        ("generate dmo --out {out}", 66, "did you mean `demo`?"),
        ("generate {full} --out {out}", 66, "expected a YAML file"),
        ("inspect nowhere", 66, "cannot find nowhere: expected the folder of a dataset, or a patient file"),
        ("verify nowhere", 66, "manifest.json"), ("verify {full}", 66, "manifest.json"),
        ("export nowhere --to nifti --out {out}", 66, "manifest.json"),
        (
            "export {full} --to dicom --out {out}", 64,
            "--to: unknown format `dicom`; expected one of nifti, mrd, fastmri"
        ),
        ("export {full} --to nifty --out {out}", 64, "unknown format `nifty`; did you mean `nifti`? Expected one of"),
        ("reconstruct nowhere.h5 --method cg-sense", 66, "Cannot read nowhere.h5"),
        ("reconstruct {recipe} --method cg-sense", 65, "expected an HDF5 file"),
        ("reconstruct {recipe} --method cgsense", 64, "did you mean `cg-sense`?"),
        ("reconstruct {recipe} --method cg-sense --maps tru", 64, "did you mean `true`?"),
        ("inspect {recipe}", 65, "expected an HDF5 file"), ("generate {recipe} --out {full}", 73, "--resume"),
        ("generate {recipe} --out {full} --resume", 73, "not a dataset"),
        ("generate {recipe} --out /proc/nowhere", 73, "cannot create"),
        ("train {recipe} --out {out}", 65, "recipe.yml:"), ("train nowhere.yml --out {out}", 66, "nowhere.yml"),
        ("train {recipe}", 64, "--out"), ("benchmark {recipe} --out {out}", 65, "recipe.yml:"),
        ("benchmark dmo --out {out}", 66, "cannot find dmo"), ("benchmark {recipe} --out {out} --set seed", 64, "key="),
        ("predict nowhere x.h5 --out {out}", 66, "cineforge train"),
        ("predict {recipe} x.h5 --out {out}", 66, "found no experiment.json"),
    ]

    @Test("Each mistake has its code and a message", arguments: cases.indices)
    func exitCode(index: Int) throws {
        let (arguments, status, says) = Self.cases[index]
        let folder = try Folder()
        let recipe = try folder.recipe()
        let bad = folder("bad.yml")
        try "version: 1\nname: x\npatients: [{reference: true}]\nfraems: 3\ncine: {}".write(
            to: bad, atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(at: folder("full"), withIntermediateDirectories: true)
        try "x".write(to: folder("full/thesis.tex"), atomically: true, encoding: .utf8)
        let words = arguments.split(separator: " ").map {
            $0.replacingOccurrences(of: "{recipe}", with: recipe).replacingOccurrences(of: "{bad}", with: bad.path)
                .replacingOccurrences(of: "{out}", with: folder("out").path)
                .replacingOccurrences(of: "{full}", with: folder("full").path)
        }
        let outcome = try Program.run(words)
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
        #expect(says.isEmpty || outcome.errors.contains(says), "\(arguments): \(outcome.errors)")
        #expect(status == 0 || outcome.output.isEmpty)
    }
}

@Suite("Help") struct HelpTests {
    private static let commands = [
        "", "generate", "inspect", "verify", "export", "reconstruct", "train", "predict", "benchmark", "recipe",
        "recipe check", "recipe sampling", "doctor", "version",
    ]

    /// The texts lie in `Snapshots/`; `CINEFORGE_RECORD=1 swift test --filter HelpTests` renews them.
    @Test("Says what it said", arguments: commands)
    func help(command: String) throws {
        let arguments = command.split(separator: " ").map(String.init) + ["--help"]
        let outcome = try Program.run(arguments, environment: ["COLUMNS": "100"])
        #expect(outcome.status == 0)
        let name = command.isEmpty ? "cineforge" : command.replacingOccurrences(of: " ", with: "-")
        let file = Program.project.appendingPathComponent("Tests/Snapshots/\(name).txt")
        if ProcessInfo.processInfo.environment["CINEFORGE_RECORD"] != nil {
            try outcome.output.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(outcome.output == (try String(contentsOf: file, encoding: .utf8)))
        #expect(outcome.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 50)
    }
}
