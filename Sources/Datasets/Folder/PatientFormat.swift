import Phantom

/// Names and versions of our formats.
public enum PatientFormat {
    /// Attribute `format` of a patient file.
    public static let name = "cineforge.patient"
    /// Attribute `format_version` of a patient file; readers accept the same major version.
    public static let version = "1.0"
    /// Member `format` of a manifest.
    public static let datasetName = "cineforge.dataset"
    /// Member `version` of a manifest.
    public static let datasetVersion = "1.0"
    /// Version of the program.
    public static let programVersion = "0.1.0"

    /// The attributes of `/truth/measures`, less the frames.
    static let measures: [(name: String, value: @Sendable (Measures) -> Double)] = [
        ("lv_edv_ml", { $0.lvEDVML }), ("lv_esv_ml", { $0.lvESVML }), ("lv_ef", { $0.lvEF }),
        ("lv_mass_g", { $0.lvMassG }), ("rv_edv_ml", { $0.rvEDVML }), ("rv_esv_ml", { $0.rvESVML }),
        ("rv_ef", { $0.rvEF }), ("la_max_ml", { $0.laMaxML }), ("la_min_ml", { $0.laMinML }),
        ("ra_max_ml", { $0.raMaxML }), ("ra_min_ml", { $0.raMinML }), ("heart_rate_bpm", { $0.heartRateBPM }),
    ]
}
