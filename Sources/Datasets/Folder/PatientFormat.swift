import Phantom

/// Names and versions of our formats.
public enum PatientFormat {
    /// Attribute `format` of a patient file.
    public static let name = "cineforge.patient"
    /// Attribute `format_version` of a patient file. Readers accept the same major version.
    public static let version = "1.0"
    /// Member `format` of a manifest.
    public static let datasetName = "cineforge.dataset"
    /// Member `version` of a manifest.
    public static let datasetVersion = "1.0"
    /// Version of the program.
    public static let programVersion = "0.1.0"

    /// The attributes of `/truth/measures`, less the frames.
    static func measures(_ measures: Measures) -> [(name: String, value: Double)] {
        [
            ("lv_edv_ml", measures.lvEDVML), ("lv_esv_ml", measures.lvESVML), ("lv_ef", measures.lvEF),
            ("lv_mass_g", measures.lvMassG), ("rv_edv_ml", measures.rvEDVML), ("rv_esv_ml", measures.rvESVML),
            ("rv_ef", measures.rvEF), ("la_max_ml", measures.laMaxML), ("la_min_ml", measures.laMinML),
            ("ra_max_ml", measures.raMaxML), ("ra_min_ml", measures.raMinML),
            ("heart_rate_bpm", measures.heartRateBPM),
        ]
    }
}
