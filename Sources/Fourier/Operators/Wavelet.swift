import ComplexModule
import Core

/// The orthogonal 2D Daubechies wavelet transform of each image of a batch.
///
/// - Shape: [B…, Y, X] → the same; the coarse part comes first along each axis, level within level.
/// - Convention: periodic and orthonormal, so `normal` is the identity. The last sample of an odd length joins the
///   coarse part as it is. `shift` turns each image in a circle first, for cycle spinning.
/// - Cost: O(XY · taps); images run on several threads.
/// - Reference: Daubechies 1992, "Ten lectures on wavelets", table 6.1; Coifman & Donoho 1995 on cycle spinning.
public struct Wavelet: LinearOperator {
    /// Which filters.
    public enum Family: String, Sendable, CaseIterable {
        /// Four taps, two vanishing moments.
        case daubechies2 = "db2"
        /// Eight taps, four vanishing moments.
        case daubechies4 = "db4"

        /// The low-pass filter; Σ h = √2.
        var lowPass: [Float] {
            switch self {
            case .daubechies2: [0.482_962_913_1, 0.836_516_303_7, 0.224_143_868_0, -0.129_409_522_6]
            case .daubechies4:
                [
                    0.230_377_813_3, 0.714_846_570_6, 0.630_880_767_9, -0.027_983_769_4,
                    -0.187_034_811_7, 0.030_841_381_8, 0.032_883_011_7, -0.010_597_401_8,
                ]
            }
        }
    }

    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { domain }
    private let levels: Int
    private let low: [Float]
    private let high: [Float]
    private let shift: SIMD2<Int>
    private let threads: Int
    private var height: Int { domain[domain.count - 2] }
    private var width: Int { domain[domain.count - 1] }

    /// Prepares transforms of images along the last two axes of `shape`.
    ///
    /// - Parameter shift: pixels along x and y that the image is turned by before the transform.
    public init(
        shape: [Int], family: Family = .daubechies2, levels: Int = 3, shift: SIMD2<Int> = .zero, threads: Int = 1
    ) {
        precondition(shape.count >= 2 && levels >= 0, "expected a shape [.., Y, X], found \(shape)")
        domain = shape
        self.levels = levels
        self.shift = shift
        self.threads = threads
        let taps = family.lowPass
        low = taps
        high = taps.indices.map { taps[taps.count - 1 - $0] * ($0.isMultiple(of: 2) ? 1 : -1) }
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachImage(input, output) { source, image, line in
            turn(source, into: image, by: shift)
            for size in sizes {
                for y in 0..<size.y { analyse(image + y * width, count: size.x, stride: 1, line) }
                for x in 0..<size.x { analyse(image + x, count: size.y, stride: width, line) }
            }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forEachImage(input, output) { source, image, line in
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: width * height) { memory in
                guard let copy = memory.baseAddress else { return }
                copy.initialize(from: source, count: width * height)
                for size in sizes.reversed() {
                    for x in 0..<size.x { synthesise(copy + x, count: size.y, stride: width, line) }
                    for y in 0..<size.y { synthesise(copy + y * width, count: size.x, stride: 1, line) }
                }
                turn(copy, into: image, by: SIMD2(0, 0) &- shift)
            }
        }
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        _ = output.update(fromContentsOf: input)
    }

    /// Size of what each level works on, finest first.
    private var sizes: [SIMD2<Int>] {
        (0..<levels).reduce(into: [SIMD2(width, height)]) { sizes, _ in
            let last = sizes[sizes.count - 1]
            sizes.append(SIMD2((last.x + 1) / 2, (last.y + 1) / 2))
        }.dropLast()
    }

    private func forEachImage(
        _ input: UnsafeBufferPointer<ComplexFloat>, _ output: UnsafeMutableBufferPointer<ComplexFloat>,
        _ body:
            @Sendable (
                UnsafePointer<ComplexFloat>, UnsafeMutablePointer<ComplexFloat>, UnsafeMutablePointer<ComplexFloat>
            ) -> Void
    ) {
        guard let source = Shared(input) else { return }
        let target = SharedBuffer(output)
        let count = width * height
        Workers.forEach(domainCount / count, threads: threads) { image in
            withUnsafeTemporaryAllocation(of: ComplexFloat.self, capacity: max(width, height)) { memory in
                guard let line = memory.baseAddress else { return }
                body(source.start + image * count, target.start + image * count, line)
            }
        }
    }

    private func turn(
        _ source: UnsafePointer<ComplexFloat>, into target: UnsafeMutablePointer<ComplexFloat>, by shift: SIMD2<Int>
    ) {
        func wrap(_ value: Int, _ count: Int) -> Int { (value % count + count) % count }
        for y in 0..<height {
            let row = wrap(y + shift.y, height) * width
            for x in 0..<width { target[row + wrap(x + shift.x, width)] = source[y * width + x] }
        }
    }

    /// Coarse and fine halves of the even part of a line.
    private func analyse(
        _ values: UnsafeMutablePointer<ComplexFloat>, count: Int, stride: Int,
        _ line: UnsafeMutablePointer<ComplexFloat>
    ) {
        let half = count / 2
        let coarse = count - half
        guard half > 0 else { return }
        for place in 0..<half {
            var sums = (ComplexFloat.zero, ComplexFloat.zero)
            for tap in low.indices {
                let value = values[(2 * place + tap) % (2 * half) * stride]
                sums.0 += value.multiplied(by: low[tap])
                sums.1 += value.multiplied(by: high[tap])
            }
            line[place] = sums.0
            line[coarse + place] = sums.1
        }
        if coarse > half { line[half] = values[(count - 1) * stride] }
        for place in 0..<count { values[place * stride] = line[place] }
    }

    /// Undoes `analyse`: its transpose.
    private func synthesise(
        _ values: UnsafeMutablePointer<ComplexFloat>, count: Int, stride: Int,
        _ line: UnsafeMutablePointer<ComplexFloat>
    ) {
        let half = count / 2
        let coarse = count - half
        guard half > 0 else { return }
        for place in 0..<count { line[place] = .zero }
        for place in 0..<half {
            let sums = (values[place * stride], values[(coarse + place) * stride])
            for tap in low.indices {
                line[(2 * place + tap) % (2 * half)] +=
                    sums.0.multiplied(by: low[tap]) + sums.1.multiplied(by: high[tap])
            }
        }
        if coarse > half { line[count - 1] = values[half * stride] }
        for place in 0..<count { values[place * stride] = line[place] }
    }
}
