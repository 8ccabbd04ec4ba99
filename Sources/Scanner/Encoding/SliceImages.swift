/// Images of a slice: real, or complex where the field is uneven.
public struct SliceImages: Sendable {
    /// [I, Y, X], x fastest.
    public var real: [Float]
    /// Of the same shape; nil where images are real.
    public var imaginary: [Float]?

    /// Makes images.
    public init(real: [Float], imaginary: [Float]? = nil) {
        precondition(imaginary.map { $0.count == real.count } ?? true, "as many imaginary parts as real ones")
        self.real = real
        self.imaginary = imaginary
    }
}
