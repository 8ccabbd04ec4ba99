import Core
import Foundation
import Storage

@testable import Learning

/// Images of noise; one of them may be broken.
struct NoiseSource: BatchSource {
    var size = 36
    var brokenStep: Int?

    func batch(at step: Int) throws -> [Float] {
        var random = Philox.batch(seed: 7, step: step)
        return (0..<2 * size).map { _ in step == brokenStep ? .nan : Float(random.normal()) }
    }

    func description(at step: Int) -> String { "slice \(step)" }
}

/// A training that takes milliseconds.
final class TrainingFixture {
    let network: Sequential
    var plan = TrainingPlan(
        steps: 12, schedule: .cosine(0.02, to: 0.001, within: 12), gradientLimit: 1, averageDecay: 0.5,
        checkpointInterval: 3, validationInterval: 4)
    var source = NoiseSource()
    var settings = ["layers": "2"]
    var makesOptimiser: ([(name: String, tensor: Parameter)]) -> any Optimiser = { Adam($0) }
    var hasValidation = true
    /// Loss added to that of the images.
    var extraLoss: () throws -> Tensor? = { nil }
    /// Scores in place of those that are measured, from the first on.
    var scores: [Double] = []
    var isGreaterBetter = false
    /// Whether the user wants to stop, by number of steps taken.
    var isStopped: (Int) -> Bool = { _ in false }
    /// Whether validation finds that the user wants to stop.
    var isValidationStopped = false
    var events: [Trainer<NoiseSource>.Event] = []
    /// Takes the number of steps after each.
    var onStep: (Int) throws -> Void = { _ in }

    /// With batch statistics, dropout and moments, or two weights alone.
    init(width: Int = 4, isSmall: Bool = false) throws {
        var random = stream(3)
        network =
            isSmall
            ? Sequential([try Linear(3, 3, using: &random)])
            : Sequential([
                try Convolution(1, width, kernel: [3, 3], using: &random), try BatchNorm(width), Lambda.relu(),
                Dropout(0.2), try Convolution(width, 1, kernel: [3, 3], using: &random),
            ])
        if isSmall {
            source.size = 3
            plan = TrainingPlan(
                steps: 6, schedule: .constant(0.01), averageDecay: 0.5, checkpointInterval: 3, validationInterval: 3)
        }
    }

    private var shape: [Int] { source.size == 3 ? [2, 3] : [2, 1, 6, 6] }

    private func error(_ values: [Float]) throws -> Tensor {
        let image = try Tensor(values, shape: shape)
        return try Loss.l2(network(image), image * 0.5)
    }

    func trainer(_ model: (any Module)? = nil) throws -> Trainer<NoiseSource> {
        let fixed = try NoiseSource(size: source.size).batch(at: 1_000)
        let validation = Validation(goal: "error", isGreaterBetter: isGreaterBetter) { [unowned self] in
            if isValidationStopped { throw CineError(.interrupted, "stop") }
            if !scores.isEmpty { return ["error": scores.removeFirst()] }
            return ["error": try error(fixed).item(), "other": 1]
        }
        return try Trainer(
            model ?? network, optimiser: makesOptimiser(network.parameters), source: source, plan: plan,
            settings: settings, validation: hasValidation ? validation : nil
        ) { [unowned self] batch in
            let loss = try error(batch)
            return try extraLoss().map { try loss + $0 } ?? loss
        }
    }

    @discardableResult
    func train(in folder: RunFolder, resume: Bool = false) throws -> Trainer<NoiseSource>.Outcome {
        var steps = 0
        var failure: (any Error)?
        let outcome = try trainer().run(
            in: folder, experiment: #"{"layers":2}"#, resume: resume, isStopped: { self.isStopped(steps) }
        ) { event in
            self.events.append(event)
            if case .began(let state) = event { steps = state.step }
            guard case .step(let line, _) = event else { return }
            steps = line.step
            do { try self.onStep(steps) } catch { failure = error }
        }
        if let failure { throw failure }
        return outcome
    }
}

/// A folder for a training that goes when the test ends.
func withRunFolder<Result>(_ body: (RunFolder) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("run \(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(RunFolder(url))
}

extension RunFolder {
    /// What the log says, but for the time it took.
    var curve: [TrainingLog.Line] {
        get throws {
            try TrainingLog.read(log).map { line in
                TrainingLog.Line(
                    step: line.step, seconds: 0, loss: line.loss, rate: line.rate, gradientNorm: line.gradientNorm,
                    validation: line.validation)
            }
        }
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

extension Checkpoint {
    /// All numbers by name, as bytes.
    var bytes: [String: [UInt8]] {
        get throws {
            var result: [String: [UInt8]] = [:]
            for (part, tensors) in [("model", model), ("optimiser", optimiser), ("average", average)] {
                for (name, tensor) in tensors { result["\(part).\(name)"] = try tensor.withBytes { Array($0) } }
            }
            return result
        }
    }
}
