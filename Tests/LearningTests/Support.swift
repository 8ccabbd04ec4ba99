import Core
import Foundation
import Testing

@testable import Learning

/// All tests that need the tensor engine, one after another: its seed, mode and count of tensors are the process's.
@Suite(
    "Tensor engine", .serialized,
    .enabled(if: Torch.isAvailable, "there is no tensor engine: apt-get install libtorch-dev and build again"))
struct EngineTests {}

/// A stream of random numbers for tests.
func stream(_ seed: UInt64 = 1) -> Philox { Philox(seed: seed, patient: 0, stage: .recipe) }

/// Normal numbers in double precision, by seed.
func noise(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    var random = stream(seed)
    return try Tensor((0..<shape.reduce(1, *)).map { _ in random.normal() }, shape: shape)
}

/// Greatest difference of two tensors over the greatest value of the second.
func relativeError(_ a: Tensor, _ b: Tensor) throws -> Double {
    try abs(a - b).max().item() / Swift.max(abs(b).max().item(), 1e-300)
}

/// Compares the gradients of a function of tensors with central differences, in double precision.
///
/// The differences have an error of h² f‴ / 6, some 1e-10, and of round-off 1e-16 |f| / h, some 1e-10 too.
func expectGradients(
    _ name: String, _ inputs: [Tensor], tolerance: Double = 1e-6, location: SourceLocation = #_sourceLocation,
    _ function: () throws -> Tensor
) throws {
    for input in inputs where !input.requiresGradient { try input.requiringGradient() }
    let output = try function()
    let weights = try noise(output.shape, seed: 99)
    #expect(output.dtype == .float64, "\(name) is to be tested in double precision", sourceLocation: location)
    let gradients = try output.gradients(of: inputs, weights: weights)
    let step = 1e-5
    for (input, gradient) in zip(inputs, gradients) {
        let start = try input.values() as [Double]
        func value(_ index: Int, _ change: Double) throws -> Double {
            var moved = start
            moved[index] += change
            try input.copy(from: Tensor(moved, shape: input.shape))
            return try Torch.withoutGradients { try (function() * weights).sum().item() }
        }
        let found = try gradient.values() as [Double]
        let scale = Swift.max(found.map { Swift.abs($0) }.max() ?? 0, 1e-3)
        for index in start.indices {
            let expected = try (value(index, step) - value(index, -step)) / (2 * step)
            guard Swift.abs(found[index] - expected) > tolerance * scale else { continue }
            Issue.record(
                "\(name): \(found[index]), not \(expected), at \(index) of \(input)", sourceLocation: location)
            break
        }
        try input.copy(from: Tensor(start, shape: input.shape))
    }
}

/// The typed error that a call must end with.
func expectError(
    _ kind: CineError.Kind = .badData, mentions words: String..., location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("expected an error, found none", sourceLocation: location)
    } catch let error as CineError {
        #expect(error.kind == kind, "\(error)", sourceLocation: location)
        for word in words { #expect(error.message.contains(word), "\(error)", sourceLocation: location) }
    } catch {
        Issue.record("expected a CineError, found \(error)", sourceLocation: location)
    }
}

/// A file that goes when the test ends.
func withTemporaryFile(_ name: String, _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

/// Expects that a body forgets no tensor.
///
/// Other suites hold tensors of their own at the same time, some hundreds that come and go: so the body runs a thousand
/// times, and what it forgets each time is told apart from those.
func expectNoTensorForgotten(_ body: () throws -> Void) throws {
    let (times, before) = (1000, try Torch.tensorCount)
    for _ in 0..<times { try body() }
    let grown = try Torch.tensorCount - before
    #expect(grown < times / 2, "\(grown) tensors more after \(times) times")
}
