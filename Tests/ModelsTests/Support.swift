import ComplexModule
import Core
import Fourier
import Learning
import Testing

@testable import Models

/// All tests that need the tensor engine, one after another: its mode is the process's.
@Suite(
    "Models", .serialized,
    .enabled(if: Torch.isAvailable, "there is no tensor engine: apt-get install libtorch-dev and build again"))
struct ModelTests {}

/// A stream of random numbers for tests.
func stream(_ seed: UInt64 = 1) -> Philox { Philox(seed: seed, patient: 0, stage: .recipe) }

/// Normal numbers by seed.
func noise(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    var random = stream(seed)
    return try Tensor.normal(shape, using: &random)
}

/// Complex normal numbers by seed.
func complexNoise(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    try noise(shape + [2], seed: seed).viewedAsComplex()
}

/// Greatest difference of two tensors over the greatest value of the second.
func relativeError(_ a: Tensor, _ b: Tensor) throws -> Double {
    #expect(a.shape == b.shape)
    return try abs(a - b).max().item() / Swift.max(abs(b).max().item(), 1e-30)
}

/// Every weight of a module has a part in an output.
func expectGradients(
    of module: some Module, _ output: Tensor, location: SourceLocation = #_sourceLocation
) throws {
    try module.clearGradients()
    try output.squared().sum().backward()
    for (name, weight) in module.parameters {
        let size = try weight.gradient?.norm().item() ?? 0
        #expect(size > 0 && size.isFinite, "\(name) has a gradient of \(size)", sourceLocation: location)
    }
}

/// The typed error that a call must end with.
func expectError(mentions words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
    do {
        try body()
        Issue.record("expected an error, found none", sourceLocation: location)
    } catch let error as CineError {
        #expect(error.kind == .badData, "\(error)", sourceLocation: location)
        for word in words { #expect(error.message.contains(word), "\(error)", sourceLocation: location) }
    } catch {
        Issue.record("expected a CineError, found \(error)", sourceLocation: location)
    }
}

/// Slices of noise, and what a scanner reads of them.
struct Slices {
    /// The images, [N, T, Y, X].
    let truth: Tensor
    let measurement: MeasuredSlices

    /// Lines of each slice that one coil reads, a third of each frame's.
    static func oneCoil(slices: Int = 2, frames: Int = 3, height: Int = 9, width: Int = 8) throws -> Slices {
        try lines(slices: slices, frames: frames) { _ in .uniform(height: height, width: width) }
    }

    /// Lines that three coils read, with Σ|S|² = 1.
    static func coils(slices: Int = 2, frames: Int = 2, height: Int = 8, width: Int = 7) throws -> Slices {
        try lines(slices: slices, frames: frames) { slice in
            let values = try complexNoise([3, height, width], seed: 20 + UInt64(slice)).values() as [Complex<Float>]
            return CoilMaps(coils: 3, height: height, width: width, values: values).normalised
        }
    }

    private static func lines(slices: Int, frames: Int, maps: (Int) throws -> CoilMaps) throws -> Slices {
        let encodings = try (0..<slices).map { slice in
            let maps = try maps(slice)
            let read = (0..<frames).map { frame in
                [maps.height / 2]
                    + (0..<maps.height / 3).map { (frame + slice + 3 * $0) % maps.height }
                    .map { $0 == maps.height / 2 ? maps.height - 1 : $0 }
            }
            return try CartesianSENSE(maps: maps, lines: read)
        }
        let truth = try complexNoise([slices] + encodings[0].domain, seed: 5)
        let samples = try encodings.enumerated().map { try $1.forward(truth[.at($0)]) }
        return Slices(truth: truth, measurement: try MeasuredSlices(lines: encodings, samples: samples))
    }

    /// Spokes that two coils read, with the Toeplitz form of the normal operator.
    static func spokes() throws -> Slices {
        let (height, width) = (10, 9)
        let values = try complexNoise([2, height, width], seed: 30).values() as [Complex<Float>]
        let maps = CoilMaps(coils: 2, height: height, width: width, values: values).normalised
        let points = (0..<7).flatMap { spoke -> [SIMD2<Double>] in
            let angle = Double(spoke) * 0.449
            return (-5..<5).map { SIMD2(cos(angle), sin(angle)) * Double($0) }
        }
        let spokes = Spokes(
            nufft: try NUFFT(shape: [height, width], points: points, batch: 2, tolerance: 1e-6),
            toeplitz: try ToeplitzNormal(shape: [height, width], points: points, batch: 2, tolerance: 1e-6))
        let encoding = try DynamicSENSE(maps: maps, transforms: [spokes], lines: 7)
        let truth = try complexNoise([1, 1, height, width], seed: 5)
        let samples = try encoding.forward(truth[0])
        return Slices(truth: truth, measurement: try MeasuredSlices([encoding], samples: [samples]))
    }
}

/// Spokes of all coils, whose normal operator is a convolution.
private struct Spokes: LinearOperator {
    let nufft: NUFFT
    let toeplitz: ToeplitzNormal
    var domain: [Int] { nufft.domain }
    var range: [Int] { nufft.range }

    func forward(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        nufft.forward(input, into: output)
    }

    func adjoint(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        nufft.adjoint(input, into: output)
    }

    func normal(_ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>) {
        toeplitz.forward(input, into: output)
    }
}

private func cos(_ x: Double) -> Double { Complex(length: 1, phase: x).real }
private func sin(_ x: Double) -> Double { Complex(length: 1, phase: x).imaginary }
