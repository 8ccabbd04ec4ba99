import ArgumentParser
import Core
import Datasets
import Foundation

/// Writes a dataset in another format.
struct Export: ParsableCommand {
    /// The formats there are.
    private static let formats = ["nifti"] + RawDataExport.Format.allCases.map(\.rawValue)

    static let configuration = CommandConfiguration(
        abstract: "Write a dataset in another format.",
        discussion: """
            nifti: one folder a patient with <view>_cine and <view>_label (4D),
            volume_image, volume_label and volume_displacement (mm, RAS+, from
            end-diastole), each .nii.gz with a JSON sidecar.

            mrd: k-space as ISMRMRD, one file a patient and view, with a noise scan.

            fastmri: k-space as fastMRI's multicoil_{train,val,test}, one file a
            slice, frames as its slices; what was true in <dir>_truth.
            """)

    @Argument(help: "Folder of the dataset.") var dataset: String
    @Option(name: .customLong("to"), help: ArgumentHelp("Format: nifti, mrd or fastmri.", valueName: "format"))
    var format: String
    @Option(help: ArgumentHelp("Folder to write to; must be empty or not there.", valueName: "dir")) var out: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard Self.formats.contains(format) else {
            throw CineError(
                .usage, "--to: unknown format `\(format)`" + Nearest.advice(for: format, among: Self.formats))
        }
        let interruption = Interruption()
        let (folder, target) = (DatasetFolder(URL(fileURLWithPath: dataset)), URL(fileURLWithPath: out))
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let monitor = WorkMonitor(isStopped: { interruption.isWanted })
        let files =
            if let raw = RawDataExport.Format(rawValue: format) {
                try RawDataExport(raw, of: folder, to: target).run(threads: threads, monitor: monitor)
            } else {
                try NIfTIExport(folder, to: target).run(threads: threads, monitor: monitor)
            }
        guard !json else {
            return Terminal.print(
                .object(["format": .string(format), "out": .string(out), "files": .integer(files)]))
        }
        Terminal.print("\(out): \(Words.count(files, "file"))")
    }
}
