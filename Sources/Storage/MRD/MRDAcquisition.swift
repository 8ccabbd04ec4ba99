import ComplexModule
import Core
import RealModule

/// One readout: what all coils received, and what was true of it.
///
/// - Source: ISMRMRD 1.x, the acquisition of its HDF5 files.
public struct MRDAcquisition: Sendable, Hashable {
    /// Counters, flags, times and place.
    public var header: MRDAcquisitionHeader
    /// What was received, [C, N].
    public var samples: [Complex<Float>]
    /// Where in k-space, [N, D]; empty when the counters say so.
    public var trajectory: [Float]

    /// Makes a readout and enters the numbers of coils, samples and dimensions into its header.
    ///
    /// - Parameter header: everything else.
    /// - Parameter coils: C, at most 65535.
    /// - Parameter samples: [C, N], N at most 65535.
    /// - Parameter trajectory: [N, D], or none.
    public init(
        _ header: MRDAcquisitionHeader = MRDAcquisitionHeader(), coils: Int, samples: [Complex<Float>],
        trajectory: [Float] = []
    ) {
        precondition(
            coils > 0 && samples.count % coils == 0, "\(samples.count) samples are not those of \(coils) coils")
        let length = samples.count / coils
        precondition(trajectory.isEmpty || trajectory.count % length == 0, "a trajectory has a point for each sample")
        self.header = header
        self.samples = samples
        self.trajectory = trajectory
        self.header.sampleCount = UInt16(length)
        self.header.activeChannels = UInt16(coils)
        self.header.availableChannels = max(header.availableChannels, UInt16(coils))
        self.header.trajectoryDimensions = UInt16(trajectory.isEmpty ? 0 : trajectory.count / length)
    }
}

/// The header of a readout.
///
/// - Convention: vectors are in the patient frame of DICOM, LPS, positions in mm.
/// - Source: `ISMRMRD_AcquisitionHeader`, 340 bytes without gaps.
public struct MRDAcquisitionHeader: Sendable, Hashable {
    /// Version of the layout.
    public var version: UInt16 = 1
    /// What the readout is for.
    public var flags: MRDFlags = []
    /// Number of the measurement.
    public var measurementUID: UInt32 = 0
    /// Number of the readout.
    public var scanCounter: UInt32 = 0
    /// When it was read, in steps of 2.5 ms by custom.
    public var acquisitionTimeStamp: UInt32 = 0
    /// Time since a trigger, the R wave first, in steps of 2.5 ms by custom.
    public var physiologyTimeStamp = SIMD3<UInt32>()
    /// Samples of each coil, N.
    public var sampleCount: UInt16 = 0
    /// Coils that there are.
    public var availableChannels: UInt16 = 0
    /// Coils that were used, C.
    public var activeChannels: UInt16 = 0
    /// A bit for each coil that was used; many writers leave it zero.
    public var channelMask = SIMD16<UInt64>()
    /// Samples at the start that are not part of the readout.
    public var discardPre: UInt16 = 0
    /// Samples at the end that are not part of the readout.
    public var discardPost: UInt16 = 0
    /// The sample at the centre of k-space.
    public var centerSample: UInt16 = 0
    /// Which of the header's encodings it belongs to.
    public var encodingSpace: UInt16 = 0
    /// Numbers for each point of the trajectory, D.
    public var trajectoryDimensions: UInt16 = 0
    /// Time between samples in µs.
    public var sampleTimeUS: Float = 0
    /// Centre of the field of view.
    public var position = SIMD3<Float>()
    /// Direction of the readout.
    public var readDirection = SIMD3<Float>()
    /// Direction of the phase encoding.
    public var phaseDirection = SIMD3<Float>()
    /// Direction across the slice.
    public var sliceDirection = SIMD3<Float>()
    /// Where the table was.
    public var tablePosition = SIMD3<Float>()
    /// Which line of which image it is.
    public var counters = MRDCounters()
    /// For the user.
    public var userInt = SIMD8<Int32>()
    /// For the user.
    public var userFloat = SIMD8<Float>()

    /// A header of zeros.
    public init() {}
}

/// Which line of which image a readout is.
public struct MRDCounters: Sendable, Hashable {
    /// In-plane phase encoding step.
    public var step1: UInt16 = 0
    /// Phase encoding step across the slab.
    public var step2: UInt16 = 0
    /// Average.
    public var average: UInt16 = 0
    /// Slice.
    public var slice: UInt16 = 0
    /// Contrast or echo.
    public var contrast: UInt16 = 0
    /// Cardiac phase: the frame.
    public var phase: UInt16 = 0
    /// Repetition.
    public var repetition: UInt16 = 0
    /// Set, as of flow encodings.
    public var set: UInt16 = 0
    /// Segment: in our files, the heart beat.
    public var segment: UInt16 = 0
    /// For the user.
    public var user = SIMD8<UInt16>()

    /// Zeros.
    public init() {}
}
