/// What a readout is for, and what begins or ends with it.
///
/// - Convention: ISMRMRD numbers flags from 1; flag n is bit n - 1.
public struct MRDFlags: OptionSet, Sendable, Hashable {
    /// The bits as they are in files.
    public let rawValue: UInt64

    /// Takes the bits as they are in files.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(number: Int) { rawValue = 1 << UInt64(number - 1) }

    /// The first of the in-plane phase encoding steps.
    public static let firstInStep1 = MRDFlags(number: 1)
    /// The last of the in-plane phase encoding steps.
    public static let lastInStep1 = MRDFlags(number: 2)
    /// The first of an image.
    public static let firstInSlice = MRDFlags(number: 7)
    /// The last of an image.
    public static let lastInSlice = MRDFlags(number: 8)
    /// The first of a cardiac phase.
    public static let firstInPhase = MRDFlags(number: 11)
    /// The last of a cardiac phase.
    public static let lastInPhase = MRDFlags(number: 12)
    /// The first of a repetition.
    public static let firstInRepetition = MRDFlags(number: 13)
    /// The last of a repetition.
    public static let lastInRepetition = MRDFlags(number: 14)
    /// Noise alone, for the covariance of the coils.
    public static let noise = MRDFlags(number: 19)
    /// For the calibration of parallel imaging, and not part of the image.
    public static let calibration = MRDFlags(number: 20)
    /// For the calibration of parallel imaging, and part of the image.
    public static let calibrationAndImaging = MRDFlags(number: 21)
    /// Read from the end to the start.
    public static let reversed = MRDFlags(number: 22)
    /// The last of all.
    public static let lastInMeasurement = MRDFlags(number: 25)
    /// Navigators, phase correction, feedback, dummies, surface coil correction and phase stabilisation: not part
    /// of an image.
    public static let auxiliary = MRDFlags([23, 24, 26, 27, 28, 29, 30, 31].map { MRDFlags(number: $0) })
}
