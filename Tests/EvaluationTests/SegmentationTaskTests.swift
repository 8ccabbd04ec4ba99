import Core
import Datasets
import Learning
import Models
import Storage
import Testing

@testable import Evaluation

extension TaskTests {
    @Suite("Segmentation") struct SegmentationTaskTests {
        private let task: SegmentationTask

        init() {
            var settings = StackSettings()
            (settings.factor, settings.slices, settings.size) = (3, 4, [16, 16])
            task = SegmentationTask(settings)
        }

        @Test("A perfect prediction scores 1, no distance, and the volumes of the voxels", arguments: [false, true])
        func perfect(isThick: Bool) throws {
            let patient = try StackFixture.patients()[0]
            let file = try StackFile(patient)
            // The oracle is asked at end-diastole, then at end-systole.
            var answers = try file.moments.map { moment in
                let stack = try file.frame(moment.frame)
                return try StackTensors([stack]).classes(isThick ? \.label : \.fineLabel, fine: !isThick)
                    .oneHotChannels(4)
            }
            let network = TaskNetwork<StackInput>(Oracle()) { _ in answers.removeFirst() }
            let result = try task.evaluate(NetworkSettings("oracle"), network, on: patient)
            func values(_ metric: String) -> [Double?] {
                result.scores.filter { $0.metric.name == metric }.map(\.value)
            }
            let suffix = isThick ? ", slices" : ""
            #expect(values("Dice" + suffix) == [Double?](repeating: 1, count: 6))
            #expect(values("surface distance" + suffix) == [Double?](repeating: 0, count: 6))
            #expect(values("Hausdorff" + suffix) == [Double?](repeating: 0, count: 6))
            #expect(values("slices missed or made up") == (isThick ? [Double?](repeating: 0, count: 6) : []))
            #expect(Set(result.scores.map(\.condition)) == ["ED", "ES", "ED and ES"] && result.cases.count == 2)
            let volume = try #require(result.scores.first { $0.metric.name == "LVEDV error" })
            #expect(volume.truth == 166)
            // Voxels of 6 × 6 × 3.3 mm; slices were displaced by breath-holds of 2 mm.
            #expect(abs(try #require(volume.value)) < (isThick ? 25 : 4))
            #expect(volume.predicted.map { $0 - 166 } == volume.value)
            #expect(result.scores.filter { $0.metric.best == .nearestToZero }.count == 5)
        }

        @Test("A structure that was missed has no score, and is never left out")
        func missed() throws {
            let patient = try StackFixture.patients()[1]
            let network = TaskNetwork<StackInput>(Oracle()) { input in
                try input.truth.zerosLike().oneHotChannels(4)
            }
            let result = try task.evaluate(NetworkSettings("oracle"), network, on: patient)
            #expect(result.scores.count == 2 * 3 * 4 + 5)
            #expect(result.scores.allSatisfy { $0.value == nil } && result.cases.map(\.badness) == [1, 1])
        }

        @Test(
            "Each kind gives classes of slices or of fine slices",
            arguments: SegmentationTask.kinds.filter { $0 != "acnn" })
        func kinds(kind: String) throws {
            var network = NetworkSettings(kind)
            network.width = 2
            if kind == "autoencoder" || kind == "tl" { (network.depth, network.code) = (2, 5) }
            if kind == "u-net-2d" || kind == "u-net-3d" { network.depth = 2 }
            let built = try #require(try task.network(network, seed: 1))
            let source = try task.batches(of: StackFixture.patients(), seed: 1, batchSize: 2)
            let batch = try source.batch(at: 0)
            let isThick = kind == "fcn" || kind == "u-net-2d"
            #expect(try built.apply(StackInput(batch.stacks)).shape == [2, 4, isThick ? 4 : 12, 16, 16])
            let same = try #require(try task.network(network, seed: 1))
            let other = try #require(try task.network(network, seed: 2))
            let first = try built.module.parameters[0].tensor.values(as: Float.self)
            #expect(try same.module.parameters[0].tensor.values() == first)
            #expect(try other.module.parameters[0].tensor.values() != first)
            try Torch.seed(1)
            // Of random weights, logits are near 0: −log ¼, or two such terms; random codes differ little.
            #expect(try abs(task.loss(built, batch).item() - 1.386) < 2)
            network.cascades = 3
            #expect(message(of: .badData) { _ = try task.network(network, seed: 1) }?.contains("`cascades`") == true)
        }

        @Test("Training makes the loss smaller", arguments: ["fcn", "3d-seg", "autoencoder"])
        func training(kind: String) throws {
            var network = NetworkSettings(kind)
            network.width = 2
            if kind == "autoencoder" { network.depth = 2 }
            let built = try #require(try task.network(network, seed: 3))
            let batch = try task.batches(of: StackFixture.patients(), seed: 1, batchSize: 2).batch(at: 0)
            let losses = try losses(of: built.module, rate: 1e-2, steps: 30) { try task.loss(built, batch) }
            #expect(losses[29] < 0.6 * losses[0])
        }

        @Test(
            "Anatomy adds to the loss how far codes lie apart, and nothing to the weights",
            arguments: ["autoencoder", "tl"])
        func anatomy(kind: String) throws {
            let folder = try TemporaryFolder()
            var network = NetworkSettings("acnn")
            network.width = 2
            #expect(message(of: .badData) { _ = try task.network(network, seed: 1) }?.contains("`prior`") == true)
            network.prior = try savedPrior(kind, task.settings, in: folder)
            network.priorWeight = 0.5
            let constrained = try #require(try task.network(network, seed: 1))
            var plain = NetworkSettings("3d-seg")
            plain.width = 2
            let same = try #require(try task.network(plain, seed: 1))
            #expect(constrained.module.state.map(\.name) == same.module.state.map(\.name))
            for built in [constrained, same] { built.module.setTraining(false) }
            let batch = try task.batches(of: StackFixture.patients(), seed: 1, batchSize: 2).batch(at: 0)
            let input = try StackInput(batch.stacks)
            let prior = try AnatomicalPrior.ofLabels(network, task.settings)
            let distance = try prior.distance(softmax(same.apply(input)), input.truth.oneHotChannels(4)).item()
            let expected = try task.loss(same, batch).item() + 0.5 * distance
            // Single precision.
            #expect(try distance > 1e-4 && abs(task.loss(constrained, batch).item() - expected) < 1e-5)
            try constrained.module.clearGradients()
            try task.loss(constrained, batch).backward()
            #expect(try constrained.module.parameters.allSatisfy { try $0.tensor.gradient != nil })
            var larger = task.settings
            larger.slices = 8
            #expect(throws: CineError.self) { try SegmentationTask(larger).network(network, seed: 1) }
        }

        @Test("What is predicted of a file are classes of all its frames, and needs no truth")
        func prediction() throws {
            let folder = try TemporaryFolder()
            let patient = try StackFixture.patient(replacing: [StackFixture.volume: ""], in: folder)
            let path = folder("prediction.h5").path
            let network = TaskNetwork<StackInput>(Oracle()) { input in
                try (input.truth + 2).converted(to: .int64).oneHotChannels(4)
            }
            try task.predict(NetworkSettings("oracle"), network, from: patient.path, to: path)
            let labels = try HDF5File.open(path).root.dataset("label")
            #expect(labels.shape == [2, 30, 16, 16])
            #expect(try Set(labels.read() as [UInt8]) == [2])
        }

        @Test("The validation of the truth is 1, and of nothing 0")
        func validation() throws {
            let patients = try StackFixture.patients()
            let truth = TaskNetwork<StackInput>(Oracle()) { try $0.truth.oneHotChannels(4) }
            #expect(try task.validation(truth, on: patients).scores() == ["dice": 1])
            let nothing = TaskNetwork<StackInput>(Oracle()) { try $0.truth.zerosLike().oneHotChannels(4) }
            #expect(try task.validation(nothing, on: patients).scores() == ["dice": 0])
        }
    }
}
