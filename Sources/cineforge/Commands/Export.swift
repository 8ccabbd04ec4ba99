import ArgumentParser
import Core
import Datasets
import Foundation

/// Writes a dataset in another format.
struct Export: ParsableCommand {
    /// The formats there are.
    private static let formats = ["nifti"]

    static let configuration = CommandConfiguration(
        abstract: "Write a dataset in another format.",
        discussion: """
            nifti: one folder a patient with <view>_cine and <view>_label (4D),
            volume_image, volume_label and volume_displacement (mm, RAS+, from
            end-diastole), each .nii.gz with a JSON sidecar.
            """)

    @Argument(help: "Folder of the dataset.") var dataset: String
    @Option(name: .customLong("to"), help: ArgumentHelp("Format: nifti.", valueName: "format")) var format: String
    @Option(help: ArgumentHelp("Folder to write to; must be empty or not there.", valueName: "dir")) var out: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard Self.formats.contains(format) else {
            throw CineError(
                .usage, "--to: unknown format `\(format)`" + Nearest.advice(for: format, among: Self.formats))
        }
        let interruption = Interruption()
        let export = try NIfTIExport(DatasetFolder(URL(fileURLWithPath: dataset)), to: URL(fileURLWithPath: out))
        let files = try export.run(
            threads: ProcessInfo.processInfo.activeProcessorCount,
            monitor: WorkMonitor(isStopped: { interruption.isWanted }))
        guard !json else {
            return Terminal.print(
                .object(["format": .string(format), "out": .string(out), "files": .integer(files)]))
        }
        Terminal.print("\(out): \(Words.count(files, "file"))")
    }
}
