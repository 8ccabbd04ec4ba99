import CFFTW
import ComplexModule
import Core
import RealModule

/// A complex sample of an image or of k-space.
public typealias ComplexFloat = Complex<Float>

/// A complex number in double precision, for signal equations.
public typealias ComplexDouble = Complex<Double>

extension Complex where RealType == Float {
    /// The nearest single-precision value.
    public init(_ value: ComplexDouble) { self.init(Float(value.real), Float(value.imaginary)) }
}

/// What all transforms share: how FFTW plans, and what it has learnt about this machine.
///
/// FFTW rounds differently under different plans. `Planning.estimated` chooses a plan by rule, so the same program
/// on the same kind of CPU gives the same bits in every process, whatever ran before. `Planning.measured` chooses by
/// the clock: faster for powers of two, but two processes agree only if they share wisdom.
public enum Fourier {
    /// How FFTW chooses among its algorithms.
    public enum Planning: Hashable, Sendable {
        /// By rule: no timing, hence the same bits in every process. Wisdom is ignored.
        ///
        /// Measured on 2 cores, 2D in place: 150² 0.17 ms, 300² 0.4-0.6 ms, 256² 0.4-1.4 ms, against 0.14, 0.4-0.6
        /// and 0.25 ms for measured plans, which take 0.1-0.3 s each to make.
        case estimated
        /// By timing; the choice is kept as wisdom.
        case measured
    }

    /// Adds wisdom from an earlier run, so that measured plans are chosen as they were then.
    ///
    /// - Throws: `CineError` when the text is not FFTW wisdom in single precision.
    public static func loadWisdom(from text: String) throws {
        guard Planner.importWisdom(text) else {
            throw CineError(
                .badData,
                "Expected FFTW wisdom in single precision, found \(text.count) characters that FFTW refuses. "
                    + "Delete the wisdom file; the next run writes a new one.")
        }
    }

    /// The wisdom that measured plans have gathered, for `loadWisdom(from:)` of a later run.
    public static func savedWisdom() -> String { Planner.exportWisdom() }
}
