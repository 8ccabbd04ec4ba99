import ArgumentParser
import Core
import Datasets
import Foundation

/// The command line: each command is a thin file, and this one maps errors to exit codes.
struct CineForge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cineforge",
        abstract: "Makes digital beating hearts and scans them: cardiac MR data whose truth is known.",
        discussion: """
            EXAMPLES
              cineforge generate demo --out out/demo                 three patients
              cineforge inspect out/demo                             what is in it
              cineforge verify out/demo                              is it all right
              cineforge export out/demo --to nifti --out out/nifti   for other tools
              cineforge reconstruct FILE.h5 --method cg-sense        images of raw data

            EXIT CODES
              0   done
              64  wrong command
              65  wrong data, 66 missing input
              73  cannot create output, 74 reading or writing failed
              75  interrupted: the same command with --resume goes on
            """,
        version: VersionCommand.text,
        subcommands: [
            Generate.self, Inspect.self, Verify.self, Export.self, Reconstruct.self, Train.self, Predict.self,
            RecipeCommand.self, Doctor.self, VersionCommand.self,
        ])

    /// Parses, runs, and ends the process with the exit code of the error.
    static func main() {
        do {
            try refuseUnknownCommand(CommandLine.arguments.dropFirst(), of: CineForge.self)
            var command = try parseAsRoot()
            try command.run()
        } catch let error as CineError {
            Terminal.error("error: \(error.message)")
            Foundation.exit(error.kind.rawValue)
        } catch {
            let code = exitCode(for: error)
            guard code != .success else { exit(withError: error) }
            // The parser's own messages, in the style of all others.
            Terminal.error(fullMessage(for: error).replacing(/^Error:/, with: "error:"))
            Foundation.exit(code.rawValue)
        }
    }

    /// Names the nearest command; the parser would complain of the options that follow.
    private static func refuseUnknownCommand(_ words: ArraySlice<String>, of command: any ParsableCommand.Type) throws {
        let known = command.configuration.subcommands
        guard !known.isEmpty, let word = words.first, !word.hasPrefix("-"), word != "help" else { return }
        if let next = known.first(where: { $0._commandName == word }) {
            return try refuseUnknownCommand(words.dropFirst(), of: next)
        }
        let names = known.map { $0._commandName }
        throw CineError(.usage, "unknown command `\(word)`" + Nearest.advice(for: word, among: names))
    }
}
