import Core
import Foundation
import Storage
import Testing

@testable import Learning

/// A network of another type with the same weights.
private final class Renamed: Module {
    let network: Sequential

    init(_ network: Sequential) { self.network = network }

    var members: [(name: String, value: Any)] { network.members }
}

extension EngineTests {
    @Suite("Checkpoints and their folder")
    struct CheckpointTests {
        @Test("A checkpoint of another training is an error that names the first difference, and changes nothing")
        func incompatible() throws {
            try withRunFolder { folder in
                let first = try TrainingFixture()
                first.plan.steps = 2
                try first.train(in: folder)
                func expect(
                    _ expected: String, _ found: String, width: Int = 4, location: SourceLocation = #_sourceLocation,
                    _ change: (TrainingFixture) throws -> Void
                ) throws {
                    let fixture = try TrainingFixture(width: width)
                    try change(fixture)
                    let before = try fixture.network.state.map { try $0.tensor.withBytes { Array($0) } }
                    expectError(
                        mentions: "last.safetensors is of another training", "expected \(expected)", "found \(found)",
                        "another folder", location: location
                    ) { try fixture.train(in: folder, resume: true) }
                    #expect(
                        try fixture.network.state.map { try $0.tensor.withBytes { Array($0) } } == before,
                        sourceLocation: location)
                }
                try expect("the optimiser SGD", "Adam") { $0.makesOptimiser = { SGD($0, rate: 1) } }
                try expect("\"0.weight\" [5, 1, 3, 3] float32", "[4, 1, 3, 3] float32", width: 5) { _ in }
                try expect("the seed 1", "0") { $0.plan.seed = 1 }
                try expect("no moving average", "a moving average") { $0.plan.averageDecay = nil }
                try expect("layers to be 3", "2") { $0.settings["layers"] = "3" }
                try expect("layers to be absent", "2") { $0.settings = [:] }
                try expect("data to be new", "none") { $0.settings["data"] = "new" }
                try expect("\"0.weight\" [4, 1, 3, 3] float64", "[4, 1, 3, 3] float32") {
                    try $0.network.convert(to: .float64)
                }
                let fixture = try TrainingFixture()
                expectError(mentions: "expected the network Renamed, found Sequential") {
                    try fixture.trainer(Renamed(fixture.network)).run(in: folder, experiment: "", resume: true)
                }
                // More steps are no difference.
                #expect(try TrainingFixture().train(in: folder, resume: true).state.step == 12)
            }
        }

        @Test("Weights that are missing or unknown are named")
        func missingWeights() throws {
            let fixture = try TrainingFixture()
            let checkpoint = try fixture.trainer().checkpoint(TrainingState())
            func fit(_ model: [String: Tensor], _ average: [String: Tensor]) throws {
                let other = Checkpoint(
                    identity: checkpoint.identity, state: checkpoint.state, model: model,
                    optimiser: checkpoint.optimiser, average: average)
                try other.requireFit(checkpoint.identity, fixture.network.state, path: "last")
            }
            try fit(checkpoint.model, checkpoint.average)
            var part = checkpoint.model
            part["1.bias"] = nil
            expectError(mentions: "\"1.bias\" [4] float32", "none of that name") { try fit(part, checkpoint.average) }
            expectError(mentions: "\"1.bias\" [4] float32", "none of that name") { try fit(checkpoint.model, part) }
            expectError(mentions: "no weights but those of the network", "\"more\"") {
                try fit(checkpoint.model.merging(["more": .zeros([1])]) { $1 }, checkpoint.average)
            }
        }

        @Test("A file that is no checkpoint, or is cut short, is an error that says so")
        func foreignFile() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.plan.steps = 1
                try fixture.train(in: folder)
                let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.last))
                let checkpoint = try Weights.read(folder.last)
                try Weights.write(fixture.network.stateDictionary, to: folder.last)
                expectError(mentions: "last.safetensors", "cineforge.checkpoint 1", "other tensors") {
                    try fixture.train(in: folder, resume: true)
                }
                try Weights.write(
                    checkpoint.tensors, metadata: checkpoint.metadata.merging(["version": "2"]) { $1 }, to: folder.last)
                expectError(mentions: "found cineforge.checkpoint 2") { try fixture.train(in: folder, resume: true) }
                for share in stride(from: 0, to: 1, by: 0.1) {
                    try bytes.prefix(Int(share * Double(bytes.count))).write(to: URL(fileURLWithPath: folder.last))
                    expectError(mentions: "last.safetensors") { try fixture.train(in: folder, resume: true) }
                }
            }
        }

        @Test("A folder is begun in once, gone on with when there is something, and used by one training at a time")
        func folders() throws {
            try withRunFolder { folder in
                let fixture = try TrainingFixture()
                fixture.plan.steps = 1
                expectError(.noInput, mentions: "nothing to resume", "last.safetensors", "--resume") {
                    try fixture.train(in: folder, resume: true)
                }
                #expect(folder.names.isEmpty)
                try fixture.train(in: folder)
                expectError(.cannotCreate, mentions: "best.safetensors", "--resume", "another folder") {
                    try fixture.train(in: folder)
                }
                let lock = try FolderLock(folder.url)
                expectError(.cannotCreate, mentions: "another cineforge") {
                    try fixture.train(in: folder, resume: true)
                }
                withExtendedLifetime(lock) {}
            }
            try withRunFolder { folder in
                try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
                try Data().write(to: folder.url.appendingPathComponent("thesis.tex"))
                expectError(.cannotCreate, mentions: "found thesis.tex") { try TrainingFixture().train(in: folder) }
                #expect(folder.names == [".lock", "thesis.tex"])
            }
        }
    }
}
