import ComplexModule
import RealModule

/// The factor that brings an image nearest to its reference: Σ x̂ x / Σ x̂², 0 for an image of zeros.
///
/// Methods that do not know the scale of their images are compared after it. A score after a fit is another score: say so
/// beside it.
public func leastSquaresScale(_ image: [Float], to reference: [Float], mask: [Bool]? = nil) -> Float {
    requireEqualCounts(image.count, reference.count, mask?.count)
    var (product, square) = (0.0, 0.0)
    for index in image.indices where mask?[index] ?? true {
        product += Double(image[index]) * Double(reference[index])
        square += Double(image[index]) * Double(image[index])
    }
    return square > 0 ? Float(product / square) : 0
}

/// The factor that brings a complex image nearest to its reference in scale and phase: Σ x̂* x / Σ |x̂|².
public func leastSquaresScale(
    _ image: [Complex<Float>], to reference: [Complex<Float>], mask: [Bool]? = nil
) -> Complex<Float> {
    requireEqualCounts(image.count, reference.count, mask?.count)
    var (product, square) = (Complex<Double>.zero, 0.0)
    for index in image.indices where mask?[index] ?? true {
        let found = Complex<Double>(image[index])
        product += found.conjugate * Complex<Double>(reference[index])
        square += found.lengthSquared
    }
    return square > 0 ? Complex<Float>(product / Complex(square)) : .zero
}
