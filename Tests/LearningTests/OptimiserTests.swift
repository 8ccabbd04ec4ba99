import Core
import Foundation
import Testing

@testable import Learning

/// One weight vector.
private final class Weight: Module {
    let value: Parameter
    let unused: Parameter

    init(_ values: [Double]) throws {
        value = try Parameter(Tensor(values))
        unused = try Parameter(Tensor([7.0]))
    }
}

extension EngineTests {
    @Suite("Optimisers")
    struct OptimiserTests {
        private let start = [1.0, -2, 0.5]

        /// Steps on Σ w⁴ / 4, whose gradient is w³.
        private func run(_ steps: Int, _ make: (Weight) -> any Optimiser) throws -> [Double] {
            let weight = try Weight(start)
            let optimiser = make(weight)
            for _ in 0..<steps { try step(weight, optimiser) }
            #expect(try weight.unused.item() == 7)
            return try weight.value.values()
        }

        private func step(_ weight: Weight, _ optimiser: any Optimiser) throws {
            try optimiser.clearGradients()
            try (weight.value.power(4).sum() / 4).backward()
            try optimiser.step()
        }

        @Test("Adam, with and without decay, against its definition", arguments: [0, 0.1])
        func adam(decay: Double) throws {
            let found = try run(5) { Adam($0.parameters, rate: 0.1, decay: decay) }
            for (index, first) in start.enumerated() {
                var (w, m, v) = (first, 0.0, 0.0)
                for t in 1...5 {
                    let g = w * w * w
                    (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g)
                    w -= 0.1 * decay * w
                    w -= 0.1 * (m / (1 - pow(0.9, Double(t)))) / ((v / (1 - pow(0.999, Double(t)))).squareRoot() + 1e-8)
                }
                #expect(Swift.abs(found[index] - w) < 1e-12)
            }
        }

        @Test("Gradient descent against its definition", arguments: [(0, false), (0.9, false), (0.9, true)])
        func descent(momentum: Double, isNesterov: Bool) throws {
            let found = try run(5) {
                SGD($0.parameters, rate: 0.05, momentum: momentum, isNesterov: isNesterov, decay: 0.01)
            }
            for (index, first) in start.enumerated() {
                var (w, v) = (first, 0.0)
                for _ in 1...5 {
                    let g = w * w * w + 0.01 * w
                    v = momentum * v + g
                    w -= 0.05 * (isNesterov ? g + momentum * v : v)
                }
                #expect(Swift.abs(found[index] - w) < 1e-12)
            }
        }

        @Test("What was kept goes on as if nothing had happened")
        func resume() throws {
            try withTemporaryFile("optimiser.safetensors") { path in
                let straight = try run(7) { Adam($0.parameters, rate: 0.1) }
                let (first, second) = try (Weight(start), Weight([0, 0, 0]))
                let before = Adam(first.parameters, rate: 0.1)
                for _ in 0..<3 { try step(first, before) }
                try Weights.write(before.state, to: path)
                try second.load(first.stateDictionary)
                let after = Adam(second.parameters, rate: 0.1)
                try after.load(Weights.read(path).tensors)
                for _ in 0..<4 { try step(second, after) }
                #expect(try second.value.values() == straight)
                #expect(after.slots.steps == 7)
                expectError(mentions: "\"step\"") { try after.load([:]) }
                expectError(mentions: "other.exp_avg") {
                    try after.load(["step": Tensor(Int64(1)), "other.exp_avg": Tensor([1.0])])
                }
                expectError(mentions: "value.exp_avg", "[3]", "[1]") {
                    try after.load(["step": Tensor(Int64(1)), "value.exp_avg": Tensor([1.0])])
                }
            }
        }

        @Test("Gradients are clipped together, to a norm")
        func clipping() throws {
            let weight = try Weight([3, 0, 4])
            let optimiser = SGD(weight.parameters, rate: 1)
            #expect(try optimiser.clipGradients(to: 1) == 0)
            try (weight.value.squared().sum() / 2 + 12 * weight.unused.sum()).backward()
            #expect(try optimiser.clipGradients(to: 26) == 13)
            #expect(try weight.value.gradient?.values() == [3, 0, 4] as [Double])
            #expect(try optimiser.clipGradients(to: 6.5) == 13)
            #expect(try weight.value.gradient?.values() == [1.5, 0, 2] as [Double])
            #expect(try weight.unused.gradient?.item() == 6)
            try (weight.value.sum() / 0).backward()
            #expect(try !optimiser.clipGradients(to: 1).isFinite)
        }

        @Test("Averages follow the weights, stand in for them, and give them back")
        func movingAverage() throws {
            let weight = try Weight([1, 2, 3])
            let average = try MovingAverage(of: weight, decay: 0.75)
            try weight.value.copy(from: Tensor([5.0, 2, -1]))
            try average.update()
            #expect(try average.withAverages { try weight.value.values() } == [2, 2, 2] as [Double])
            #expect(try weight.value.values() == [5, 2, -1] as [Double])
            #expect(throws: CineError.self) { try average.withAverages { throw CineError(.badData, "stop") } }
            #expect(try weight.value.values() == [5, 2, -1] as [Double])
            #expect(average.state.map(\.name) == ["value", "unused"])
        }

        @Test("Schedules")
        func schedules() throws {
            #expect(Schedule.constant(0.1).rate(at: 99) == 0.1)
            let steps = Schedule.steps(1, every: 10, factor: 0.5)
            #expect([0, 9, 10, 25].map(steps.rate) == [1, 1, 0.5, 0.25])
            let cosine = Schedule.cosine(1, to: 0.2, within: 10)
            #expect(cosine.rate(at: 0) == 1 && Swift.abs(cosine.rate(at: 5) - 0.6) < 1e-12)
            #expect(Swift.abs(cosine.rate(at: 10) - 0.2) < 1e-12 && Swift.abs(cosine.rate(at: 99) - 0.2) < 1e-12)
            let polynomial = Schedule.polynomial(1, power: 2, within: 4)
            #expect([0, 2, 4, 9].map(polynomial.rate) == [1, 0.25, 0, 0])
            let warm = Schedule.warmUp(steps: 4, then: steps)
            #expect([0, 1, 3, 4, 13, 14].map(warm.rate) == [0.25, 0.5, 1, 1, 1, 0.5])
            let copy = try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(warm))
            #expect(copy == warm)
        }

        @Test("Equal steps give equal bits, and a network learns")
        func deterministic() throws {
            try Torch.setDeterministic(true)
            defer { try? Torch.setDeterministic(false) }
            func train() throws -> (losses: [Double], weights: [Float]) {
                var random = stream()
                try Torch.seed(5)
                let network = Sequential([
                    try Convolution(2, 8, kernel: [3, 3], using: &random), try BatchNorm(8), Lambda.relu(),
                    Dropout(0.1),
                    try Convolution(8, 2, kernel: [3, 3], using: &random),
                ])
                let optimiser = Adam(network.parameters, rate: 0.01)
                let input = try Tensor.normal([2, 2, 16, 16], using: &random)
                let losses = try (0..<30).map { _ in
                    try optimiser.clearGradients()
                    let loss = try Loss.l2(network(input), input * 0.5)
                    try loss.backward()
                    try optimiser.clipGradients(to: 5)
                    try optimiser.step()
                    return try loss.item()
                }
                return (losses, try network.parameters.flatMap { try $0.tensor.values() as [Float] })
            }
            let (first, second) = try (train(), train())
            #expect(first.losses == second.losses && first.weights == second.weights)
            #expect(first.losses[29] < 0.3 * first.losses[0])
        }
    }
}
