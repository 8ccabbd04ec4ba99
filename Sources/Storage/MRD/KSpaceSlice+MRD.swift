import ComplexModule
import Core
import Foundation
import RealModule

/// What a header tells of a scan beyond its geometry.
public struct MRDScanInfo: Sendable, Hashable {
    /// Identifier of the patient.
    public var patientID = ""
    /// Name of the protocol: in our files, the view.
    public var protocolName = ""
    /// Repetition time in ms.
    public var trMS = 0.0
    /// Echo time in ms.
    public var teMS = 0.0
    /// Flip angle in degrees.
    public var flipDegrees = 0.0
    /// Field strength in T.
    public var fieldT = 1.5
    /// Time between samples in µs; 0 when it is not known.
    public var sampleTimeUS = 0.0
    /// Slices of the stack.
    public var slices = 1
    /// Whether spokes are turned by the golden angle; matters only for trajectories.
    public var isGoldenAngle = false

    /// Information of which nothing is known yet.
    public init() {}
}

extension KSpaceSlice {
    /// The header of an MRD file that holds this slice, or a stack of slices like it.
    ///
    /// Cartesian readouts are oversampled when they have more samples than the image has pixels along x: the encoded
    /// field of view is larger than the image's by as much. Spokes cover the image's field of view.
    public func mrdHeader(_ info: MRDScanInfo) -> MRDHeader {
        var header = MRDHeader()
        header.subject.id = info.patientID
        header.subject.name = "SYNTHETIC"
        header.study.description = "SYNTHETIC: CineForge digital phantom"
        header.patientPosition = "HFS"
        header.protocolName = info.protocolName
        header.system = MRDHeader.System(
            vendor: "CineForge", model: "digital phantom", fieldT: info.fieldT, coils: coils, institution: nil)
        header.resonanceFrequencyHz = Int((info.fieldT * protonHzPerT).rounded())
        header.sequence = MRDHeader.Sequence(
            trMS: [info.trMS], teMS: [info.teMS], flipDegrees: [info.flipDegrees], type: "TrueFISP")
        header.encodings = [mrdEncoding(info)]
        return header
    }

    private func mrdEncoding(_ info: MRDScanInfo) -> MRDEncoding {
        let image = MRDSpace(matrix: [imageSize.x, imageSize.y, 1], fovMM: fovMM)
        let lastBeat = Int(max(0, beats.max() ?? 0))
        var limits: [MRDCounter: MRDLimit] = [
            .slice: MRDLimit(maximum: info.slices - 1), .phase: MRDLimit(maximum: frames - 1),
            .segment: MRDLimit(maximum: lastBeat),
        ]
        switch encoding {
        case .cartesian:
            var encoded = image
            encoded.matrix.x = readout
            encoded.fovMM.x *= Double(readout) / Double(imageSize.x)
            limits[.step0] = MRDLimit(maximum: readout - 1, center: readout / 2)
            limits[.step1] = MRDLimit(maximum: imageSize.y - 1, center: imageSize.y / 2)
            return MRDEncoding(encodedSpace: encoded, reconSpace: image, limits: limits)
        case .trajectory:
            limits[.step0] = MRDLimit(maximum: readout - 1, center: readout / 2)
            limits[.step1] = MRDLimit(maximum: lines - 1)
            return MRDEncoding(
                encodedSpace: image, reconSpace: image, limits: limits,
                trajectory: info.isGoldenAngle ? .goldenangle : .radial, trajectoryName: "cineforge",
                trajectoryComment: "traj is (x, y) in units of matrixSize / fieldOfView_mm of the encoded space: "
                    + "from -0.5 to 0.5")
        }
    }

    /// A line as a readout of an MRD file.
    ///
    /// - Convention: `counters.phase` is the frame, `slice` the slice, `segment` the heart beat, `step1` the line. Time
    ///   stamps are in steps of 2.5 ms, as in files from scanners; the exact values are in `userFloat`: cardiac
    ///   phase, breathing in mm, time since the R wave in ms, time in ms. Position is the centre of the image.
    ///   Trajectories are in units of the matrix over the field of view, from -0.5 to 0.5.
    /// - Parameter frame: of the line.
    /// - Parameter line: from 0 to L - 1, in the order of the arrays.
    /// - Parameter slice: number of this slice in the stack.
    /// - Parameter info: of the scan; the number of slices tells which line is the last of all.
    public func mrdAcquisition(frame: Int, line: Int, slice: Int = 0, _ info: MRDScanInfo) -> MRDAcquisition {
        let index = frame * lines + line
        var header = MRDAcquisitionHeader()
        header.scanCounter = UInt32((slice * frames + frame) * lines + line)
        header.acquisitionTimeStamp = ticks(timesMS[index])
        header.physiologyTimeStamp.x = ticks(sinceRMS[index])
        header.centerSample = UInt16(readout / 2)
        header.sampleTimeUS = Float(info.sampleTimeUS)
        place(&header)
        header.counters.slice = UInt16(slice)
        header.counters.phase = UInt16(frame)
        header.counters.segment = UInt16(clamping: beats[index])
        header.userFloat[0] = phases[index]
        header.userFloat[1] = breathMM[index]
        header.userFloat[2] = Float(sinceRMS[index])
        header.userFloat[3] = Float(timesMS[index])
        header.flags = flags(frame: frame, line: line, isLastSlice: slice == info.slices - 1)
        var points: [Float] = []
        switch encoding {
        case .cartesian(let indices): header.counters.step1 = UInt16(clamping: indices[index])
        case .trajectory(let all):
            header.counters.step1 = UInt16(line)
            let scale = SIMD2(1 / Float(imageSize.x), 1 / Float(imageSize.y))
            let start = index * readout * 2
            points = (0..<(2 * readout)).map { all[start + $0] * scale[$0 % 2] }
        }
        let received = (0..<coils).flatMap { samples(frame: frame, coil: $0, line: line) }
        return MRDAcquisition(header, coils: coils, samples: received, trajectory: points)
    }

    private func flags(frame: Int, line: Int, isLastSlice: Bool) -> MRDFlags {
        var flags: MRDFlags = []
        if line == 0 { flags.formUnion([.firstInStep1, .firstInSlice, .firstInPhase]) }
        if line == lines - 1 {
            flags.formUnion([.lastInStep1, .lastInSlice, .lastInPhase])
            if frame == frames - 1, isLastSlice { flags.insert(.lastInMeasurement) }
        }
        return flags
    }

    /// Turns RAS+ to LPS.
    private func place(_ header: inout MRDAcquisitionHeader) {
        func lps(_ vector: Vector3) -> SIMD3<Float> { SIMD3<Float>(vector * [-1, -1, 1]) }
        header.position = lps(affine([Double(imageSize.x - 1) / 2, Double(imageSize.y - 1) / 2, 0]))
        header.readDirection = lps(normalize(affine.x))
        header.phaseDirection = lps(normalize(affine.y))
        header.sliceDirection = lps(normalize(affine.z))
    }
}

extension MRDAcquisition {
    /// A readout of noise alone.
    ///
    /// - Parameter coils: C.
    /// - Parameter noise: [C, N].
    /// - Parameter sampleTimeUS: time between samples in µs.
    public init(coils: Int, noise: [Complex<Float>], sampleTimeUS: Double) {
        var header = MRDAcquisitionHeader()
        header.flags = .noise
        header.sampleTimeUS = Float(sampleTimeUS)
        self.init(header, coils: coils, samples: noise)
    }
}

/// Gyromagnetic ratio of hydrogen over 2π in Hz/T (CODATA 2022, shielded as in water).
private let protonHzPerT = 42.576_385_43e6

/// Time in steps of 2.5 ms, as Siemens' scanners and with them ISMRMRD's converters and readers count it.
private func ticks(_ milliseconds: Double) -> UInt32 {
    let steps = (milliseconds / 2.5).rounded()
    return steps > 0 ? UInt32(min(steps, 0x1p31)) : 0
}
