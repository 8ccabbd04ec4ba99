/// The header of a measurement, as far as reconstruction needs it.
///
/// - Source: ISMRMRD's XML schema, version 2. What is not here is left out on reading; `MRDFile.headerXML` has it.
public struct MRDHeader: Sendable, Hashable {
    /// Who was measured.
    public var subject = Subject()
    /// Of which study it is a part.
    public var study = Study()
    /// Name or number of the measurement.
    public var measurementID: String?
    /// Position of the patient in the scanner: HFS is head first, supine.
    public var patientPosition: String?
    /// Name of the protocol.
    public var protocolName: String?
    /// The scanner.
    public var system = System()
    /// Frequency of hydrogen in Hz.
    public var resonanceFrequencyHz = 0
    /// The encodings, of which readouts name one.
    public var encodings: [MRDEncoding] = []
    /// The sequence.
    public var sequence = Sequence()
    /// Numbers under names.
    public var userNumbers: [String: Double] = [:]
    /// Text under names.
    public var userText: [String: String] = [:]

    /// Who was measured.
    public struct Subject: Sendable, Hashable {
        /// Name.
        public var name: String?
        /// Identifier.
        public var id: String?
        /// Weight in kg.
        public var weightKG: Double?
        /// M, F or O.
        public var gender: String?
    }

    /// A study.
    public struct Study: Sendable, Hashable {
        /// Identifier.
        public var id: String?
        /// Date, as 2024-12-31.
        public var date: String?
        /// What it is about.
        public var description: String?
    }

    /// A scanner.
    public struct System: Sendable, Hashable {
        /// Maker.
        public var vendor: String?
        /// Model.
        public var model: String?
        /// Field strength in T.
        public var fieldT: Double?
        /// Number of coils.
        public var coils: Int?
        /// Where it stands.
        public var institution: String?
    }

    /// Times and angles of a sequence.
    public struct Sequence: Sendable, Hashable {
        /// Repetition times in ms.
        public var trMS: [Double] = []
        /// Echo times in ms.
        public var teMS: [Double] = []
        /// Inversion times in ms.
        public var tiMS: [Double] = []
        /// Flip angles in degrees.
        public var flipDegrees: [Double] = []
        /// Kind of sequence.
        public var type: String?
    }

    /// A header without anything.
    public init() {}
}

/// How k-space was sampled, and what becomes of it.
public struct MRDEncoding: Sendable, Hashable {
    /// The matrix that the readouts fill: oversampled, possibly not square.
    public var encodedSpace: MRDSpace
    /// The matrix of the image.
    public var reconSpace: MRDSpace
    /// Ranges of the counters.
    public var limits: [MRDCounter: MRDLimit]
    /// Kind of trajectory.
    public var trajectory: MRDTrajectory
    /// Name of the description of the trajectory.
    public var trajectoryName: String?
    /// What the numbers of the trajectory mean.
    public var trajectoryComment: String?
    /// Acceleration of parallel imaging along steps 1 and 2.
    public var acceleration: SIMD2<Int>?

    /// Makes an encoding.
    public init(
        encodedSpace: MRDSpace, reconSpace: MRDSpace, limits: [MRDCounter: MRDLimit] = [:],
        trajectory: MRDTrajectory = .cartesian, trajectoryName: String? = nil, trajectoryComment: String? = nil,
        acceleration: SIMD2<Int>? = nil
    ) {
        self.encodedSpace = encodedSpace
        self.reconSpace = reconSpace
        self.limits = limits
        self.trajectory = trajectory
        self.trajectoryName = trajectoryName
        self.trajectoryComment = trajectoryComment
        self.acceleration = acceleration
    }
}

/// A matrix and the field of view that it covers; x is along the readout.
public struct MRDSpace: Sendable, Hashable {
    /// Number of samples along x, y, z.
    public var matrix: SIMD3<Int>
    /// Field of view along x, y, z in mm.
    public var fovMM: SIMD3<Double>

    /// Makes a matrix over a field of view.
    public init(matrix: SIMD3<Int>, fovMM: SIMD3<Double>) {
        self.matrix = matrix
        self.fovMM = fovMM
    }
}

/// The counters that have limits, by their names in the schema.
public enum MRDCounter: String, Sendable, CaseIterable {
    /// Samples of a readout.
    case step0 = "kspace_encoding_step_0"
    /// In-plane phase encoding.
    case step1 = "kspace_encoding_step_1"
    /// Phase encoding across the slab.
    case step2 = "kspace_encoding_step_2"
    /// Averages.
    case average
    /// Slices.
    case slice
    /// Contrasts.
    case contrast
    /// Cardiac phases.
    case phase
    /// Repetitions.
    case repetition
    /// Sets.
    case set
    /// Segments.
    case segment
}

/// The range of a counter.
public struct MRDLimit: Sendable, Hashable {
    /// Smallest value.
    public var minimum: Int
    /// Largest value.
    public var maximum: Int
    /// Value at the centre of k-space.
    public var center: Int

    /// Makes a range.
    public init(minimum: Int = 0, maximum: Int, center: Int = 0) {
        self.minimum = minimum
        self.maximum = maximum
        self.center = center
    }
}

/// Kinds of trajectory, by their names in the schema.
public enum MRDTrajectory: String, Sendable, CaseIterable {
    /// Parallel lines.
    case cartesian
    /// Echo planar.
    case epi
    /// Spokes.
    case radial
    /// Spokes, each turned by the golden angle from the one before.
    case goldenangle
    /// Spirals.
    case spiral
    /// Anything else.
    case other
}
