import ComplexModule

/// What turns FFTW's transform, which counts from the first sample, into a centred one along one axis.
///
/// With centre c = ⌊N/2⌋, −(k − c)(x − c) = −kx + cx + c(k − c): a phase before and a phase after the transform. For even
/// sizes both are signs (or, with c odd, signs after a common factor). Nothing is moved, and the phases before can be
/// folded into coil maps.
struct CenteredPhase {
    /// e^(2πi c x/N) for each position.
    let before: [ComplexFloat]
    /// e^(2πi c (k − c)/N) for each frequency.
    let after: [ComplexFloat]

    init(_ count: Int) {
        let center = count / 2
        func phase(_ turns: Int) -> ComplexFloat {
            // The whole turns are dropped in integers, so that large sizes lose no digits.
            let rest = ((turns % count) + count) % count
            let value = ComplexDouble(length: 1, phase: 2 * .pi * Double(rest) / Double(count))
            return ComplexFloat(Float(value.real), Float(value.imaginary))
        }
        before = (0..<count).map { phase(center * $0) }
        after = (0..<count).map { phase(center * ($0 - center)) }
    }
}
