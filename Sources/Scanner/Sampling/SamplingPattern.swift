import Core
import Foundation

/// What one slice of a scan reads of k-space: T frames of L readouts of N samples.
///
/// - Units: k-space in cycles per field of view; the image's x is along a Cartesian readout, y along the lines.
/// - Convention: k-space 0 of n samples or lines at spacing 1 is at index n / 2, rounded down. Readout ℓ of frame t is
///   number `t·L + ℓ`. Values depend on (seed, patient, view, slice) alone; L and N are the same for all slices.
public struct SamplingPattern: Sendable {
    /// The settings it was made with.
    public let settings: SamplingSettings
    /// Pixels along x and y.
    public let matrix: Int
    /// Frames, T.
    public let frames: Int
    /// Readouts of a frame, L: lines, spokes or spirals.
    public let linesPerFrame: Int
    /// Samples of a readout, N.
    public let samplesPerLine: Int
    /// Cartesian: the line of each readout, rising within a frame; nil otherwise.
    ///
    /// - Shape: [T, L], 0 ..< matrix.
    public let lines: [[Int]]?
    /// Not Cartesian: where the samples should lie, which is what a file holds; nil otherwise.
    ///
    /// - Shape: [T, L, N].
    public let trajectory: [SIMD2<Float>]?
    /// Not Cartesian: where the samples do lie, as the gradients are late; nil otherwise.
    ///
    /// - Shape: [T, L, N].
    public let actualTrajectory: [SIMD2<Float>]?
    /// Cartesian: what late gradients add to k_x of every sample.
    public let readoutShift: Float
    /// Not Cartesian: the angle at which each readout sets out, rad, [T, L]; else empty.
    let angles: [Double]

    /// Chooses what a slice reads.
    ///
    /// - Cost: 10 ns a sample of a trajectory; a Cartesian pattern is cheap.
    /// - Throws: `CineError` when the settings do not fit the matrix.
    public init(
        _ settings: SamplingSettings, matrix: Int, frames: Int, seed: UInt64, patient: Int, view: View, slice: Int
    ) throws {
        precondition(slice < 1 << 12, "slice \(slice): beyond 4096")
        try settings.validate()
        self.settings = settings
        self.matrix = matrix
        self.frames = frames
        linesPerFrame = try settings.linesPerFrame(matrix: matrix)
        samplesPerLine = settings.samplesPerLine(matrix: matrix)
        guard !settings.kind.isCartesian else {
            var random = Philox(
                seed: seed, patient: patient, stage: .sampling, substream: view.stream << 28 | UInt32(slice))
            lines = CartesianLines(matrix: matrix, settings: settings).frames(frames, random: &random)
            trajectory = nil
            actualTrajectory = nil
            readoutShift = Float(-settings.gradientDelayX)
            angles = []
            return
        }
        let readout = CurvedReadout(settings, matrix: matrix, linesPerFrame: linesPerFrame)
        angles = (0..<frames * linesPerFrame).map(readout.angle)
        let exact = angles.flatMap { readout.samples(angle: $0, delayX: 0, delayY: 0) }
        let isLate = settings.gradientDelayX != 0 || settings.gradientDelayY != 0
        lines = nil
        trajectory = exact
        actualTrajectory =
            isLate
            ? angles.flatMap {
                readout.samples(angle: $0, delayX: settings.gradientDelayX, delayY: settings.gradientDelayY)
            } : exact
        readoutShift = 0
    }

    /// Acceleration as the field quotes it.
    ///
    /// Of Cartesian patterns without their centre; of radial ones pixels over spokes; of spirals as asked for.
    public var nominalAcceleration: Double {
        switch settings.kind {
        case .full: 1
        case .lattice, .gaussian, .goldenOffset, .spiral: settings.acceleration
        case .radialGolden, .radialUniform: Double(matrix) / Double(linesPerFrame)
        }
    }

    /// Acceleration relative to what the Nyquist theorem asks for.
    ///
    /// That is one line per pixel, π/2 spokes per pixel, or all interleaves.
    public var trueAcceleration: Double {
        let needed =
            switch settings.kind {
            case .full, .lattice, .gaussian, .goldenOffset: Double(matrix)
            case .radialGolden, .radialUniform: .pi / 2 * Double(matrix)
            case .spiral: Double(settings.interleaves)
            }
        return needed / Double(linesPerFrame)
    }

    /// Where each readout lies among all that there are.
    ///
    /// - Shape: [T, L], 0 ..< 1: a line's place along y, a spoke's angle in half a turn, a spiral's in a whole one.
    public var places: [[Double]] {
        if let lines { return lines.map { $0.map { (Double($0) + 0.5) / Double(matrix) } } }
        let period = settings.kind == .spiral ? 2 * Double.pi : .pi
        return (0..<frames).map { frame in
            angles[frame * linesPerFrame..<(frame + 1) * linesPerFrame].map { angle in
                let turns = angle / period
                return turns - turns.rounded(.down)
            }
        }
    }

    /// Phase in rad that eddy currents give a readout: it grows with the step from the one played before.
    ///
    /// Its sign alternates from pulse to pulse, as that of the pulses of balanced steady-state sequences does.
    /// - Parameters:
    ///   - readout: number of the readout.
    ///   - previous: number of the readout before it.
    ///   - pulse: number of the pulse.
    /// - Reference: Bieri et al. 2005, doi:10.1002/mrm.20527; a phase in proportion to the step is our model.
    public func eddyPhaseRad(of readout: Int, after previous: Int, pulse: Int) -> Double {
        let largest = settings.eddyPhaseDeg * .pi / 180
        return largest * step(from: previous, to: readout) * (pulse % 2 == 0 ? 1 : -1)
    }

    /// How far two readouts are apart, relative to the largest distance that is possible.
    func step(from previous: Int, to readout: Int) -> Double {
        if let lines {
            func line(_ number: Int) -> Int { lines[number / linesPerFrame][number % linesPerFrame] }
            return Double(abs(line(readout) - line(previous))) / Double(max(matrix - 1, 1))
        }
        // The distance of the points on the unit circle towards which the readouts set out, over its diameter.
        return abs(sin((angles[readout] - angles[previous]) / 2))
    }
}

extension SamplingSettings {
    /// Readouts of every frame of a scan, L.
    ///
    /// - Throws: `CineError` when the settings do not fit the matrix.
    public func linesPerFrame(matrix: Int) throws -> Int {
        switch kind {
        case .full, .lattice, .gaussian, .goldenOffset:
            let lines = CartesianLines(matrix: matrix, settings: self)
            try lines.validate()
            return lines.linesPerFrame
        case .radialGolden, .radialUniform: return spokesPerFrame
        case .spiral: return max(1, Int((Double(interleaves) / acceleration).rounded()))
        }
    }

    /// Samples of every readout of a scan, N.
    public func samplesPerLine(matrix: Int) -> Int {
        guard kind == .spiral else { return readoutOversampling * matrix }
        return CurvedReadout.spiralSamples(self, matrix: matrix)
    }
}
