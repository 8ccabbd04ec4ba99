import ComplexModule
import Core
import RealModule

/// What a multicoil fastMRI file holds beside its samples.
///
/// - Convention: rows are the readout, columns the phase encoding; slices may be frames of a cine. The header must
///   have one encoding: its encoded matrix is (rows, columns), its image matrix (rows, columns) of the target.
/// - Source: Zbontar et al., fastMRI: An Open Dataset and Benchmarks for Accelerated MRI, arXiv:1811.08839, and
///   what the loaders of fastMRI, MONAI and mrpro read.
public struct FastMRIVolume: Sendable {
    /// Slices or frames.
    public var slices: Int
    /// Coils.
    public var coils: Int
    /// Samples of a readout.
    public var rows: Int
    /// Phase encoding steps.
    public var columns: Int
    /// Rows and columns of the target, of training and validation files.
    public var target: SIMD2<Int>?
    /// Which columns were sampled, of test files.
    public var mask: [Bool]?
    /// Acceleration, of test files.
    public var acceleration: Int?
    /// Fully sampled columns at the centre, of test files.
    public var lowFrequencies: Int?
    /// Header of the measurement.
    public var header: MRDHeader
    /// Kind of measurement, by which evaluations select.
    public var acquisition: String
    /// Identifier of the patient.
    public var patientID: String
    /// More attributes of numbers, `frames` and `slices` of a cine among them.
    public var numbers: [String: Int]

    /// Makes the description of a volume.
    public init(
        slices: Int, coils: Int, rows: Int, columns: Int, target: SIMD2<Int>? = nil, mask: [Bool]? = nil,
        acceleration: Int? = nil, lowFrequencies: Int? = nil, header: MRDHeader, acquisition: String,
        patientID: String, numbers: [String: Int] = [:]
    ) {
        self.slices = slices
        self.coils = coils
        self.rows = rows
        self.columns = columns
        self.target = target
        self.mask = mask
        self.acceleration = acceleration
        self.lowFrequencies = lowFrequencies
        self.header = header
        self.acquisition = acquisition
        self.patientID = patientID
        self.numbers = numbers
    }
}

extension KSpaceSlice {
    /// A frame of Cartesian lines as fastMRI has it.
    ///
    /// - Returns: [C, rows, columns], rows are the N samples of a readout, columns the pixels along y; lines that were
    ///   not read are zero, of those read twice the mean is taken.
    /// - Precondition: the encoding is Cartesian.
    public func fastMRISamples(frame: Int) -> [Complex<Float>] {
        guard case .cartesian(let all) = encoding else { preconditionFailure("fastMRI files hold Cartesian lines") }
        let columns = imageSize.y
        let indices = all[(frame * lines)..<((frame + 1) * lines)].map(Int.init)
        let counts = indices.reduce(into: [Int](repeating: 0, count: columns)) { $0[$1] += 1 }
        var result = [Complex<Float>](repeating: .zero, count: coils * readout * columns)
        for coil in 0..<coils {
            for (line, column) in indices.enumerated() {
                let weight = 1 / Float(counts[column])
                for (row, sample) in samples(frame: frame, coil: coil, line: line).enumerated() {
                    result[(coil * readout + row) * columns + column] += sample.multiplied(by: weight)
                }
            }
        }
        return result
    }

    /// Which columns every frame has; nil when frames differ, which one mask cannot say, or for trajectories.
    public var fastMRIMask: [Bool]? {
        guard case .cartesian(let all) = encoding else { return nil }
        let sets = (0..<frames).map { Set(all[($0 * lines)..<(($0 + 1) * lines)]) }
        guard sets.allSatisfy({ $0 == sets[0] }) else { return nil }
        return (0..<imageSize.y).map { sets[0].contains(Int32($0)) }
    }
}
