import Core
import Datasets
import Foundation
import Fourier
import Learning
import Models
import Reconstruction
import Storage
import Testing

@testable import Evaluation

extension TaskTests {
    @Suite("Reconstruction") struct ReconstructionTaskTests {
        private let task = ReconstructionTask(.small)

        private func small(_ kind: String) -> NetworkSettings {
            var network = NetworkSettings(kind)
            network.width = kind == "u-net" ? 8 : 6
            if kind == "u-net" { network.depth = 2 }
            if kind.hasPrefix("dc-cnn") { (network.depth, network.cascades) = (3, 2) }
            if kind == "crnn" || kind == "kt-next" { network.cascades = 2 }
            return network
        }

        /// A network that knows the truth of a patient, slice after slice of each acceleration.
        private func oracle(_ task: ReconstructionTask, _ patient: PatientFile) throws -> TaskNetwork<MeasuredSlices> {
            var answers = try task.settings.accelerations.flatMap { try task.series(of: patient, $0) }
            return TaskNetwork(Oracle()) { _ in
                try #require(answers.isEmpty ? nil : [answers.removeFirst()]).truth().complexToChannels()
            }
        }

        @Test("A perfect reconstruction has no error", arguments: [false, true])
        func perfect(multiCoil: Bool) throws {
            var settings = ReconstructionSettings.small
            settings.multiCoil = multiCoil
            let task = ReconstructionTask(settings)
            let data = try MeasuredFixture.data()
            let result = try task.evaluate(
                NetworkSettings("oracle"), oracle(task, data.test[0]), on: data.test[0])
            func values(_ metric: String) -> [Double?] {
                result.scores.filter { $0.metric.name == metric }.map(\.value)
            }
            #expect(values("NMSE, heart") == [0, 0] && values("NMSE, x-t") == [0, 0] && values("HFEN") == [0, 0])
            #expect(values("PSNR") == [.infinity, .infinity])
            // Rounding of sums of squares.
            #expect(values("SSIM").allSatisfy { abs(($0 ?? 0) - 1) < 1e-9 })
            #expect(result.cases.map(\.badness) == [0, 0])
            #expect(Set(result.scores.map(\.condition)) == ["R = 2", "R = 4"])
            #expect(Set(result.scores.map(\.severity)) == [2, 4])
        }

        @Test("The validation of the truth is 0")
        func validation() throws {
            let patients = try MeasuredFixture.data().validation
            var middle = ReconstructionSettings.small
            middle.slices = 1
            let truth = try oracle(ReconstructionTask(middle), patients[0])
            let validation = try task.validation(truth, on: patients)
            #expect(validation.goal == "nmse" && !validation.isGreaterBetter)
            #expect(try validation.scores() == ["nmse": 0])
        }

        @Test("Lines to score by are a function of patient, slice and acceleration alone")
        func lines() throws {
            let data = try MeasuredFixture.data()
            let patient = data.test[0]
            func lines(_ settings: ReconstructionSettings, _ acceleration: Double = 4) throws -> [[[Int]]] {
                try ReconstructionTask(settings).series(of: patient, acceleration).map(\.lines)
            }
            let expected = try lines(.small)
            #expect(Set(expected).count == 2)
            var settings = ReconstructionSettings.small
            (settings.accelerations, settings.multiCoil, settings.snr) = ([4], true, 10)
            #expect(try lines(settings) == expected)
            settings.slices = 1
            #expect(try lines(settings) == [expected[0]])
            #expect(try lines(.small, 2) != expected)
            #expect(try task.series(of: data.validation[0], 4).map(\.lines) != expected)
            // Noise, too.
            settings.slices = nil
            let noisy = try (0..<2).map { _ in try ReconstructionTask(settings).series(of: patient, 4).map(\.samples) }
            #expect(noisy[0] == noisy[1])
            // What a network learns from is none of it, whatever the seed of its experiment.
            for seed in 1...3 as ClosedRange<UInt64> {
                let source = try task.batches(of: data.training, seed: seed, batchSize: 4)
                #expect(try source.batch(at: 0).allSatisfy { !expected.contains($0.lines) })
            }
        }

        @Test("Methods without weights are scored alike, and more samples are better")
        func classical() throws {
            let patient = try MeasuredFixture.data().test[0]
            #expect(try task.network(NetworkSettings("zero-filled"), seed: 1) == nil)
            let scores = try task.evaluate(NetworkSettings("zero-filled"), nil, on: patient).scores
            #expect(scores.count == 10 && scores.allSatisfy { $0.value?.isFinite == true })
            let psnr = scores.filter { $0.metric.name == "PSNR" }.compactMap(\.value)
            #expect(psnr[0] > psnr[1] + 1)
            // All that was left out is missing, and nothing else.
            for series in try task.series(of: patient, 4) {
                let found = try task.reconstructed(series, by: NetworkSettings("zero-filled"), nil)
                let again = try series.encoding().forward(found)
                let largest = series.samples.map(\.length).max() ?? 0
                // Single precision.
                #expect(zip(again, series.samples).allSatisfy { ($0 - $1).length < 1e-5 * largest })
            }
        }

        @Test("With many coils what was left out can be found again")
        func manyCoils() throws {
            var settings = ReconstructionSettings.small
            (settings.multiCoil, settings.sampling, settings.accelerations) = (true, .lattice, [2])
            let task = ReconstructionTask(settings)
            let patient = try MeasuredFixture.data().test[0]
            func psnr(_ kind: String) throws -> Double {
                let scores = try task.evaluate(NetworkSettings(kind), nil, on: patient).scores
                return try #require(scores.first { $0.metric.name == "PSNR" }?.value)
            }
            #expect(try psnr("cg-sense") > psnr("zero-filled") + 3)
        }

        @Test("Each kind gives images of one coil and of many", arguments: ReconstructionTask.networks, [false, true])
        func kinds(kind: String, multiCoil: Bool) throws {
            var settings = ReconstructionSettings.small
            settings.multiCoil = multiCoil
            let task = ReconstructionTask(settings)
            let data = try MeasuredFixture.data()
            let built = try #require(try task.network(small(kind), seed: 1))
            let batch = try task.batches(of: data.training, seed: 1, batchSize: 2).batch(at: 0)
            #expect(try task.loss(built, batch).item().isFinite)
            let series = try task.series(of: data.test[0], 4)
            #expect(try task.images(built, of: series[0]).count == 4 * 32 * 32)
            let same = try #require(try task.network(small(kind), seed: 1))
            let other = try #require(try task.network(small(kind), seed: 2))
            let first = try built.module.parameters[0].tensor.values(as: Float.self)
            #expect(try same.module.parameters[0].tensor.values() == first)
            #expect(try other.module.parameters[0].tensor.values() != first)
            var wrong = small(kind)
            wrong.code = 3
            #expect(message(of: .badData) { _ = try task.network(wrong, seed: 1) }?.contains("`code`") == true)
        }

        @Test("Training makes the loss smaller", arguments: ["u-net", "dc-cnn"])
        func training(kind: String) throws {
            let built = try #require(try task.network(small(kind), seed: 3))
            let batch = try task.batches(of: MeasuredFixture.data().training, seed: 1, batchSize: 2).batch(at: 0)
            let losses = try losses(of: built.module, rate: 3e-3, steps: 30) { try task.loss(built, batch) }
            #expect(losses[29] < 0.8 * losses[0])
        }

        @Test("What is predicted of a file from all lines of its perfect scan is what that scan shows")
        func prediction() throws {
            var settings = ReconstructionSettings.small
            (settings.sampling, settings.accelerations, settings.centreLines) = (.lattice, [1], nil)
            let (found, truth) = try predicted(by: NetworkSettings("zero-filled"), settings)
            let error = zip(found, truth).reduce(Float(0)) { $0 + ($1.0 - $1.1).lengthSquared }
            // Single precision.
            #expect(error < 1e-10 * truth.reduce(0) { $0 + $1.lengthSquared })
        }

        @Test("What is predicted with many coils is of the scan's own samples, in units of their noise")
        func predictionOfManyCoils() throws {
            var settings = ReconstructionSettings.small
            settings.multiCoil = true
            let (found, truth) = try predicted(by: NetworkSettings("cg-sense"), settings)
            let (images, expected) = (found.map(\.length), truth.map(\.length))
            func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            // Two coils, half of the lines and the scan's noise leave a little; a wrong slice, shading or unit of one
            // part leaves more.
            let cosine =
                product(images, expected) / (product(images, images) * product(expected, expected)).squareRoot()
            #expect(cosine > 0.95)
        }

        /// What a method makes of a patient's file, and what is true, as coils see it where there are many; [S, T, Y, X].
        private func predicted(
            by method: NetworkSettings, _ settings: ReconstructionSettings
        ) throws -> (found: [ComplexFloat], truth: [ComplexFloat]) {
            let folder = try TemporaryFolder()
            let patient = try MeasuredFixture.data().test[0]
            let path = folder("images.h5").path
            try ReconstructionTask(settings).predict(method, nil, from: patient.path, to: path)
            let image = try HDF5File.open(path).root.dataset("image")
            #expect(image.shape == [2, 4, 32, 32])
            let view = try #require(try patient.kspace(.sax))
            let truth = try (0..<2).flatMap { slice in
                let images = try view.reference(slice)
                guard settings.multiCoil else { return images }
                return CoilMaps(coils: 2, height: 32, width: 32, values: try view.coilMaps(slice))
                    .normalised(with: images).images
            }
            return (try image.read(), truth)
        }
    }
}
