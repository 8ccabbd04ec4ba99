import Core
import Datasets
import Foundation
import Learning
import Report
import Storage
import Synchronization
import Testing

@testable import Evaluation

extension TaskTests {
    @Suite("Benchmarks") struct BenchmarkRunnerTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func bench(_ methods: [String], data: String, order: String = "") throws -> BenchmarkProtocol {
            let text = """
                version: 1
                name: tiny
                reconstruction:
                  data: \(data)
                  accelerations: [2, 4]
                  centre_lines: 4
                  patch_columns: 16
                  training: {steps: 3, batch_size: 2, validation_steps: 2}
                  \(order)
                  methods: [\(methods.joined(separator: ", "))]
                """
            return try BenchmarkProtocol(ConfigDocument(text: text, name: "tiny.yml"))
        }

        private static let zeroFilled = "{kind: zero-filled}"
        private static let methods = [
            zeroFilled, "{kind: dc-cnn, name: DC-CNN (small), width: 2, depth: 2, cascades: 1}",
        ]
        private let log = "out/runs/reconstruction/dc-cnn--small-/log.jsonl"
        private let weights = "out/weights/dc-cnn--small-.safetensors"

        /// Carries a protocol out and counts what was made for it.
        private func run(
            _ bench: BenchmarkProtocol, isStopped: @escaping @Sendable () -> Bool = { false }
        ) throws -> (results: BenchmarkResults, steps: Int, patients: Int) {
            let made = Mutex((steps: 0, patients: 0))
            let runner = BenchmarkRunner(bench, in: folder("out"), executable: nil, isStopped: isStopped) { event in
                switch event {
                case .trained(.step): made.withLock { $0.steps += 1 }
                case .generating(_, let patients): made.withLock { $0.patients += patients }
                default: break
                }
            }
            let results = try runner.run(command: "cineforge benchmark tiny")
            let counts = made.withLock { $0 }
            return (results, counts.steps, counts.patients)
        }

        @Test("Makes the dataset, trains, scores; again it makes nothing and finds the same")
        func runs() throws {
            let recipe = folder("measured.yml")
            try MeasuredFixture.recipe.write(to: recipe, atomically: true, encoding: .utf8)
            let bench = try bench(
                Self.methods, data: recipe.path, order: "order: [zero-filled, DC-CNN (small)]")
            let first = try run(bench)
            #expect(first.steps == 3 && first.patients == 4)
            let results = first.results
            // Two accelerations, two methods, one patient, five measures.
            #expect(results.scores.count == 20 && Set(results.scores.map(\.patient)).count == 1)
            #expect(results.scores.allSatisfy { $0.value?.isFinite == true })
            #expect(results.tasks.map(\.name) == ["reconstruction"])
            #expect(results.tasks[0].methods == ["zero-filled", "DC-CNN (small)"])
            #expect(results.tasks[0].conditions.map(\.severity) == [2, 4])
            #expect(results.orderings.map(\.metric) == ["PSNR", "PSNR"])
            #expect(results.worstCases.count == 2 && results.learningCurves.map(\.method) == ["DC-CNN (small)"])
            #expect(results.learningCurves[0].points.count { $0.training != nil } == 3)
            let model = try #require(results.provenance.models.first)
            #expect(try model.weightsSHA256 == SHA256.hex(ofFile: folder(weights).path))
            // Three layers would be more: 2 → 2 → 2 with 9 places, biases, and λ.
            #expect(model.parameterCount == 2 * (2 * 2 * 9 + 2) + 1)
            let manifest = DatasetFolder(folder("out/datasets/measured")).manifest
            #expect(try results.provenance.datasets == [.init("measured", SHA256.hex(ofFile: manifest.path))])
            try BenchmarkReport(results).write(to: folder("out").path)
            for file in ["report.html", "results.csv", "results.json", "runs/reconstruction/dc-cnn--small-/loss.svg"] {
                #expect(try !Data(contentsOf: folder("out/\(file)")).isEmpty)
            }

            let lines = try Data(contentsOf: folder(log))
            let second = try run(bench)
            #expect(second.steps == 0 && second.patients == 0)
            #expect(second.results.scores == results.scores)
            #expect(second.results.provenance.models[0].weightsSHA256 == model.weightsSHA256)
            #expect(second.results.learningCurves == results.learningCurves)
            #expect(try Data(contentsOf: folder(log)) == lines)
        }

        @Test("Weights that a benchmark or a training left score as they did when they were trained")
        func savedWeights() throws {
            let data = try MeasuredFixture.url().path
            let trained = try run(bench(Self.methods, data: data))
            let sources = [folder(weights), folder(log).deletingLastPathComponent()]
            let again = try sources.map { source in
                try run(
                    bench(["{kind: dc-cnn, name: DC-CNN (small), weights: \"\(source.path)\"}"], data: data))
            }
            let fresh = try #require(try bench(Self.methods, data: data).parts[0].methods.last).experiment
            let task = ReconstructionTask(ReconstructionSettings())
            for source in sources {
                let loaded = try #require(try TrainedNetwork(source).network(of: task)).module.stateDictionary
                let untrained = try #require(try task.network(fresh.network, seed: fresh.seed)).module.stateDictionary
                #expect(loaded.keys.sorted() == untrained.keys.sorted())
                #expect(try loaded.allSatisfy { try $1.values(as: Float.self) != untrained[$0]?.values() })
            }
            let expected = trained.results.scores.filter { $0.method == "DC-CNN (small)" }
            #expect(expected.count == 10)
            for again in again { #expect(again.results.scores == expected && again.steps == 0) }
            let untrained = try run(bench([Self.zeroFilled], data: data))
            #expect(untrained.results.scores == trained.results.scores.filter { $0.method == "zero-filled" })
        }

        @Test("Stopped at any time, it goes on to the same scores")
        func stops() throws {
            let data = try MeasuredFixture.url().path
            let bench = try bench(Self.methods, data: data)
            let asked = Mutex(0)
            // It is asked before each score and each step.
            for patience in [0, 1, 2, 3] {
                asked.withLock { $0 = 0 }
                let found = message(of: .interrupted) {
                    _ = try run(bench) {
                        asked.withLock { count in
                            count += 1
                            return count > patience
                        }
                    }
                }
                #expect(found?.contains("go") == true, "after \(patience)")
            }
            let resumed = try run(bench)
            try FileManager.default.removeItem(at: folder("out"))
            let straight = try run(bench)
            #expect(resumed.results.scores == straight.results.scores && straight.steps == 3)
            #expect(
                resumed.results.provenance.models[0].weightsSHA256
                    == straight.results.provenance.models[0].weightsSHA256)
        }

        @Test("A network whose prior is a method before it is trained with that prior")
        func priors() throws {
            _ = try StackFixture.patients()
            let recipe = folder("stacks.yml")
            try (StackFixture.recipe + "\nsplit: {train: 0.67, test: 0.33}\n").write(
                to: recipe, atomically: true, encoding: .utf8)
            let text = """
                version: 1
                name: anatomy
                segmentation:
                  data: \(recipe.path)
                  factor: 3
                  slices: 4
                  size: [16, 16]
                  training: {steps: 2, batch_size: 2}
                  methods:
                    - {kind: autoencoder, name: Shapes, width: 2, depth: 2, code: 5, scored: false}
                    - {kind: acnn, width: 2, prior: Shapes}
                """
            let bench = try BenchmarkProtocol(ConfigDocument(text: text, name: "anatomy.yml"))
            let (results, steps, _) = try run(bench)
            #expect(steps == 4 && results.tasks[0].methods == ["acnn"])
            #expect(results.provenance.models.map(\.method) == ["Shapes", "acnn"])
            // What was learnt is used without what it was learnt with.
            try FileManager.default.removeItem(at: folder("out/runs"))
            let trained = try TrainedNetwork(folder("out/weights/acnn.safetensors"))
            try trained.predict(
                from: folder("out/datasets/stacks/patients/p000000.h5").path, to: folder("labels.h5").path)
        }

        @Test("A dataset without patients to score on is refused before anything is trained")
        func noTest() throws {
            let recipe = folder("measured.yml")
            try MeasuredFixture.recipe.replacingOccurrences(
                of: "split: {train: 0.5, validation: 0.25, test: 0.25}", with: ""
            )
            .replacingOccurrences(of: "count: 4", with: "count: 1")
            .write(to: recipe, atomically: true, encoding: .utf8)
            let bench = try bench(Self.methods, data: recipe.path)
            let found = message(of: .badData) { _ = try run(bench) }
            #expect(found?.contains("patients to score on") == true && found?.contains("`split`") == true)
            #expect(message(of: .noInput) { _ = try run(self.bench(Self.methods, data: "no-such-recipe")) } != nil)
        }
    }
}
