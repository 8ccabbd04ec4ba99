import Core
import Datasets
import Learning
import Models
import Storage
import Testing

@testable import Evaluation

@Suite("Interpolation of slices") struct SliceInterpolationTests {
    @Test("Lines and splines pass through slices, and splines are those of SciPy")
    func splines() {
        let image: [Float] = [0, 1, 0, 2, 1]
        let line = SliceInterpolation.linear(image, slices: 5, factor: 3)
        let spline = SliceInterpolation.spline(image, slices: 5, factor: 3)
        for slice in 0..<5 { #expect(line[3 * slice + 1] == image[slice] && spline[3 * slice + 1] == image[slice]) }
        #expect(abs(line[2] - 1.0 / 3) < 1e-6 && line[0] == 0 && line[14] == 1)
        // scipy.interpolate.CubicSpline(range(5), image, bc_type="natural"), printed with six digits.
        let expected: [Float] = [
            0, 0, 0.571429, 0.964286, 1, 0.604497, 0.121693, 0, 0.529101, 1.363757, 2, 2.056878, 1.645503, 1, 1,
        ]
        #expect(zip(spline, expected).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test("Planes are interpolated pixel by pixel, and few slices do", arguments: [1, 2, 3])
    func planes(slices: Int) {
        let image = (0..<slices * 4).map { Float($0 / 4) + 10 * Float($0 % 4) }
        for interpolation in [SliceInterpolation.linear, .spline] {
            let fine = interpolation(image, slices: slices, factor: 4)
            #expect(fine.count == 16 * slices)
            for index in fine.indices {
                let place = min(max((Float(index / 4) + 0.5) / 4 - 0.5, 0), Float(slices - 1))
                // Both reproduce what is linear; single precision.
                #expect(abs(fine[index] - place - 10 * Float(index % 4)) < 1e-5)
            }
        }
    }
}

extension TaskTests {
    @Suite("Super-resolution") struct SuperResolutionTaskTests {
        private let task: SuperResolutionTask

        init() {
            var settings = SuperResolutionSettings()
            (settings.factor, settings.slices, settings.size) = (3, 4, [16, 16])
            task = SuperResolutionTask(settings)
        }

        @Test("A perfect prediction has no error")
        func perfect() throws {
            let patient = try StackFixture.patients()[0]
            let file = try task.open(patient)
            var answers = try file.moments.map { moment in
                try StackTensors([file.frame(moment.frame)]).tensor(\.fineImage, fine: true)
            }
            let network = TaskNetwork<StackInput>(Oracle()) { _ in answers.removeFirst() }
            let result = try task.evaluate(NetworkSettings("oracle"), network, on: patient)
            func values(_ metric: String) -> [Double?] {
                result.scores.filter { $0.metric.name == metric }.map(\.value)
            }
            #expect(values("PSNR") == [.infinity, .infinity] && values("HFEN") == [0, 0])
            // Rounding of sums of squares.
            #expect(values("SSIM").allSatisfy { abs(($0 ?? 0) - 1) < 1e-9 })
            #expect(result.cases.map(\.badness) == [0, 0])
        }

        @Test("The methods without weights are scored alike, and the line is that of networks")
        func interpolation() throws {
            let patient = try StackFixture.patients()[0]
            let stack = try task.open(patient).frame(0)
            let line = try task.image(NetworkSettings("linear"), nil, of: stack)
            let torch: [Float] = try StackInput([stack]).interpolated().values()
            // Single precision of values of order 1.
            #expect(zip(line, torch).allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(try task.image(NetworkSettings("spline"), nil, of: stack) != line)
            let scores = try task.evaluate(NetworkSettings("linear"), nil, on: patient).scores
            #expect(scores.count == 6 && scores.allSatisfy { $0.value?.isFinite == true })
        }

        @Test("The box holds the ventricles, and what windows need")
        func box() throws {
            let file = try task.open(StackFixture.patients()[2])
            let stack = try file.frame(0)
            let box = HeartBox(of: stack, on: file.fine)
            let inside = box.cut(stack.fineLabel.map { Float($0) })
            #expect(inside.count == box.shape.reduce(1, *) && (box.shape.min() ?? 0) >= 11)
            #expect(inside.count { $0 > 0 } == stack.fineLabel.count { $0 > 0 } && inside.count < stack.fineLabel.count)
        }

        @Test("Each kind gives fine slices", arguments: SuperResolutionTask.kinds.filter { $0 != "acnn-sr" })
        func kinds(kind: String) throws {
            var network = NetworkSettings(kind)
            if kind == "linear" || kind == "spline" {
                #expect(try task.network(network, seed: 1) == nil)
                return
            }
            network.width = 8
            let built = try #require(try task.network(network, seed: 1))
            let batch = try task.batches(of: StackFixture.patients(), seed: 1, batchSize: 2).batch(at: 0)
            #expect(batch.stacks[0].views.count == 2)
            let input = try StackInput(batch.stacks)
            let begin = try built.apply(input)
            #expect(begin.shape == [2, 1, 12, 16, 16])
            // All begin as the line between slices.
            #expect(try (begin - input.interpolated()).norm().item() == 0)
            network.code = 3
            #expect(message(of: .badData) { _ = try task.network(network, seed: 1) }?.contains("`code`") == true)
        }

        @Test("Anatomy adds to the loss what the predictor says of the difference, and nothing to the weights")
        func anatomy() throws {
            let folder = try TemporaryFolder()
            var network = NetworkSettings("acnn-sr")
            network.width = 16
            #expect(message(of: .badData) { _ = try task.network(network, seed: 1) }?.contains("`prior`") == true)
            network.prior = try savedPrior("tl", task.settings.stack, in: folder)
            network.priorWeight = 1000
            let constrained = try #require(try task.network(network, seed: 1))
            var plain = NetworkSettings("de-cnn")
            plain.width = 16
            let same = try #require(try task.network(plain, seed: 1))
            #expect(constrained.module.state.map(\.name) == same.module.state.map(\.name))
            let batch = try task.batches(of: StackFixture.patients(), seed: 1, batchSize: 2).batch(at: 0)
            let input = try StackInput(batch.stacks)
            let prior = try AnatomicalPrior.ofImages(network, task.settings.stack)
            let distance = try prior.distance(same.apply(input), input.fineImage).item()
            let expected = try task.loss(same, batch).item() + 1000 * distance
            // Single precision. Codes of random weights differ little.
            #expect(try distance > 1e-7 && abs(task.loss(constrained, batch).item() - expected) < 1e-5)
            network.prior = try savedPrior("autoencoder", task.settings.stack, in: folder)
            #expect(message(of: .badData) { _ = try task.network(network, seed: 1) }?.contains("kind tl") == true)
        }

        @Test("What is predicted of a file has the intensities of its stack, and needs no truth")
        func prediction() throws {
            let folder = try TemporaryFolder()
            let patient = try StackFixture.patient(
                replacing: [StackFixture.volume: ""], in: folder)
            let path = folder("prediction.h5").path
            try task.predict(NetworkSettings("linear"), nil, from: patient.path, to: path)
            let root = try HDF5File.open(path).root
            #expect(try root.dataset("image").shape == [2, 30, 32, 32])
            let slice: [Float] = try root.dataset("image").read(at: [1, 13, 0, 0], count: [1, 1, 32, 32])
            let scanned: [Float] = try #require(try patient.cine(.sax)).image.read(
                at: [4, 1, 0, 0], count: [1, 1, 32, 32])
            // What lies far outside the percentiles was cut off; the rest is exact but for single precision.
            #expect(zip(slice, scanned).count { abs($0 - $1) < 1e-3 * abs($1) + 1e-2 } > 1000)
            #expect(try root.attributes.numbers("affine", shape: [4, 4]).count == 16)
        }

        @Test("As published where no width is given")
        func published() throws {
            // 1·64, 64·64 (up), 64·32, 32·16, 16·8, 8·4, 4·1 with 27 places each but the second, which has 2·3 − 1.
            let count = 27 * (64 + 2048 + 512 + 128 + 32 + 4) + 5 * 4096 + 189
            #expect(try task.network(NetworkSettings("de-cnn"), seed: 1)?.module.parameterCount == count)
        }

        @Test("Training makes the loss smaller", arguments: ["srcnn", "de-cnn", "multi-2", "siamese"])
        func training(kind: String) throws {
            var network = NetworkSettings(kind)
            network.width = 16
            let built = try #require(try task.network(network, seed: 3))
            let patients = try StackFixture.patients()
            let batch = try task.batches(of: patients, seed: 1, batchSize: 2).batch(at: 0)
            let losses = try losses(of: built.module, rate: 3e-3, steps: 30) { try task.loss(built, batch) }
            #expect(losses[29] < 0.9 * losses[0])
            let validation = try task.validation(built, on: patients)
            #expect(validation.goal == "psnr" && validation.isGreaterBetter)
            #expect(try validation.scores()["psnr"] ?? 0 > 10)
        }
    }
}
