import ComplexModule
import Core
import Foundation
import Fourier

/// What a pattern makes of one still point in the middle of the image: its point spread, without coils.
///
/// It is what zero filling gives: the adjoint, each sample weighted by the area of k-space that it stands for. Lines of
/// the grid weigh 1; points off it as `DensityCompensation.pipeMenon` has it.
/// - Units: magnitude relative to the peak; distances in pixels.
/// - Convention: the point is at pixel N/2 along both axes, temporal frequency 0 at T/2, all rounded down.
/// - Cost: a density compensation and a NUFFT for each frame, some 1.5 µs a sample; Cartesian patterns one short FFT.
public struct SamplingSpread: Sendable {
    /// What a side lobe is at least said to be, where there is none.
    public static let leastDB = -120.0

    /// Pixels along x and y, N.
    public let matrix: Int
    /// Frames, T.
    public let frames: Int
    /// The point in the first frame.
    ///
    /// - Shape: [Y, X].
    public let inPlane: [Float]
    /// The point along y and temporal frequency, at its own x: where lines of other frames put what one frame folds.
    ///
    /// - Shape: [Y, T].
    public let inTime: [Float]

    /// Computes what a pattern makes of a point.
    ///
    /// - Throws: `CineError` when a transform cannot be planned.
    public init(_ pattern: SamplingPattern, threads: Int = 1) throws {
        let (matrix, frames) = (pattern.matrix, pattern.frames)
        let images = try Workers.map(frames, threads: threads) { frame in
            Result { try pattern.spread(frame: frame) }
        }.map { try $0.get() }
        let middle = matrix / 2
        let courses = images.flatMap { image in (0..<matrix).map { image[$0 * matrix + middle] } }
        let spectra = try TemporalFourier(shape: [frames, matrix]).forward(courses)
        self.matrix = matrix
        self.frames = frames
        inPlane = Self.relative(images[0], peak: middle * matrix + middle)
        inTime = Self.relative(
            (0..<matrix * frames).map { spectra[$0 % frames * matrix + $0 / frames] },
            peak: middle * frames + frames / 2)
    }

    private static func relative(_ values: [ComplexFloat], peak: Int) -> [Float] {
        let scale = 1 / values[peak].length
        return values.map { $0.length * scale }
    }

    /// The highest side lobe of the first frame in dB below 0, the peak.
    ///
    /// The peak reaches to where the magnitude first rises again along y; what lies no nearer is side lobes.
    public var sideLobeDB: Double {
        let reach = reach(inPlane, width: matrix)
        return Self.decibels(highest(inPlane, width: matrix) { dx, dy in dx * dx + dy * dy >= reach * reach })
    }

    /// The highest side lobe along y and temporal frequency in dB below 0, the peak.
    ///
    /// That holds all that has another frequency than 0.
    public var sideLobeInTimeDB: Double {
        let reach = reach(inTime, width: frames)
        return Self.decibels(highest(inTime, width: frames) { df, dy in df != 0 || abs(dy) >= reach })
    }

    /// Pixels from the peak along y to where the magnitude first rises.
    private func reach(_ values: [Float], width: Int) -> Int {
        let course = (0...matrix / 2).map { values[(matrix / 2 - $0) * width + width / 2] }
        return course.indices.dropFirst().first { course[$0] > course[$0 - 1] } ?? matrix
    }

    private func highest(_ values: [Float], width: Int, where isOutside: (Int, Int) -> Bool) -> Float {
        values.indices.reduce(0) { found, index in
            isOutside(index % width - width / 2, index / width - matrix / 2) ? max(found, values[index]) : found
        }
    }

    /// A magnitude relative to the peak in dB, `leastDB` at least.
    public static func decibels(_ magnitude: Float) -> Double {
        max(leastDB, 20 * log10(Double(magnitude)))
    }
}

extension SamplingPattern {
    /// What a frame makes of a point, [Y, X].
    fileprivate func spread(frame: Int) throws -> [ComplexFloat] {
        if let lines {
            // Along the readout all frequencies are read, so all of the point stays in its column.
            var column = [ComplexFloat](repeating: .zero, count: matrix)
            for line in lines[frame] { column[line] = 1 }
            try CenteredTransform(width: 1, height: matrix).inverse(&column)
            var image = [ComplexFloat](repeating: .zero, count: matrix * matrix)
            for y in 0..<matrix { image[y * matrix + matrix / 2] = column[y] }
            return image
        }
        let size = linesPerFrame * samplesPerLine
        let points = (trajectory ?? [])[frame * size..<(frame + 1) * size].map { SIMD2<Double>($0) }
        let shape = [matrix, matrix]
        let density = DensityCompensation.pipeMenon(shape: shape, points: points)
        return try NUFFT(shape: shape, points: points).adjoint(density.map { ComplexFloat($0) })
    }
}
