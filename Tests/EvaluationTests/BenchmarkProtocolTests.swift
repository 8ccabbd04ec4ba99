import Core
import Datasets
import Testing

@testable import Evaluation

@Suite("Protocols of benchmarks") struct BenchmarkProtocolTests {
    private static let text = """
        version: 1
        name: bench
        seed: 4
        reconstruction:
          data: learning
          accelerations: [6, 11]
          training: {steps: 30, batch_size: 2}
          order: [zero-filled, deep]
          judged_by: SSIM
          methods:
            - {kind: zero-filled}
            - {kind: dc-cnn, name: deep, width: 8, training: {steps: 50}, with: {patch_columns: 16, frames: 3}}
            - {kind: u-net, weights: some/file.safetensors, scored: false}
        segmentation:
          data: learning
          methods:
            - {kind: autoencoder, name: shapes, code: 16, scored: false}
            - {kind: acnn, prior: shapes, prior_weight: 0.5}
            - {kind: 3d-seg}
        """

    private func bench(_ text: String = text, _ overrides: String...) throws -> BenchmarkProtocol {
        try BenchmarkProtocol(ConfigDocument(text: text, name: "bench.yml"), overrides: overrides)
    }

    @Test("Reads what is written, and fills in the rest")
    func reads() throws {
        let bench = try bench()
        #expect(bench.name == "bench" && bench.seed == 4)
        #expect(bench.parts.map(\.task) == ["reconstruction", "segmentation"])
        let part = bench.parts[0]
        #expect(part.data == "learning" && part.order == ["zero-filled", "deep"] && part.judgedBy == "SSIM")
        #expect(part.methods.map(\.name) == ["zero-filled", "deep", "u-net"])
        #expect(part.methods.map(\.isScored) == [true, true, false])
        #expect(part.methods.map(\.weights) == [nil, nil, "some/file.safetensors"])
        #expect(part.methods.allSatisfy { $0.experiment.seed == 4 && $0.experiment.name == $0.name })
        #expect(bench.parts[1].order.isEmpty && bench.parts[1].judgedBy == nil)
        let acnn = bench.parts[1].methods[1].experiment
        #expect(acnn.network.prior == "shapes" && acnn.network.priorWeight == 0.5 && acnn.network.kind == "acnn")
        #expect(acnn.task == .segmentation(StackSettings()) && acnn.training == TrainingSettings())
        #expect(try self.bench(Self.text.replacingOccurrences(of: "seed: 4", with: "")).seed == 1)
    }

    @Test("A method has the settings of its task, and its own over them")
    func overlays() throws {
        let methods = try bench().parts[0].methods
        var settings = ReconstructionSettings()
        settings.accelerations = [6, 11]
        #expect(methods[0].experiment.task == .reconstruction(settings))
        #expect(methods[2].experiment.task == .reconstruction(settings))
        (settings.patchColumns, settings.frames) = (16, 3)
        #expect(methods[1].experiment.task == .reconstruction(settings))
        var network = NetworkSettings("dc-cnn")
        network.width = 8
        #expect(methods[1].experiment.network == network)
        var training = TrainingSettings()
        (training.steps, training.batchSize) = (30, 2)
        #expect(methods[2].experiment.training == training)
        training.steps = 50
        #expect(methods[1].experiment.training == training)
    }

    @Test("Overrides change keys of tasks")
    func overrides() throws {
        let bench = try bench(Self.text, "seed=9", "reconstruction.training.batch_size=3", "reconstruction.data=mine")
        #expect(bench.seed == 9 && bench.parts[0].data == "mine" && bench.parts[1].data == "learning")
        #expect(bench.parts[0].methods.map(\.experiment.training.batchSize) == [3, 3, 3])
        #expect(bench.parts.flatMap(\.methods).allSatisfy { $0.experiment.seed == 9 })
        #expect(message(of: .usage) { _ = try self.bench(Self.text, "seed") } != nil)
    }

    @Test(
        "Names what is wrong, and where",
        arguments: [
            (
                "[zero-filled, deep]", "[zero-filled, deap]",
                "bench.yml:8: `reconstruction.order`: no method `deap`; did"
            ),
            ("[zero-filled, deep]", "[zero-filled, u-net]", "`reconstruction.order`: no method `u-net`"),
            ("name: deep", "name: zero-filled", "`reconstruction.methods`: two methods are called `zero-filled`"),
            ("kind: dc-cnn", "kind: dc-cn", "unknown word `dc-cn`; did you mean `dc-cnn`"),
            ("patch_columns", "patch_column", "unknown key `patch_column`"),
            (
                "prior: shapes", "prior: shape",
                "the prior `shape` of `acnn` is no method before it; did you mean `shapes`"
            ),
            ("name: shapes", "name: later", "the prior `shapes` of `acnn` is no method before it"),
            ("data: learning\n  accel", "accel", "key `data` is missing"),
            ("judged_by: SSIM", "judge_by: SSIM", "unknown key `judge_by`"),
        ])
    func errors(_ right: String, _ wrong: String, _ expected: String) throws {
        let text = Self.text.replacingOccurrences(of: right, with: wrong)
        #expect(text != Self.text)
        let found = message(of: .badData) { _ = try bench(text) }
        #expect(found?.contains(expected) == true, "\(found ?? "no error")")
    }

    @Test("A protocol without tasks compares nothing")
    func empty() {
        let found = message(of: .badData) { _ = try bench("version: 1\nname: none") }
        #expect(found?.contains("bench.yml: expected at least one of reconstruction") == true)
        let elsewhere = Self.text.replacingOccurrences(of: "prior: shapes", with: "prior: out/shapes")
        #expect(throws: Never.self) { try bench(elsewhere) }
    }
}
