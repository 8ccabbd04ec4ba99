import ArgumentParser
import Core
import Evaluation
import Foundation

/// Lets a trained network make something of a file.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a trained network make something of a file.",
        discussion: """
            What it reads and writes is its task's: reconstruction reads k-space and writes
            images, segmentation reads a stack and writes labels, super-resolution reads a
            stack and writes a volume.

            EXAMPLES
              cineforge predict out/dc-cnn patient.h5 --out images.h5
              cineforge predict weights/dc-cnn.safetensors patient.h5 --out images.h5
            """)

    @Argument(help: ArgumentHelp("Folder of a training, or a file of weights.", valueName: "run")) var trained: String
    @Argument(help: "A patient file, or what else the task reads.") var input: String
    @Option(help: ArgumentHelp("File to write.", valueName: "file")) var out: String

    func run() throws {
        try TrainedNetwork(URL(fileURLWithPath: trained)).predict(from: input, to: out)
        Terminal.print("\(out): written")
    }
}
