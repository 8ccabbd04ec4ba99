import ComplexModule
import Core
import Fourier

/// Where each readout's samples lie in [T, C, L, N].
struct KSpaceOutput {
    private let pattern: SamplingPattern
    let coils: Int

    init(_ pattern: SamplingPattern, coils: Int) {
        self.pattern = pattern
        self.coils = coils
    }

    var isCartesian: Bool { pattern.lines != nil }
    var lines: Int { pattern.linesPerFrame }
    /// Values of one coil of a frame.
    var coilStride: Int { lines * pattern.samplesPerLine }
    var frameSize: Int { coils * coilStride }
    var count: Int { pattern.frames * frameSize }

    /// What an image is read for, by the numbers of its readouts.
    func reading(of readouts: [Int]) -> SliceEncoder.Reading {
        let offsets = readouts.map { $0 / lines * frameSize + $0 % lines * pattern.samplesPerLine }
        if let lines = pattern.lines {
            return .init(.lines(readouts.map { lines[$0 / self.lines][$0 % self.lines] }), offsets: offsets)
        }
        let points = readouts.flatMap { number in
            let first = number * pattern.samplesPerLine
            return (pattern.actualTrajectory ?? [])[first..<first + pattern.samplesPerLine].map { SIMD2<Double>($0) }
        }
        return .init(.points(points), offsets: offsets)
    }

    /// Turns the phase of all samples of each readout.
    ///
    /// - Parameter phases: in rad, [T, L].
    func turn(_ samples: inout [ComplexFloat], by phases: [Double]) {
        for (number, phase) in phases.enumerated() where phase != 0 {
            let factor = ComplexFloat(ComplexDouble(length: 1, phase: phase))
            let first = number / lines * frameSize + number % lines * pattern.samplesPerLine
            for coil in 0..<coils {
                for sample in 0..<pattern.samplesPerLine { samples[first + coil * coilStride + sample] *= factor }
            }
        }
    }
}
