import ArgumentParser
import Core
import Foundation

/// The command line. Each command is a thin file; this one maps errors to exit codes.
struct CineForge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cineforge",
        abstract: "Makes digital beating hearts and scans them: cardiac MR data whose truth is known.",
        discussion: """
            EXAMPLES
              cineforge generate datasets/demo.yml --out out/demo    3 patients with pictures
              cineforge generate datasets/benchmark.yml --out out/benchmark --dry-run
              cineforge inspect out/demo                             what is in it
              cineforge verify out/demo                              is every byte and number right
              cineforge export out/demo --to nifti --out out/nifti   for other tools

            EXIT CODES
              0 done, 64 wrong command, 65 wrong data, 66 missing input, 73 cannot create output,
              74 reading or writing failed, 75 interrupted: the same command with --resume goes on
            """,
        version: VersionCommand.text,
        subcommands: [
            Generate.self, Inspect.self, Verify.self, Export.self, RecipeCommand.self, Doctor.self, VersionCommand.self,
        ])

    /// Parses, runs, and ends the process with the exit code of the error.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as CineError {
            Terminal.error("error: \(error.message)")
            Foundation.exit(error.kind.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
