import Core
import Foundation
import Storage
import Testing

@testable import Learning

extension EngineTests {
    @Suite("Training")
    final class TrainerTests {
        init() throws { try Torch.setDeterministic(true) }

        deinit { try? Torch.setDeterministic(false) }

        @Test("A training that is stopped and resumed equals one that is not, bit for bit", arguments: [1, 3])
        func resume(threads: Int) throws {
            try withRunFolder { straight in
                try withRunFolder { stopped in
                    let whole = try TrainingFixture().train(in: straight)
                    #expect(whole.state.step == 12 && !whole.isStoppedEarly)
                    for (index, stop) in [0, 4, 5, 9, 12].enumerated() {
                        let fixture = try TrainingFixture()
                        fixture.plan.loaderThreads = threads
                        fixture.isStopped = { $0 == stop }
                        let run = { _ = try fixture.train(in: stopped, resume: index > 0) }
                        if stop == 12 {
                            try run()
                        } else {
                            expectError(.interrupted, mentions: "after \(stop) step", "--resume") { try run() }
                            #expect(try Checkpoint(contentsOf: stopped.last).state.step == stop)
                        }
                    }
                    try expectEqual(stopped, straight)
                    #expect(try String(contentsOfFile: stopped.experiment, encoding: .utf8) == #"{"layers":2}"#)
                    #expect(
                        stopped.names == [
                            ".lock", "best.safetensors", "experiment.json", "last.safetensors", "log.jsonl",
                        ])
                    // Nothing is left to do.
                    let before = try Data(contentsOf: URL(fileURLWithPath: stopped.last))
                    #expect(try TrainingFixture().train(in: stopped, resume: true).state.step == 12)
                    #expect(try Data(contentsOf: URL(fileURLWithPath: stopped.last)) == before)
                    try expectEqual(stopped, straight)
                }
            }
        }

        @Test("A validation that is interrupted is made up for")
        func interruptedValidation() throws {
            try withRunFolder { straight in
                try withRunFolder { stopped in
                    try TrainingFixture().train(in: straight)
                    let fixture = try TrainingFixture()
                    fixture.isValidationStopped = true
                    expectError(.interrupted, mentions: "after 4 steps of 12") { try fixture.train(in: stopped) }
                    try TrainingFixture().train(in: stopped, resume: true)
                    try expectEqual(stopped, straight)
                }
            }
        }

        @Test("The log tells each step and validation; the network learns")
        func log() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.plan.steps = 40
                fixture.plan.validationInterval = 15
                fixture.plan.schedule = .constant(0.02)
                let outcome = try fixture.train(in: folder)
                let lines = try TrainingLog.read(folder.log)
                let steps = lines.filter { $0.loss != nil }
                #expect(steps.map(\.step) == Array(1...40))
                #expect(steps.allSatisfy { $0.rate == 0.02 && ($0.gradientNorm ?? 0) > 0 })
                #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
                let measured = lines.filter { $0.validation != nil }
                #expect(measured.map(\.step) == [15, 30, 40])
                #expect(measured.allSatisfy { $0.validation?["other"] == 1 })
                let losses = steps.compactMap(\.loss)
                let (first, last): (Double, Double) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
                #expect(last < 0.7 * first)
                let scores = measured.map { $0.validation?["error"] ?? .infinity }
                let best = try #require(zip(measured, scores).min { $0.1 < $1.1 }?.0)
                #expect(outcome.state.best == .init(step: best.step, score: best.validation?["error"] ?? 0))
                let checkpoint = try Checkpoint(contentsOf: folder.best)
                #expect(checkpoint.state.best == outcome.state.best && checkpoint.state.step == best.step)
                // The averages of the best checkpoint give its score again.
                let other = try TrainingFixture()
                try other.network.load(checkpoint.weights)
                let trainer = try other.trainer()
                #expect(try trainer.measured(by: #require(trainer.validation)) == best.validation)
                let events = fixture.events.filter { if case .step = $0 { true } else { false } }
                #expect(events.count == 40)
            }
        }

        @Test("It stops early when validations bring nothing better, also over a pause", arguments: [false, true])
        func earlyStop(isGreaterBetter: Bool) throws {
            let scores = [3, 2, 2.5, 2, 1].map { isGreaterBetter ? -$0 : $0 }
            func fixture(after count: Int = 0) throws -> TrainingFixture {
                let fixture = try TrainingFixture()
                fixture.plan.validationInterval = 2
                fixture.plan.patience = 2
                fixture.isGreaterBetter = isGreaterBetter
                fixture.scores = Array(scores[count...])
                return fixture
            }
            try withRunFolder { folder in
                let outcome = try fixture().train(in: folder)
                #expect(outcome.isStoppedEarly && outcome.state.step == 8)
                #expect(outcome.state.best == .init(step: 4, score: scores[1]))
                #expect(try Checkpoint(contentsOf: folder.best).state.step == 4)
                let again = try fixture(after: 4).train(in: folder, resume: true)
                #expect(again.isStoppedEarly && again.state.step == 8)
            }
            try withRunFolder { folder in
                let first = try fixture()
                first.isStopped = { $0 == 7 }
                expectError(.interrupted) { try first.train(in: folder) }
                let outcome = try fixture(after: 3).train(in: folder, resume: true)
                #expect(outcome.isStoppedEarly && outcome.state.step == 8)
            }
        }

        @Test("Validation sees the averages, in use and without gradients; training goes on with the weights")
        func validation() throws {
            let fixture = try TrainingFixture()
            let norm = try #require(fixture.network.layers[1] as? BatchNorm)
            let weight = try #require(fixture.network.parameters.first?.tensor)
            let trainer = try fixture.trainer()
            try weight.copy(from: weight + 1)
            let before = try weight.values() as [Float]
            var seen: [Float] = []
            let scores = try trainer.measured(
                by: Validation(goal: "x") {
                    #expect(!norm.isTraining)
                    #expect(try !(weight * 2).requiresGradient)
                    seen = try weight.values()
                    return ["x": 1]
                })
            #expect(scores == ["x": 1] && norm.isTraining)
            // The average is as it was made, before the weight changed.
            #expect(zip(seen, before).allSatisfy { Swift.abs($0 - ($1 - 1)) < 1e-6 })
            #expect(try weight.values() == before)
        }

        // MARK: - What is not finite

        @Test("A broken batch stops training, named, and leaves the last checkpoint")
        func brokenBatch() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.source.brokenStep = 7
                expectError(mentions: "Step 8 of 12", "slice 7", "loss to be finite", "found nan", "the loss itself") {
                    try fixture.train(in: folder)
                }
                #expect(try Checkpoint(contentsOf: folder.last).state.step == 6)
                #expect(try folder.curve.last?.step == 7)
                // The batch repaired, it goes on.
                try TrainingFixture().train(in: folder, resume: true)
                try withRunFolder { straight in
                    try TrainingFixture().train(in: straight)
                    try expectEqual(folder, straight)
                }
            }
        }

        @Test("A gradient or a weight that is not finite is named, and is not written")
        func notFinite() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                let bias = try #require(fixture.network.parameters.first { $0.name == "1.bias" }).tensor
                // √0 is finite and its slope is not.
                fixture.extraLoss = { try sqrt(bias * 0).sum() }
                expectError(mentions: "Step 1 of 12", "gradient's norm", "found nan", "the gradient of \"1.bias\"") {
                    try fixture.train(in: folder)
                }
                #expect(try bias.isFinite())
            }
            for (step, words) in [(4, ["Step 5", "the weight \"1.bias\""]), (6, ["After step 6", "no checkpoint"])] {
                try withRunFolder { folder in
                    let fixture = try TrainingFixture()
                    fixture.hasValidation = false
                    fixture.onStep = {
                        if $0 == step {
                            let bias = try #require(fixture.network.parameters.first { $0.name == "1.bias" }).tensor
                            try bias.copy(from: bias / 0)
                        }
                    }
                    expectError(mentions: words[0], words[1]) { try fixture.train(in: folder) }
                    #expect(try Checkpoint(contentsOf: folder.last).state.step == 3)
                }
            }
        }

        @Test("A score that is not finite or not there stops training", arguments: [.nan, .infinity, nil] as [Double?])
        func badScore(score: Double?) throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.scores = score.map { [$0] } ?? []
                let trainer = try fixture.trainer()
                let validation = Validation(goal: score == nil ? "dice" : "error") {
                    try #require(trainer.validation).scores()
                }
                let other = try Trainer(
                    fixture.network, optimiser: trainer.optimiser, source: fixture.source, plan: fixture.plan,
                    validation: validation, loss: trainer.loss)
                expectError(mentions: "after step 4", validation.goal, score.map { "\($0)" } ?? "none") {
                    try other.run(in: folder, experiment: "{}", resume: false)
                }
                #expect(try Checkpoint(contentsOf: folder.last).state.step == 3)
            }
        }

        @Test("What the loss throws is told with its step and batch")
        func lossError() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.extraLoss = { try Tensor([1.0, 2], shape: [2]) }
                expectError(mentions: "Step 1 of 12", "slice 0") { try fixture.train(in: folder) }
            }
        }

        @Test("A plan that cannot be carried out is an error that names why")
        func plans() throws {
            func expect(_ word: String, _ change: (inout TrainingPlan) -> Void) throws {
                let fixture = try TrainingFixture()
                change(&fixture.plan)
                expectError(mentions: word) { _ = try fixture.trainer() }
            }
            try expect("steps") { $0.steps = 0 }
            try expect("checkpointInterval") { $0.checkpointInterval = 0 }
            try expect("validationInterval") { $0.validationInterval = -1 }
            try expect("patience") { $0.patience = 0 }
            try expect("loaderThreads") { $0.loaderThreads = 0 }
            try expect("batchesAhead") { $0.batchesAhead = 0 }
            try expect("gradientLimit") { $0.gradientLimit = .nan }
            try expect("averageDecay") { $0.averageDecay = 1 }
            try expect("learning rate") { $0.schedule = .constant(.infinity) }
        }

        /// The same losses, weights, moments and averages.
        private func expectEqual(
            _ found: RunFolder, _ expected: RunFolder, location: SourceLocation = #_sourceLocation
        ) throws {
            #expect(try found.curve == expected.curve, sourceLocation: location)
            for file in [\RunFolder.last, \.best] {
                let (a, b) = try (
                    Checkpoint(contentsOf: found[keyPath: file]), Checkpoint(contentsOf: expected[keyPath: file])
                )
                #expect(try a.bytes == b.bytes, sourceLocation: location)
                #expect(a.state.step == b.state.step && a.state.best == b.state.best, sourceLocation: location)
                #expect(a.state.misses == b.state.misses, sourceLocation: location)
            }
        }
    }
}
