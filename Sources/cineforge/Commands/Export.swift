import ArgumentParser
import Core
import Datasets
import Foundation

/// Writes a dataset in another format.
struct Export: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case nifti
    }

    static let configuration = CommandConfiguration(
        abstract: "Write a dataset in another format.",
        discussion: """
            nifti: one folder a patient with <view>_cine and <view>_label (4D),
            volume_image, volume_label and volume_displacement (mm, RAS+, from
            end-diastole), each .nii.gz with a JSON sidecar.
            """)

    @Argument(help: "Folder of the dataset.") var dataset: String
    @Option(name: .customLong("to"), help: "Format.") var format: Format
    @Option(help: ArgumentHelp("Folder to write to; must be empty or not there.", valueName: "dir")) var out: String

    func run() throws {
        let interruption = Interruption()
        let export = try NIfTIExport(DatasetFolder(URL(fileURLWithPath: dataset)), to: URL(fileURLWithPath: out))
        let files = try export.run(
            threads: ProcessInfo.processInfo.activeProcessorCount,
            monitor: WorkMonitor(isStopped: { interruption.isWanted }))
        Terminal.print("\(out): \(Words.count(files, "file"))")
    }
}
