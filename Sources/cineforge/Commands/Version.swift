import ArgumentParser
import Datasets

/// Tells the version.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print versions of program and formats.")
    static let text = "cineforge \(PatientFormat.programVersion)"

    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard json else {
            return Terminal.print(
                "\(VersionCommand.text) (patient format \(PatientFormat.version), dataset format \(PatientFormat.datasetVersion))"
            )
        }
        Terminal.print(
            .object([
                "cineforge": .string(PatientFormat.programVersion), "patient_format": .string(PatientFormat.version),
                "dataset_format": .string(PatientFormat.datasetVersion),
            ]))
    }
}
