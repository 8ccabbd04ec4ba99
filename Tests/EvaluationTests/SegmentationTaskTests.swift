import Core
import Datasets
import Learning
import Models
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
            #expect(Set(result.scores.map(\.condition)) == ["ED", "ES", ""] && result.cases.count == 2)
            let volume = try #require(result.scores.first { $0.metric.name == "LVEDV error" })
            #expect(volume.truth == 166)
            // Voxels of 6 × 6 × 3.3 mm; slices were displaced by breath-holds of 2 mm.
            #expect(abs(try #require(volume.value)) < (isThick ? 25 : 4))
            #expect(volume.predicted.map { $0 - 166 } == volume.value)
            #expect(result.scores.filter { $0.metric.goal == .zero }.count == 5)
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

        @Test("Each kind gives classes of slices or of fine slices", arguments: SegmentationTask.kinds)
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
