import Core

/// Label maps of one beat, and the volume that each of their samples stands for.
public struct LabelFrames: Sendable {
    /// The labels.
    public let labels: [UInt8]
    /// Number of time frames.
    public let frames: Int
    /// Slices before the frames: S of [S, T, Y, X], 1 of [T, Z, Y, X].
    private let slices: Int
    /// The volume of a sample, mm³.
    private let sampleVolumeMM3: Double

    /// Volumes of a beat: their measures are those in 3D.
    ///
    /// - Shape: [T, Z, Y, X] on `grid`.
    public init(volumes labels: [UInt8], grid: Grid, frames: Int) {
        precondition(labels.count == frames * grid.count, "expected \(frames * grid.count) labels, got \(labels.count)")
        (self.labels, self.frames, slices) = (labels, frames, 1)
        sampleVolumeMM3 = grid.voxelVolumeMM3
    }

    /// A stack of cine slices: measures by summation of slices.
    ///
    /// - Shape: [S, T, Y, X].
    /// - Parameter pitchMM: from the centre of a slice to the next, thickness and gap together, as ukbb_cardiac has it.
    public init(stack labels: [UInt8], slices: Int, frames: Int, pixelAreaMM2: Double, pitchMM: Double) {
        precondition(
            slices > 0 && frames > 0 && labels.count % (slices * frames) == 0,
            "\(labels.count) labels are not \(slices) slices of \(frames) frames")
        (self.labels, self.frames, self.slices) = (labels, frames, slices)
        sampleVolumeMM3 = pixelAreaMM2 * pitchMM
    }

    /// The volume of a label in each frame, mL: its samples times the volume of one.
    ///
    /// - Reference: Bai et al. 2018, doi:10.1186/s12968-018-0471-x, and its released code.
    public func volumesML(of label: UInt8) -> [Double] {
        let pixels = labels.count / (slices * frames)
        return (0..<frames).map { frame in
            let count = (0..<slices).reduce(0) { sum, slice in
                let start = (slice * frames + frame) * pixels
                return sum + labels[start..<start + pixels].count { $0 == label }
            }
            return Double(count) * sampleVolumeMM3 / 1000
        }
    }
}
