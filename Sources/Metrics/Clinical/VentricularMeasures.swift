/// The volumes of a ventricle at end-diastole and end-systole.
public struct VentricleVolumes: Sendable, Hashable {
    /// End-diastolic volume, mL.
    public let endDiastolicML: Double
    /// End-systolic volume, mL.
    public let endSystolicML: Double

    /// Makes volumes; nil where one of them is 0: no ventricle empties, so that the chamber was missed.
    public init?(endDiastolicML: Double, endSystolicML: Double) {
        guard endDiastolicML > 0, endSystolicML > 0 else { return nil }
        (self.endDiastolicML, self.endSystolicML) = (endDiastolicML, endSystolicML)
    }

    /// Stroke volume, mL.
    public var strokeML: Double { endDiastolicML - endSystolicML }
    /// Ejection fraction in percent, so that differences are points.
    public var ejectionPercent: Double { 100 * strokeML / endDiastolicML }
    /// Cardiac output, L/min.
    public func outputLPerMinute(heartRateBPM: Double) -> Double { strokeML * heartRateBPM / 1000 }
}

/// What a report of the ventricles says: volumes, ejection fractions and mass, from labels.
///
/// Two sets of measures are compared with `StructureScore(found.left, truth.left) { $0.ejectionPercent - $1.ejectionPercent }`,
/// so that a ventricle that was missed stays a failure.
///
/// - Reference: the released code of Bai et al. 2018, doi:10.1186/s12968-018-0471-x.
public struct VentricularMeasures: Sendable, Hashable {
    /// Which labels the ventricles have.
    public struct Labels: Sendable, Hashable {
        /// Cavity of the left ventricle, papillary muscles included.
        public var leftCavity: UInt8 = 1
        /// Wall of the left ventricle.
        public var leftWall: UInt8 = 2
        /// Cavity of the right ventricle.
        public var rightCavity: UInt8 = 3

        /// The labels of our files; those of others by their members.
        public init() {}
    }

    /// Which frame is end-diastole.
    public enum EndDiastole: Sendable, Hashable {
        /// The first: that of the trigger.
        case first
        /// The one with the largest cavity of the left ventricle.
        case largest
    }

    /// Muscle's density, g/mL.
    public static let muscleDensity = 1.05

    /// The frame of end-diastole.
    public let endDiastolicFrame: Int
    /// The frame of end-systole: the smallest cavity of the left ventricle, for both ventricles.
    public let endSystolicFrame: Int
    /// The left ventricle; nil where it was missed at end-diastole or in any frame, which then looks like end-systole.
    public let left: VentricleVolumes?
    /// The right ventricle; nil where it was missed at end-diastole or end-systole.
    public let right: VentricleVolumes?
    /// Mass of the left ventricle's wall at end-diastole, g; nil where there is none.
    public let leftMassG: Double?

    /// Measures the ventricles.
    ///
    /// - Parameter labels: which labels they have.
    public init(_ frames: LabelFrames, labels: Labels = Labels(), endDiastole: EndDiastole = .first) {
        let left = frames.volumesML(of: labels.leftCavity)
        let right = frames.volumesML(of: labels.rightCavity)
        let wall = frames.volumesML(of: labels.leftWall)
        func frame(_ isBetter: (Double, Double) -> Bool) -> Int {
            left.indices.dropFirst().reduce(0) { isBetter(left[$1], left[$0]) ? $1 : $0 }
        }
        let diastole = endDiastole == .first ? 0 : frame(>)
        let systole = frame(<)
        func chamber(_ volumes: [Double]) -> VentricleVolumes? {
            VentricleVolumes(endDiastolicML: volumes[diastole], endSystolicML: volumes[systole])
        }
        (endDiastolicFrame, endSystolicFrame) = (diastole, systole)
        self.left = chamber(left)
        self.right = chamber(right)
        leftMassG = wall[diastole] > 0 ? wall[diastole] * VentricularMeasures.muscleDensity : nil
    }
}

/// The volume of an atrium from long-axis views, mL: (8 / 3π) A₁ A₂ / L.
///
/// - Parameters:
///   - areasMM2: of the atrium in the two-chamber and the four-chamber view; the same twice for a single plane.
///   - lengthMM: from the valve to the roof, mean of the views.
/// - Reference: area-length method as in the released code of Bai et al. 2018.
public func areaLengthVolumeML(areasMM2: (Double, Double), lengthMM: Double) -> Double {
    8 / (3 * Double.pi) * areasMM2.0 * areasMM2.1 / lengthMM / 1000
}
