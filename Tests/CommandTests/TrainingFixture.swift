import Datasets
import Foundation
import Storage
import Testing

/// Whether the tensor engine lies beside the program.
let hasEngine = FileManager.default.fileExists(
    atPath: Program.executable.deletingLastPathComponent().appendingPathComponent("libCineTorch.so").path)

/// Trainings of a tiny network on four small hearts with k-space.
struct TrainingFixture {
    /// Everything that is made.
    let folder: Folder
    /// The folder of the dataset.
    let data: String

    init() throws {
        folder = try Folder()
        data = folder("data").path
        let recipe = """
            version: 1
            name: measured
            seed: 3
            frames: 3
            patients: [{reference: true, count: 4}]
            split: {train: 0.5, validation: 0.25, test: 0.25}
            cine: {images: false, pixel_mm: 10, field_of_view_mm: 320, layer_spacing_mm: 8}
            kspace: {fidelity: frame, slices: 2, oversampling: 1, coils: {channels: 1}}
            previews: false
            """
        try recipe.write(to: folder("recipe.yml"), atomically: true, encoding: .utf8)
        let made = try Program.run(["generate", folder("recipe.yml").path, "--out", data])
        #expect(made.status == 0, "\(made.errors)")
        try write(text)
    }

    /// What is trained: 120 steps, of which every 40th is validated.
    var text: String {
        """
        version: 1
        name: tiny
        data: \(data)
        reconstruction:
          accelerations: [2]
          patch_columns: 8
          network: {kind: dc-cnn, width: 2, depth: 2, cascades: 1}
        training: {steps: 120, batch_size: 2, checkpoint_steps: 7, validation_steps: 40}
        """
    }

    /// Makes a text the experiment.
    func write(_ text: String) throws {
        try text.write(to: folder("experiment.yml"), atomically: true, encoding: .utf8)
    }

    /// The words of a training.
    func arguments(_ run: String, _ options: [String] = []) -> [String] {
        ["train", folder("experiment.yml").path, "--out", folder(run).path] + options
    }

    /// Trains to the end.
    func train(
        _ run: String, _ options: String..., environment: [String: String] = [:], launcher: [String] = []
    ) throws -> Program.Outcome {
        try Program.run(arguments(run, options), environment: environment, launcher: launcher)
    }

    /// A file of a training.
    func file(_ run: String, _ name: String) -> URL { folder(run).appendingPathComponent(name) }

    /// Whether a training has a checkpoint.
    func isBegun(_ run: String) -> Bool {
        FileManager.default.fileExists(atPath: file(run, "last.safetensors").path)
    }

    /// The lines of a log but for the time that they took; what was cut short is left out.
    func curve(_ run: String) throws -> [String] {
        let text = (try? String(contentsOf: file(run, "log.jsonl"), encoding: .utf8)) ?? ""
        return text.replacing(/"seconds":[-+.e0-9]+/, with: "\"seconds\":")
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// A checkpoint: how many steps it is of, and its arrays.
    func checkpoint(_ run: String, _ name: String = "last") throws -> (step: Int, arrays: [String: [UInt8]]) {
        let file = try SafetensorsFile(file(run, name + ".safetensors").path)
        let state = try JSONDecoder().decode(JSONValue.self, from: Data((file.metadata["state"] ?? "").utf8))
        guard case .integer(let step) = state["step"] else {
            Issue.record("\(name) of \(run) has no step")
            return (0, [:])
        }
        return (step, try file.entries.reduce(into: [:]) { $0[$1.name] = try file.bytes(of: $1.name) })
    }
}
