import Core
import Foundation
import Learning

/// Times training steps, in turns with the peer of `Benchmarks/learning.py`.
///
/// Usage: LearningBenchmark THREADS. Each line "float32 N", "contiguous N" or "bfloat16 N" on standard input is answered
/// with the seconds of N steps: forward, backward and Adam, of five convolutions 3 × 3 with 64 channels on images
/// [4, 2, 128, 128], channels last unless contiguous.
struct LearningBenchmark {
    private let network: Sequential
    private let optimiser: Adam
    private let input: Tensor
    private let truth: Tensor

    init(isChannelsLast: Bool) throws {
        var random = Philox(seed: 1, patient: 0, stage: .recipe)
        let widths = [2, 64, 64, 64, 64, 2]
        var layers: [any Layer] = []
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            if !layers.isEmpty { layers.append(Lambda.relu()) }
            layers.append(try Convolution(inputs, outputs, kernel: [3, 3], using: &random))
        }
        network = Sequential(layers)
        try network.setChannelsLast(isChannelsLast)
        optimiser = Adam(network.parameters)
        input = try Tensor.normal([4, 2, 128, 128], using: &random)
        truth = try Tensor.normal([4, 2, 128, 128], using: &random)
    }

    func step(isShort: Bool) throws {
        try optimiser.clearGradients()
        let output = try isShort ? Torch.autocast { try network(input) } : network(input)
        try Loss.l2(output.converted(to: .float32), truth).backward()
        try optimiser.step()
    }

    func seconds(of count: Int, isShort: Bool) throws -> [Double] {
        try (0..<count).map { _ in
            let start = ContinuousClock.now
            try step(isShort: isShort)
            return (ContinuousClock.now - start) / .seconds(1)
        }
    }
}

try Torch.setThreads(CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2)
let channelsLast = try LearningBenchmark(isChannelsLast: true)
let contiguous = try LearningBenchmark(isChannelsLast: false)
while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let count = Int(words[1]) else { break }
    let benchmark = words[0] == "contiguous" ? contiguous : channelsLast
    let times = try benchmark.seconds(of: count, isShort: words[0] == "bfloat16")
    print(times.map { "\($0)" }.joined(separator: " "))
    // Or the peer would wait for a full buffer.
    fflush(nil)
}
