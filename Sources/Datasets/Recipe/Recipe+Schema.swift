import Core
import Phantom
import Scanner

extension Recipe {
    /// The form of a recipe.
    public static let schema = Schema.object([
        Schema.Property("version", .integer(1...1), required: true, "Version of the form: 1"),
        Schema.Property("name", .text, required: true, "Name of the dataset"),
        Schema.Property("seed", .integer(0...Int.max), "Seed of everything that is drawn (default 1)"),
        Schema.Property("frames", .integer(1...200), "Frames per heartbeat (default 25)"),
        Schema.Property(
            "patients", .list(of: patientGroup, count: 1...1000), required: true, "Patients, group after group"),
        Schema.Property("split", split, "Shares of the patients for learning (default all for training)"),
        Schema.Property("volume", volume, "High-resolution volumes around the heart; left out, none are made"),
        Schema.Property("cine", cine, "Cine slices; left out, none are made"),
        Schema.Property("kspace", kspace, "Multi-coil k-space; left out, none is read"),
        Schema.Property("breath_holds", breathHolds, "How breath-holds displace the slices; left out, not at all"),
        Schema.Property("field", field, "How magnet and transmitter stray; left out, they are perfect"),
        Schema.Property("previews", .flag, "Whether pictures are made (default true)"),
        Schema.Property(
            "tissues", .either([.text, TissueTable.schema]),
            "Tissue table: a file's name or path, or its contents (default tissues-1.5t)"),
        Schema.Property("cohorts", .map(of: Cohort.schema), "Cohorts written into the recipe itself, by name"),
    ])

    private static let patientGroup = Schema.object([
        Schema.Property("cohort", .text, "Cohort to draw from: a name or a path"),
        Schema.Property("reference", .flag, "true for the reference patient, instead of a cohort"),
        Schema.Property("count", .integer(1...1_000_000), "Number of patients (default 1)"),
        Schema.Property(
            "first_subject", .integer(0...10_000_000),
            "Number of the first subject; the same number is the same heart (default: they count on)"),
        Schema.Property("breath_holds", breathHolds, "Breath-holds of these patients, laid over the recipe's"),
        Schema.Property("kspace", kspace, "K-space of these patients, laid over the recipe's"),
        Schema.Property("field", field, "Fields of these patients, laid over the recipe's"),
        Schema.Property("parameters", PatientParameters.schema, "Values that replace drawn ones"),
    ])

    private static let split = Schema.object([
        Schema.Property("train", .number(0...1), "For training (default 1)"),
        Schema.Property("validation", .number(0...1), "For choosing among trained models (default 0)"),
        Schema.Property("test", .number(0...1), "For the final score (default 0)"),
    ])

    private static let volume = Schema.object([
        Schema.Property(
            "along", .choice(VolumeRequest.Axes.allCases.map(\.rawValue)),
            "Whose axes they have: the patient's or the planned short-axis stack's (default patient)"),
        Schema.Property(
            "slices_per_thick", .integer(1...50), "Along sax: fine slices for each slice of the stack (default 5)"),
        Schema.Property("spacing_mm", .number(0.25...20), "Edge of the cubic voxels in mm (default 1.25)"),
        Schema.Property(
            "size", .list(of: .integer(1...1024), count: 2...3),
            "Voxels along x, y and z, centred on the heart (default: what covers it); along sax, pixels along x and y"),
        Schema.Property(
            "margin_mm", .number(0...200), "Margin around the heart in mm where no size is given (default 5)"),
        Schema.Property("image", .flag, "Whether images are stored (default true)"),
        Schema.Property("label", .flag, "Whether label maps are stored (default true)"),
        Schema.Property(
            "displacement", .choice(VolumeRequest.Displacement.allCases.map(\.rawValue)),
            "How displacement from end-diastole is stored (default float16)"),
    ])

    private static let cine = Schema.object([
        Schema.Property(
            "views", .list(of: .choice(View.allCases.map(\.rawValue)), count: 1...4), "Views to scan (default all)"),
        Schema.Property(
            "images", .flag, "Whether images are stored; without them this only plans k-space (default true)"),
        Schema.Property("tr_ms", .number(1...50), "Time between pulses in ms (default 3)"),
        Schema.Property("te_ms", .number(0...50), "Echo time in ms, at most tr_ms (default 1.5)"),
        Schema.Property("flip_deg", .number(1...179), "Flip angle in degrees (default 60)"),
        Schema.Property("pixel_mm", .number(0.2...20), "Pixel size in mm (default 1.8)"),
        Schema.Property("field_of_view_mm", .number(20...1000), "Field of view in mm, square (default 270)"),
        Schema.Property("slice_thickness_mm", .number(0.5...50), "Thickness of short-axis slices in mm (default 8)"),
        Schema.Property("slice_gap_mm", .number(-25...50), "Gap between short-axis slices in mm (default 2)"),
        Schema.Property("slice_count", .integer(1...200), "Number of short-axis slices (default: what covers the LV)"),
        Schema.Property(
            "long_axis_thickness_mm", .number(0.5...50), "Thickness of long-axis slices in mm (default 6)"),
        Schema.Property("profile", profile, "Slice profile"),
        Schema.Property(
            "layer_spacing_mm", .number(0.1...50), "Distance of the sheets of samples that make a slice (default 1)"),
        Schema.Property("snr", .number(0...10_000), "Signal of myocardium over noise; 0 for no noise (default 20)"),
        Schema.Property(
            "oversampling", .number(1...4), "Samples per pixel before k-space is cut (default 1.5); 1 for no cut"),
        Schema.Property(
            "apodisation", .choice(CineProtocol.Apodisation.allCases.map(\.rawValue)),
            "Filter of k-space (default none)"),
        Schema.Property(
            "label_rule", .choice(CineProtocol.LabelRule.allCases.map(\.rawValue)),
            "Label of a thick slice: that of its centre plane or the most frequent one (default centre)"),
        Schema.Property("planning_error_deg", .number(0...45), "Deviation of the planes' tilts in degrees (default 0)"),
    ])

    private static let profile = Schema.object([
        Schema.Property("kind", .choice(SliceProfile.Kind.allCases.map(\.rawValue)), required: true, "Shape"),
        Schema.Property("time_bandwidth", .number(1...20), "Time-bandwidth product of a bssfp pulse (default 2.7)"),
        Schema.Property(
            "window", .choice(PulseWindow.allCases.map(\.rawValue)), "Window of a bssfp pulse (default hann)"),
    ])

    private static let field = Schema.object([
        Schema.Property(
            "off_resonance_scale", .number(0...10), "Factor on what the lungs bend and shimming leaves (default 1)"),
        Schema.Property("offset_hz", .number(-500...500), "What the whole field is off by in Hz (default 0)"),
        Schema.Property("air_ppm", .number(0...20), "Susceptibility of air against tissue in ppm (default 9)"),
        Schema.Property(
            "transmit_scale", .number(0...2), "Factor on the straying of the transmitted field (default 1)"),
        Schema.Property(
            "inflow_pulses", .number(0...1000),
            "Pulses after which fresh blood is as dark as other; 0 for no inflow (default 3)"),
    ])

    private static let breathHolds = Schema.object([
        Schema.Property(
            "severity", .either([.choice(["ukb"]), .number(0...30)]),
            "In-plane deviation in mm, or ukb for the mix of a large study (default ukb)"),
        Schema.Property("slices_per_hold", .integer(1...50), "Most slices in one breath-hold (default 5)"),
        Schema.Property("rotation_deg_per_mm", .number(0...5), "Rotation in degrees per mm of severity (default 0.4)"),
        Schema.Property("drift_mm_per_s", .number(-5...5), "Creep within a breath-hold in mm/s (default 0.09)"),
        Schema.Property("slice_duration_s", .number(0...60), "Duration of one slice in s (default 6)"),
    ])
}

extension PatientParameters {
    /// The form of values that replace drawn ones: that of the values themselves, in snake case.
    static let schema: Schema = {
        guard let form = try? JSONValue(encoding: PatientParameters()),
            case .object(var properties) = form.schema(of: "parameters")
        else { return .object([]) }
        properties.removeAll { $0.name == "tissue_factors" }
        let factor = Schema.number(0.1...10)
        let factors = Schema.object(
            ["t1", "t2", "density"].map { Schema.Property($0, factor, required: true, "Factor on \($0)") })
        properties.append(
            Schema.Property(
                "tissue_factors",
                .object(Tissue.allCases.map { Schema.Property($0.name, factors, "Factors of \($0.name)") }),
                "Factors on the tissue table"))
        return .object(properties)
    }()

    /// These values with some replaced.
    ///
    /// - Throws: `CineError` when the result is outside hard limits.
    func replacing(_ values: JSONValue?) throws -> PatientParameters {
        guard let values else { return self }
        let result: PatientParameters = try JSONValue(encoding: self).replacing(values).decode()
        try result.checkLimits()
        return result
    }
}

extension JSONValue {
    /// A schema that documents like this one fit, with keys in snake case.
    fileprivate func schema(of name: String) -> Schema {
        switch self {
        case .object(let members):
            .object(
                members.sorted { $0.key < $1.key }.map {
                    let key = SnakeKeys.snake($0.key)
                    return Schema.Property(key, $0.value.schema(of: key), "Replaces \(key)")
                })
        case .array(let items): .list(of: items.first?.schema(of: name) ?? .text, count: items.count...items.count)
        case .bool: .flag
        case .string where name == "kind": .choice(PatientParameters.Rhythm.Kind.allCases.map(\.rawValue))
        case .string, .null: .text
        case .number, .integer: name.hasSuffix("seed") ? .integer(0...Int.max) : .number(-1e6...1e6)
        }
    }

    /// The document with members replaced by those of the same name in snake case; new ones are added as they are.
    fileprivate func replacing(_ other: JSONValue) -> JSONValue {
        guard case .object(var mine) = self, case .object(let theirs) = other else { return other }
        let names = Dictionary(mine.keys.map { (SnakeKeys.snake($0), $0) }) { first, _ in first }
        for (key, value) in theirs {
            let name = names[key] ?? key
            mine[name] = mine[name]?.replacing(value) ?? value
        }
        return .object(mine)
    }
}
