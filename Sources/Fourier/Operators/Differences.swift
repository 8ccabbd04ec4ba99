import ComplexModule

/// Differences between a frame and the one before; the beat closes, so the first follows the last.
///
/// - Shape: [T, P…] → [T, P…]; ‖D‖ ≤ 2.
public struct TemporalDifference: LinearOperator {
    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { domain }

    /// Differences along the first axis of `shape`.
    public init(shape: [Int]) { domain = shape }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let pixels = domainCount / domain[0]
        for index in 0..<domainCount {
            output[index] = input[index] - input[index < pixels ? domainCount - pixels + index : index - pixels]
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let pixels = domainCount / domain[0]
        for index in 0..<domainCount { output[index] = input[index] - input[(index + pixels) % domainCount] }
    }
}

/// Differences between neighbours along y and along x in each frame; zero beyond the last pixel.
///
/// - Shape: [T, Y, X] → [2, T, Y, X]: along y, then along x; ‖D‖² ≤ 8.
public struct SpatialDifference: LinearOperator {
    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { [2] + domain }

    /// Differences within frames of the last two axes of `shape` [T, Y, X].
    public init(shape: [Int]) {
        precondition(shape.count == 3, "expected a shape [T, Y, X], found \(shape)")
        domain = shape
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let (height, width) = (domain[1], domain[2])
        for index in 0..<domainCount {
            let (y, x) = (index / width % height, index % width)
            output[index] = y + 1 < height ? input[index + width] - input[index] : .zero
            output[domainCount + index] = x + 1 < width ? input[index + 1] - input[index] : .zero
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let (height, width) = (domain[1], domain[2])
        for index in 0..<domainCount {
            let (y, x) = (index / width % height, index % width)
            var sum = ComplexFloat.zero
            if y + 1 < height { sum -= input[index] }
            if y > 0 { sum += input[index - width] }
            if x + 1 < width { sum -= input[domainCount + index] }
            if x > 0 { sum += input[domainCount + index - 1] }
            output[index] = sum
        }
    }
}
