import ComplexModule
import Core
import RealModule

/// What was read of one slice, with what was true when each line was read: a slice of `/kspace/<view>` of our own files.
///
/// - Shape: T frames, C coils, L lines or spokes, N samples of a readout.
public struct KSpaceSlice: Sendable {
    /// Frames, T.
    public var frames: Int
    /// Coils, C.
    public var coils: Int
    /// Lines or spokes of a frame, L.
    public var lines: Int
    /// Samples of a readout, N.
    public var readout: Int
    /// What was received, [T, C, L, N].
    public var samples: [Complex<Float>]
    /// Where in k-space.
    public var encoding: Encoding
    /// Time of each line since the scan began in ms, [T, L].
    public var timesMS: [Double]
    /// Time of each line since the last R wave in ms, [T, L].
    public var sinceRMS: [Double]
    /// Cardiac phase of each line, [T, L].
    public var phases: [Float]
    /// Heart beat of each line, from 0, [T, L].
    public var beats: [Int32]
    /// Displacement by breathing at each line in mm, [T, L].
    public var breathMM: [Float]
    /// Where the image lies: pixel (x, y, 0) to mm RAS+.
    public var affine: Affine
    /// Pixels of the image along x and y; x is along the readout.
    public var imageSize: SIMD2<Int>
    /// Thickness of the slice in mm.
    public var thicknessMM: Double

    /// Where in k-space lines lie.
    public enum Encoding: Sendable {
        /// Index of each line from 0, k = 0 at half the number of pixels along y, [T, L].
        case cartesian([Int32])
        /// Each sample in cycles per field of view, [T, L, N, 2].
        case trajectory([Float])
    }

    /// Takes arrays that fit one another.
    public init(
        frames: Int, coils: Int, lines: Int, readout: Int, samples: [Complex<Float>], encoding: Encoding,
        timesMS: [Double], sinceRMS: [Double], phases: [Float], beats: [Int32], breathMM: [Float], affine: Affine,
        imageSize: SIMD2<Int>, thicknessMM: Double
    ) {
        precondition(samples.count == frames * coils * lines * readout, "samples are [T, C, L, N]")
        switch encoding {
        case .cartesian(let indices): precondition(indices.count == frames * lines, "lines are [T, L]")
        case .trajectory(let points):
            precondition(points.count == frames * lines * readout * 2, "a trajectory is [T, L, N, 2]")
        }
        let counts = [timesMS.count, sinceRMS.count, phases.count, beats.count, breathMM.count]
        precondition(counts.allSatisfy { $0 == frames * lines }, "what was true of each line is [T, L]")
        self.frames = frames
        self.coils = coils
        self.lines = lines
        self.readout = readout
        self.samples = samples
        self.encoding = encoding
        self.timesMS = timesMS
        self.sinceRMS = sinceRMS
        self.phases = phases
        self.beats = beats
        self.breathMM = breathMM
        self.affine = affine
        self.imageSize = imageSize
        self.thicknessMM = thicknessMM
    }

    /// Extent of the image along x and y and of the slice in mm.
    var fovMM: SIMD3<Double> {
        [Double(imageSize.x) * length(affine.x), Double(imageSize.y) * length(affine.y), thicknessMM]
    }

    /// The samples that coil `coil` received in a line.
    func samples(frame: Int, coil: Int, line: Int) -> ArraySlice<Complex<Float>> {
        let start = ((frame * coils + coil) * lines + line) * readout
        return samples[start..<(start + readout)]
    }
}
