/// Everything that makes one patient differ from another: every value that was drawn, with its unit in its name.
///
/// Written into the patient's file as JSON; a `Patient` is a function of these values alone.
public struct PatientParameters: Sendable, Codable, Hashable {
    /// Group of the cohort: NOR, DCM, HCM, MINF, ARV.
    public var group = "NOR"
    /// Sex and size.
    public var body = Body()
    /// Heart rate and rhythm.
    public var rhythm = Rhythm()
    /// Left ventricle.
    public var lv = LeftVentricle()
    /// Right ventricle.
    public var rv = RightVentricle()
    /// Left atrium.
    public var la = Atrium(maxML: 71, emptyingFraction: 0.60)
    /// Right atrium.
    public var ra = Atrium(maxML: 93, emptyingFraction: 0.41)
    /// Breathing.
    public var respiration = Respiration()
    /// How the heart lies in the chest, and the chest itself.
    public var chest = Chest()
    /// Factors on the relaxation times of the tissue table, by tissue name.
    public var tissueFactors: [String: TissueFactor] = [:]
    /// Seed of the material texture.
    public var textureSeed: UInt64 = 1

    /// The reference patient: the mean healthy man.
    public init() {}

    /// Sex and size.
    public struct Body: Sendable, Codable, Hashable {
        /// True for women.
        public var isFemale = false
        /// Age in years.
        public var ageYears = 60.0
        /// Height in cm.
        public var heightCM = 176.0
        /// Weight in kg.
        public var weightKG = 82.0
        /// Body surface area in m² (Mosteller).
        public var surfaceAreaM2: Double { (heightCM * weightKG / 3600).squareRoot() }
    }

    /// Heart rate and rhythm.
    public struct Rhythm: Sendable, Codable, Hashable {
        /// What drives the beats.
        public enum Kind: String, Sendable, Codable, CaseIterable {
            /// Sinus rhythm.
            case sinus
            /// Atrial fibrillation.
            case fibrillation = "af"
            /// Sinus rhythm with premature ventricular beats.
            case ectopic = "pvc"
        }
        /// What drives the beats.
        public var kind = Kind.sinus
        /// Mean heart rate in beats per minute.
        public var heartRateBPM = 65.0
        /// Standard deviation of RR in ms.
        public var rrDeviationMS = 25.0
        /// Share of the stroke volume that atrial contraction fills.
        public var atrialFillingShare = 0.30
        /// Share of beats that are ectopic.
        public var ectopicShare = 0.0
        /// Relative change of heart rate from start to end of a breath-hold.
        public var breathHoldDrift = 0.05
    }

    /// Left ventricle.
    public struct LeftVentricle: Sendable, Codable, Hashable {
        /// End-diastolic volume in mL.
        public var edvML = 166.0
        /// Ejection fraction, 0 to 1.
        public var ejectionFraction = 0.58
        /// Mass in g (density 1.05 g/mL).
        public var massG = 103.0
        /// λ of the endocardial spheroid: 0.48 is the mean shape, larger is rounder.
        public var roundness = 0.481
        /// Shortening along the axis that comes on top of the radial map.
        public var longitudinalShortening = 0.12
        /// Rotation of the apex at end-systole in degrees, anticlockwise seen from the apex.
        public var apexRotationDeg = 10.0
        /// Rotation of the base at end-systole in degrees.
        public var baseRotationDeg = -3.0
        /// Wall thickness of the 17 AHA segments relative to one another; the mass sets the scale.
        public var wallPattern = LeftVentricle.healthyWallMM
        /// Contraction of the 17 AHA segments: 1 healthy, 0 akinetic, below 0 dyskinetic.
        public var contraction = [Double](repeating: 1, count: 17)
        /// Scar share of the 17 AHA segments, from the endocardium outwards.
        public var scarTransmurality = [Double](repeating: 0, count: 17)
        /// Trabeculation depth in mm.
        public var trabeculationMM = 2.0

        /// Mean wall of 1,093 healthy hearts by AHA segment, mm (measured on the UK Digital Heart atlas).
        public static let healthyWallMM = [
            7.2, 7.1, 6.9, 6.2, 6.5, 7.4, 6.0, 6.4, 7.7, 6.4, 6.0, 6.6, 5.3, 5.7, 5.6, 5.5, 3.8,
        ]
    }

    /// Right ventricle.
    public struct RightVentricle: Sendable, Codable, Hashable {
        /// End-diastolic volume in mL.
        ///
        /// Its stroke volume is the left ventricle's.
        public var edvML = 182.0
        /// Thickness of the free wall in mm.
        public var wallMM = 3.5
        /// Descent of the lateral tricuspid annulus at end-systole in mm (TAPSE).
        public var tapseMM = 22.0
        /// Depth of a dyskinetic bulge of the free wall at end-systole in mm.
        public var dyskinesiaMM = 0.0
    }

    /// One atrium.
    public struct Atrium: Sendable, Codable, Hashable {
        /// Largest volume in mL, at the end of ventricular systole.
        public var maxML: Double
        /// Total emptying fraction, 0 to 1.
        public var emptyingFraction: Double

        /// Makes an atrium.
        public init(maxML: Double, emptyingFraction: Double) {
            self.maxML = maxML
            self.emptyingFraction = emptyingFraction
        }
    }

    /// Breathing.
    public struct Respiration: Sendable, Codable, Hashable {
        /// Period in s.
        public var periodS = 4.5
        /// Tidal excursion of the diaphragm in mm.
        public var diaphragmMM = 12.0
        /// Heart motion per diaphragm motion, head-foot.
        public var trackingFactor = 0.6
        /// Anterior heart motion per diaphragm motion.
        public var anteriorFactor = 0.15
        /// Rotation about the left-right axis at full tidal excursion, in degrees.
        public var rotationDeg = 1.5
        /// Lag of the anterior motion in s: the hysteresis loop.
        public var lagS = 0.35
        /// Per-subject scale of breath-hold offsets in mm.
        public var breathHoldScaleMM = 1.6
        /// Drift of the diaphragm within a breath-hold in mm/s.
        public var breathHoldDriftMMPerS = 0.15
    }

    /// How the heart lies in the chest, and the chest itself.
    public struct Chest: Sendable, Codable, Hashable {
        /// Angle of the LV axis to the sagittal plane, to the left, in degrees.
        public var axisAzimuthDeg = 45.0
        /// Angle of the LV axis below the horizontal in degrees.
        public var axisElevationDeg = 38.0
        /// Turn of the heart about its axis in degrees.
        public var axisRollDeg = 0.0
        /// Thickness of the fat under the skin in mm.
        public var subcutaneousFatMM = 16.0
        /// Thickness of the fat around the heart in mm.
        public var epicardialFatMM = 4.0
        /// Left-right half axis of the torso in mm.
        public var halfWidthMM = 170.0
        /// Front-back half axis of the torso in mm.
        public var halfDepthMM = 115.0

        /// Inset of the cavity from the skin's outline: skin, fat, and 20 mm of muscle and ribs.
        var wallMM: Double { 2 + subcutaneousFatMM + 20 }
    }

    /// Factors on the tissue table.
    public struct TissueFactor: Sendable, Codable, Hashable {
        /// Factor on T1.
        public var t1 = 1.0
        /// Factor on T2.
        public var t2 = 1.0
        /// Factor on proton density.
        public var density = 1.0

        /// Makes factors.
        public init(t1: Double = 1, t2: Double = 1, density: Double = 1) {
            self.t1 = t1
            self.t2 = t2
            self.density = density
        }
    }
}
