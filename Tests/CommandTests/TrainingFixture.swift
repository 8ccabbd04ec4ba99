import Datasets
import Foundation
import Storage
import Testing

/// Whether the tensor engine lies beside the program.
let hasEngine = FileManager.default.fileExists(
    atPath: Program.executable.deletingLastPathComponent().appendingPathComponent("libCineTorch.so").path)

/// Trainings of a tiny network on four small hearts with k-space.
struct TrainingFixture {
    /// What a training is to come to.
    struct Straight: Sendable {
        let curve: [String]
        let arrays: [[String: [UInt8]]]
    }

    private static let recipe = """
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

    /// The dataset, in a folder of its own; made once.
    private static let dataset = Result {
        let folder = try Folder()
        try recipe.write(to: folder("recipe.yml"), atomically: true, encoding: .utf8)
        let made = try Program.run(["generate", folder("recipe.yml").path, "--out", folder("data").path])
        #expect(made.status == 0, "\(made.errors)")
        return folder
    }

    /// What a training that nothing stops comes to.
    static let straight = Result {
        let fixture = try TrainingFixture()
        let outcome = try fixture.train("straight")
        #expect(outcome.status == 0, "\(outcome.errors)")
        return Straight(
            curve: try fixture.curve("straight"), arrays: try fixture.arrays("straight"))
    }

    /// Everything that is made.
    let folder: Folder
    /// The folder of the dataset.
    let data: String

    init() throws {
        folder = try Folder()
        data = try Self.dataset.get()("data").path
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

    /// The words that begin a training, or go on with it.
    func arguments(_ run: String) -> [String] {
        let isBegun = FileManager.default.fileExists(atPath: file(run, "last.safetensors").path)
        return words(run) + (isBegun ? ["--resume"] : [])
    }

    /// Trains to the end.
    func train(_ run: String, _ options: String..., environment: [String: String] = [:]) throws -> Program.Outcome {
        try Program.run(words(run) + options, environment: environment)
    }

    private func words(_ run: String) -> [String] {
        ["train", folder("experiment.yml").path, "--out", folder(run).path]
    }

    /// Begins a training or goes on with it, and expects what comes of one that nothing stops.
    func expectStraight(_ run: String, location: SourceLocation = #_sourceLocation) throws {
        let outcome = try Program.run(arguments(run))
        #expect(outcome.status == 0, "\(outcome.errors)", sourceLocation: location)
        let expected = try Self.straight.get()
        #expect(try curve(run) == expected.curve, sourceLocation: location)
        #expect(try arrays(run) == expected.arrays, sourceLocation: location)
    }

    /// A file of a training.
    func file(_ run: String, _ name: String) -> URL { folder(run).appendingPathComponent(name) }

    /// The lines of a log but for the time that they took; what was cut short is left out.
    func curve(_ run: String) throws -> [String] {
        let text = (try? String(contentsOf: file(run, "log.jsonl"), encoding: .utf8)) ?? ""
        return text.replacing(/"seconds":[-+.e0-9]+/, with: "\"seconds\":")
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// A checkpoint: how many steps it is of, and its arrays.
    func checkpoint(_ run: String, _ name: String) throws -> (step: Int, arrays: [String: [UInt8]]) {
        let file = try SafetensorsFile(file(run, name + ".safetensors").path)
        let state = try JSONDecoder().decode(JSONValue.self, from: Data((file.metadata["state"] ?? "").utf8))
        guard case .integer(let step) = state["step"] else {
            Issue.record("\(name) of \(run) has no step")
            return (0, [:])
        }
        return (step, try file.entries.reduce(into: [:]) { $0[$1.name] = try file.bytes(of: $1.name) })
    }

    /// The arrays of the last and the best checkpoint.
    private func arrays(_ run: String) throws -> [[String: [UInt8]]] {
        try ["last", "best"].map { try checkpoint(run, $0).arrays }
    }
}

/// A small disk that is there for one program alone, in memory.
struct Disk {
    /// The command that makes the disk, starts a program and keeps what it has written.
    let launcher: [String]

    /// A disk at a folder; what is written on it is copied to another when the program has ended.
    init(kilobytes: Int, at folder: URL, keeping copy: URL) {
        let (place, copy) = (folder.path, copy.path)
        launcher =
            Self.unshare + [
                "/bin/sh", "-c",
                """
                mkdir '\(place)' && mount -t tmpfs -o size=\(kilobytes)k none '\(place)' || exit 1
                "$@"; status=$?; cp -R '\(place)' '\(copy)'; exit $status
                """, "sh",
            ]
    }

    private static let unshare = ["/usr/bin/unshare", "--map-root-user", "--mount"]

    /// Whether this machine lets users do that.
    static let canBeMade: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: unshare[0])
        process.arguments = unshare.dropFirst() + ["/bin/sh", "-c", "mount -t tmpfs none /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
