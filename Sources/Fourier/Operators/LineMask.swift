import ComplexModule

/// Keeps the k-space lines that were read in each frame, and sets the others to zero.
///
/// - Shape: [T, C, Y, X] → the same.
/// - Convention: a projection, hence its own adjoint and its own `normal`.
public struct LineMask: LinearOperator {
    /// Shape of what it takes.
    public let domain: [Int]
    /// Shape of what it gives.
    public var range: [Int] { domain }
    private let isRead: [Bool]

    /// Makes a mask from the lines (0..<Y) of each frame.
    ///
    /// - Shape: `lines` [T][L], as many or as few in each frame as were read.
    public init(coils: Int, height: Int, width: Int, lines: [[Int]]) {
        domain = [lines.count, coils, height, width]
        var isRead = [Bool](repeating: false, count: lines.count * height)
        for (frame, lines) in lines.enumerated() {
            for line in lines {
                precondition(line >= 0 && line < height, "line \(line) is not within 0..<\(height)")
                isRead[frame * height + line] = true
            }
        }
        self.isRead = isRead
    }

    /// Output = A · input.
    public func forward(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        let (coils, height, width) = (domain[1], domain[2], domain[3])
        for row in 0..<domain[0] * coils * height {
            let keep = isRead[row / (coils * height) * height + row % height]
            for x in row * width..<(row + 1) * width { output[x] = keep ? input[x] : .zero }
        }
    }

    /// Output = Aᴴ · input.
    public func adjoint(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forward(input, into: output)
    }

    /// Output = AᴴA · input.
    public func normal(
        _ input: UnsafeBufferPointer<ComplexFloat>, into output: UnsafeMutableBufferPointer<ComplexFloat>
    ) {
        forward(input, into: output)
    }
}
