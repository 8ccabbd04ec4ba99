import Core
import Phantom
import Scanner

/// What a dataset is made from: which patients, and what is measured of them.
///
/// A resolved recipe holds every default and the contents of every cohort and tissue table that it uses, so it needs
/// no other file. Its canonical JSON names the dataset (`sha256`).
public struct Recipe: Sendable, Hashable, Codable {
    /// Version of the form.
    public var version = 1
    /// Name of the dataset.
    public var name = "dataset"
    /// Seed of everything that is drawn.
    public var seed: UInt64 = 1
    /// Frames per heartbeat, in every series.
    public var frames = 25
    /// Patients, group after group.
    public var patients: [PatientGroup] = []
    /// How patients are divided for learning.
    public var split = Split()
    /// High-resolution volumes; absent when not asked for.
    public var volume: VolumeRequest?
    /// Cine slices; absent when not asked for.
    public var cine: CineRequest?
    /// Multi-coil k-space; absent when not asked for.
    public var kspace: KSpaceRequest?
    /// How breath-holds displace the slices; absent for none.
    public var breathHolds: BreathHoldModel?
    /// How far main field and transmitted field stray; absent for perfect ones.
    public var field: FieldSettings?
    /// Whether pictures are made.
    public var previews = true
    /// Relaxation of the tissues.
    public var tissues = TissueTable.reference15T
    /// The cohorts that are used, by name.
    public var cohorts: [String: Cohort] = [:]

    enum CodingKeys: String, CodingKey {
        case version, name, seed, frames, patients, split, volume, cine, kspace, field, previews, tissues, cohorts
        case breathHolds = "breath_holds"
    }

    /// The scan: that of the cine slices, or the default one when only volumes are asked for.
    public var scan: CineProtocol {
        var scan = cine?.scan ?? CineProtocol()
        scan.frames = frames
        scan.fieldT = tissues.fieldT
        return scan
    }

    /// Shares of the patients for training, validation and test; they need not add up to 1.
    public struct Split: Sendable, Hashable, Codable {
        /// For training.
        public var train = 1.0
        /// For choosing among trained models.
        public var validation = 0.0
        /// For the final score.
        public var test = 0.0
    }

    /// High-resolution volumes around the heart.
    public struct VolumeRequest: Sendable, Hashable, Codable {
        /// How displacement is stored.
        public enum Displacement: String, Sendable, Codable, CaseIterable {
            /// Not at all.
            case none
            /// Half precision: better than 0.01 mm.
            case float16
            /// Single precision.
            case float32
        }
        /// Which axes volumes have.
        public enum Axes: String, Sendable, Codable, CaseIterable {
            /// The patient's.
            case patient
            /// Those of the planned short-axis stack, whose pixels they share.
            case sax
        }
        /// Which axes they have; absent for the patient's.
        public var along: Axes?
        /// Fine slices in the distance between two of the stack; absent along the patient's axes.
        public var slicesPerThick: Int?
        /// Edge of the cubic voxels in mm; absent along the stack.
        public var spacingMM: Double? = 1.25
        /// Voxels along x, y and z, centred on the heart; absent to cover the heart with a margin.
        ///
        /// Along the stack, pixels along x and y, centred on its own.
        public var size: [Int]?
        /// Margin around the heart in mm; absent where a size is given.
        public var marginMM: Double? = 5
        /// Whether images are stored.
        public var image = true
        /// Whether label maps are stored.
        public var label = true
        /// How displacement from end-diastole is stored.
        public var displacement = Displacement.float16

        /// The defaults.
        public init() {}

        enum CodingKeys: String, CodingKey {
            case along, size, image, label, displacement
            case slicesPerThick = "slices_per_thick"
            case spacingMM = "spacing_mm"
            case marginMM = "margin_mm"
        }
    }

    /// Cine slices: the views and the protocol.
    public struct CineRequest: Sendable, Hashable {
        /// The views that are scanned.
        public var views = View.allCases
        /// Whether images are stored; without them, this only says how k-space is planned.
        public var images = true
        /// How they are scanned; frames and field strength come from the recipe.
        public var scan = CineProtocol()
    }

    /// Multi-coil k-space: the views and how they are read.
    ///
    /// Planes and sequence are those of the cine slices.
    public struct KSpaceRequest: Sendable, Hashable {
        /// The views that are read.
        public var views = [View.sax]
        /// How they are read.
        public var settings = KSpaceSettings()
    }

    /// The views of which images are stored.
    public var cineViews: [View] { cine.map { $0.images ? $0.views : [] } ?? [] }

    /// Patients that are drawn alike.
    public struct PatientGroup: Sendable, Hashable, Codable {
        /// Name of the cohort; absent for the reference patient.
        public var cohort: String?
        /// True for the reference patient.
        public var reference: Bool?
        /// Number of patients.
        public var count = 1
        /// Number of the first subject, by default the next; the same number is the same heart.
        public var firstSubject: Int?
        /// Breath-holds of these patients; absent for the recipe's.
        public var breathHolds: BreathHoldModel?
        /// How k-space of these patients is read; absent for the recipe's.
        public var kspace: KSpaceRequest?
        /// Fields of these patients; absent for the recipe's.
        public var field: FieldSettings?
        /// Values that replace drawn ones, in the form of `PatientParameters` with snake-case names.
        public var parameters: JSONValue?

        enum CodingKeys: String, CodingKey {
            case cohort, reference, count, kspace, field, parameters
            case firstSubject = "first_subject"
            case breathHolds = "breath_holds"
        }
    }
}

extension Recipe.CineRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case views, images
    }

    /// Reads views and protocol from one object.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        views = try keys.decodeIfPresent([View].self, forKey: .views) ?? views
        images = try keys.decodeIfPresent(Bool.self, forKey: .images) ?? images
        scan = try CineProtocol(from: decoder)
    }

    /// Writes views and protocol into one object.
    public func encode(to encoder: any Encoder) throws {
        try scan.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(views, forKey: .views)
        try container.encode(images, forKey: .images)
    }
}

extension Recipe.KSpaceRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case views
    }

    /// Reads views and settings from one object.
    public init(from decoder: any Decoder) throws {
        views = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([View].self, forKey: .views) ?? views
        settings = try KSpaceSettings(from: decoder)
    }

    /// Writes views and settings into one object.
    public func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(views, forKey: .views)
    }
}
