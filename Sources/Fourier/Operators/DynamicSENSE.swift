import ComplexModule
import Core

/// Multi-coil encoding of the frames of one slice, over any transform of a frame: radial, spiral, or another.
///
/// - Shape: [T, Y, X] → [T, C, L, N], for transforms [C, Y, X] → [C, L·N].
/// - Convention: k_t = F_t (S x_t). `normal` uses the transforms' own, so a Toeplitz form serves here.
/// - Cost: the transforms, and two passes over C images a frame. Frames run on several threads.
public struct DynamicSENSE<Frame: LinearOperator>: DynamicEncoding {
    /// The sensitivities that it believes in.
    public let maps: CoilMaps
    /// The transform of each frame.
    public let transforms: [Frame]
    /// Shape of what it takes.
    public var domain: [Int] { [transforms.count, maps.height, maps.width] }
    /// Shape of what it gives.
    public let range: [Int]

    private let threads: Int

    /// Describes a slice's encoding.
    ///
    /// - Parameters:
    ///   - transforms: one for each frame, [C, Y, X] → [C, L·N].
    ///   - lines: spokes or interleaves of a frame, L.
    /// - Throws: `CineError` when transforms, maps and lines do not fit each other.
    public init(maps: CoilMaps, transforms: [Frame], lines: Int = 1, threads: Int = 1) throws {
        guard let first = transforms.first,
            transforms.allSatisfy({ $0.domain == maps.range && $0.rangeCount == first.rangeCount })
        else {
            throw CineError(
                .badData,
                "Expected transforms of \(maps.range) to the same number of samples in each frame, "
                    + "found \(Set(transforms.map(\.domain))) to \(Set(transforms.map(\.rangeCount))).")
        }
        let count = first.rangeCount / maps.coils
        guard count.isMultiple(of: lines) else {
            throw CineError(.badData, "Expected samples of \(lines) lines in each frame, found \(count) samples.")
        }
        self.maps = maps
        self.transforms = transforms
        self.threads = threads
        range = [transforms.count, maps.coils, lines, count / lines]
    }

    /// The same reading with other sensitivities.
    public func replacing(maps: CoilMaps) throws -> DynamicSENSE {
        try DynamicSENSE(maps: maps, transforms: transforms, lines: range[2], threads: threads)
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachFrame(input, maps.pixels, output, transforms[0].rangeCount) { frame, image, samples in
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: maps.rangeCount) { coils in
                maps.forward(image, into: coils)
                transforms[frame].forward(UnsafeBufferPointer(coils), into: samples)
            }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachFrame(input, transforms[0].rangeCount, output, maps.pixels) { frame, samples, image in
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: maps.rangeCount) { coils in
                transforms[frame].adjoint(samples, into: coils)
                maps.adjoint(UnsafeBufferPointer(coils), into: image)
            }
        }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachFrame(input, maps.pixels, output, maps.pixels) { frame, image, result in
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: 2 * maps.rangeCount) { memory in
                let coils = UnsafeMutableBufferPointer(rebasing: memory[..<maps.rangeCount])
                let filtered = UnsafeMutableBufferPointer(rebasing: memory[maps.rangeCount...])
                maps.forward(image, into: coils)
                transforms[frame].normal(UnsafeBufferPointer(coils), into: filtered)
                maps.adjoint(UnsafeBufferPointer(filtered), into: result)
            }
        }
    }

    /// Images of each coil and frame.
    public func coilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat] {
        var images = [ComplexFloat](repeating: .zero, count: transforms.count * maps.rangeCount)
        samples.withUnsafeBufferPointer { samples in
            images.withUnsafeMutableBufferPointer { images in
                forEachFrame(samples, transforms[0].rangeCount, images, maps.rangeCount) { frame, samples, image in
                    transforms[frame].adjoint(samples, into: image)
                }
            }
        }
        return images
    }

    /// Images of each coil: the mean over the frames of those of each frame.
    public func averageCoilImages(_ samples: [ComplexFloat]) throws -> [ComplexFloat] {
        let images = try coilImages(samples)
        var mean = [ComplexFloat](repeating: .zero, count: maps.rangeCount)
        for (place, value) in images.enumerated() { mean[place % maps.rangeCount] += value }
        return mean.map { $0.multiplied(by: 1 / Float(transforms.count)) }
    }

    private func forEachFrame(
        _ input: UnsafeBufferPointer<ComplexFloat>, _ inputCount: Int,
        _ output: UnsafeMutableBufferPointer<ComplexFloat>, _ outputCount: Int,
        _ body: @Sendable (Int, UnsafeBufferPointer<ComplexFloat>, UnsafeMutableBufferPointer<ComplexFloat>) -> Void
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        Workers.forEach(transforms.count, threads: threads) { frame in
            body(
                frame, UnsafeBufferPointer(start: source.start + frame * inputCount, count: inputCount),
                UnsafeMutableBufferPointer(start: target.start + frame * outputCount, count: outputCount))
        }
    }
}
