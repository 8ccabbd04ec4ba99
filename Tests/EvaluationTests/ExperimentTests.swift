import Core
import Datasets
import Foundation
import Testing

@testable import Evaluation

@Suite struct ExperimentTests {
    private static let text = """
        version: 1
        name: quick
        data: out/data
        reconstruction:
          accelerations: [6, 11]
          network: {kind: dc-cnn, width: 8}
        training: {steps: 30}
        """

    private func experiment(_ text: String, _ overrides: String...) throws -> Experiment {
        try Experiment(ConfigDocument(text: text, name: "quick.yml"), overrides: overrides)
    }

    @Test func readsWhatIsWrittenAndFillsInTheRest() throws {
        let experiment = try experiment(Self.text, "training.batch_size=2")
        #expect(experiment.name == "quick" && experiment.seed == 1)
        #expect(experiment.network.kind == "dc-cnn" && experiment.network.width == 8)
        #expect(experiment.training.steps == 30 && experiment.training.batchSize == 2)
        #expect(experiment.training.learningRate == TrainingSettings().learningRate)
        var settings = ReconstructionSettings()
        settings.accelerations = [6, 11]
        #expect(experiment.task == .reconstruction(settings))
    }

    @Test func itsJSONReadsBackAsTheSame() throws {
        let first = try experiment(Self.text)
        #expect(try experiment(first.json.text(pretty: true)) == first)
    }

    @Test(arguments: [
        ("kind: dc-cnn", "kind: dc-cn", "quick.yml:6: `reconstruction.network.kind`: unknown word `dc-cn`"),
        ("steps: 30", "step: 30", "quick.yml:7: unknown key `step` in `training`"),
        ("data: out/data", "", "key `data` is missing"),
        ("reconstruction:", "reconstructing:", "unknown key `reconstructing`"),
    ])
    func namesWhatIsWrong(_ right: String, _ wrong: String, _ message: String) throws {
        let error = #expect(throws: CineError.self) {
            try experiment(Self.text.replacingOccurrences(of: right, with: wrong))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.kind == .badData)
    }

    @Test func refusesNumbersWithoutEffect() throws {
        var settings = NetworkSettings("cg-sense")
        settings.width = 3
        let error = #expect(throws: CineError.self) {
            _ = try ReconstructionTask(ReconstructionSettings()).network(settings, seed: 1)
        }
        #expect(error?.message.contains("`width` has no effect on a method of kind `cg-sense`") == true)
    }
}
