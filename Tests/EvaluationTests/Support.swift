import Core
import Datasets
import Foundation
import Learning
import Synchronization
import Testing

@testable import Evaluation

/// All tests that need the tensor engine, one after another: its mode is the process's.
@Suite(
    "Tasks", .serialized,
    .enabled(if: Torch.isAvailable, "there is no tensor engine: apt-get install libtorch-dev and build again"))
struct TaskTests {}

/// A folder that goes with the tests.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }
}

/// Three small hearts whose stacks have three fine slices for each of their own; made once.
enum StackFixture {
    private static let folder = Mutex<TemporaryFolder?>(nil)
    /// The line of the recipe that asks for fine slices.
    static let volume = "volume: {along: sax, slices_per_thick: 3, size: [28, 24], displacement: none}"
    static let recipe = """
        version: 1
        name: stacks
        seed: 5
        frames: 2
        patients: [{reference: true, count: 3}]
        \(volume)
        cine: {views: [sax, lax_2ch, lax_4ch], pixel_mm: 6, field_of_view_mm: 192, slice_count: 10, layer_spacing_mm: 4, oversampling: 1, planning_error_deg: 3}
        breath_holds: {severity: 2}
        previews: false
        """

    /// The patients.
    static func patients() throws -> [PatientFile] {
        let made = try folder.withLock { folder in
            let made = try folder ?? generate([:], "stacks", in: TemporaryFolder())
            folder = made
            return made
        }
        return try files(made("stacks"))
    }

    /// The first patient of the same recipe with some words replaced.
    static func patient(replacing words: [String: String], in folder: TemporaryFolder) throws -> PatientFile {
        let name = UUID().uuidString
        return try files(generate(words, name, in: folder)(name))[0]
    }

    private static func generate(
        _ words: [String: String], _ name: String, in folder: TemporaryFolder
    ) throws -> TemporaryFolder {
        let text = words.reduce(
            recipe.replacingOccurrences(of: "count: 3", with: words.isEmpty ? "count: 3" : "count: 1")
        ) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        try makeDataset(text, in: folder(name))
        return folder
    }

    private static func files(_ url: URL) throws -> [PatientFile] {
        let dataset = DatasetFolder(url)
        return try Manifest(contentsOf: dataset.manifest).patients.map { try dataset.patient($0) }
    }
}

/// Makes the dataset of a recipe.
func makeDataset(_ recipe: String, in url: URL) throws {
    let recipe = try RecipeLoader(folders: []).resolve(ConfigDocument(text: recipe, name: "recipe.yml"))
    var options = Generator.Options()
    (options.jobs, options.threads) = (2, 2)
    _ = try Generator(recipe, in: DatasetFolder(url), options: options).run()
}

/// The message of the `CineError` of a kind that `body` throws.
func message(of kind: CineError.Kind, _ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let error as CineError where error.kind == kind {
        return error.message
    } catch {
        return nil
    }
}

/// A network that gives what it is told.
final class Oracle: Module {}

/// The losses of some steps that all see the same.
func losses(of module: any Module, rate: Double, steps: Int, _ loss: () throws -> Tensor) throws -> [Double] {
    let optimiser = Adam(module.parameters, rate: rate)
    return try (0..<steps).map { _ in
        let loss = try loss()
        try optimiser.clearGradients()
        try loss.backward()
        try optimiser.step()
        return try loss.item()
    }
}

/// The path of a prior with random weights, as a benchmark writes it.
func savedPrior(_ kind: String, _ stacks: StackSettings, in folder: TemporaryFolder) throws -> String {
    var network = NetworkSettings(kind)
    (network.width, network.depth, network.code) = (2, 2, 5)
    let experiment = Experiment(
        name: kind, seed: 1, data: "stacks", task: .segmentation(stacks), network: network, training: TrainingSettings()
    )
    let path = folder("\(kind).safetensors").path
    let module = try #require(try SegmentationTask(stacks).network(network, seed: 1)).module
    try Weights.write(module.stateDictionary, metadata: ["experiment": experiment.json.text()], to: path)
    return path
}
