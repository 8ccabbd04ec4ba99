import ArgumentParser
import Core
import Datasets
import Foundation

/// Shows what a recipe reads of k-space.
struct RecipeSampling: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sampling", abstract: "Show the sampling patterns of a recipe and their point spreads.",
        discussion: """
            A point in the middle of the image is read and zero-filled, without coils or noise. Its
            highest side lobes are told for the first frame, and for y and temporal frequency.

            EXAMPLES
              cineforge recipe sampling reconstruction
              cineforge recipe sampling mine.yml --png patterns.png
              cineforge recipe sampling mine.yml --set kspace.sampling.acceleration=8
            """)

    @OptionGroup var source: RecipeOptions
    @Option(
        help: ArgumentHelp(
            "Write a picture: readouts in one frame and over time, point spreads.", valueName: "file"))
    var png: String?
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let survey = try SamplingSurvey(source.load(), threads: ProcessInfo.processInfo.activeProcessorCount)
        if let png {
            try survey.write(to: png)
            Terminal.error("\(png): written")
        }
        guard !json else {
            return Terminal.print(.object(["patterns": .array(try survey.entries.map { try $0.json })]))
        }
        let head = ["pattern", "readouts", "samples", "nominal", "true", "side lobe", "in time"]
        for line in Terminal.table([head] + survey.entries.map(\.cells)) { Terminal.print(line) }
    }
}

extension SamplingSurvey.Entry {
    fileprivate var cells: [String] {
        [
            name, "\(pattern.linesPerFrame)", "\(pattern.samplesPerLine)",
            String(format: "%.2f", pattern.nominalAcceleration), String(format: "%.2f", pattern.trueAcceleration),
            Self.words(spread.sideLobeDB), Self.words(spread.sideLobeInTimeDB),
        ]
    }

    fileprivate var json: JSONValue {
        get throws {
            .object([
                "name": .string(name), "sampling": try JSONValue(encoding: pattern.settings),
                "readouts_per_frame": .integer(pattern.linesPerFrame),
                "samples_per_readout": .integer(pattern.samplesPerLine),
                "nominal_acceleration": .number(pattern.nominalAcceleration),
                "true_acceleration": .number(pattern.trueAcceleration), "side_lobe_db": .number(spread.sideLobeDB),
                "side_lobe_in_time_db": .number(spread.sideLobeInTimeDB),
            ])
        }
    }
}
