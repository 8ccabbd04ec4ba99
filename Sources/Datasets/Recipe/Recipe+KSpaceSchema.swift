import Core
import Scanner

extension Recipe {
    /// The form of a request for k-space.
    static let kspace = Schema.object([
        Schema.Property(
            "views", .list(of: .choice(View.allCases.map(\.rawValue)), count: 1...4), "Views to read (default sax)"),
        Schema.Property(
            "fidelity", .choice(Fidelity.allCases.map(\.rawValue)),
            "How finely the scan follows the motion: still in a frame, a shot or a readout (default shot)"),
        Schema.Property("snr", .number(0...10_000), "Signal of myocardium over noise; 0 for none (default cine.snr)"),
        Schema.Property("slices", .integer(1...200), "Slices about the middle of each view (default all)"),
        Schema.Property("oversampling", .number(1...6), "Samples of the object per pixel and axis (default 3)"),
        Schema.Property(
            "surface_pixels", .number(0.1...3), "Width in pixels of surfaces between tissues (default 0.67)"),
        Schema.Property("coils", coils, "Receive coils"),
        Schema.Property("sampling", sampling, "Which part of k-space each frame reads"),
        Schema.Property("gating", gating, "How the scan is tied to heartbeat and breathing, and its faults"),
    ])

    private static let coils = Schema.object([
        Schema.Property("channels", .integer(1...32), "Number of loops, half in front and half behind (default 16)"),
        Schema.Property("radius_mm", .number(20...200), "Radius of a loop in mm (default 55)"),
        Schema.Property("clearance_mm", .number(5...200), "Distance of the loops from the skin in mm (default 30)"),
    ])

    private static let sampling = Schema.object([
        Schema.Property("kind", .choice(SamplingSettings.Kind.allCases.map(\.rawValue)), "Pattern (default full)"),
        Schema.Property(
            "acceleration", .number(1...64), "Nominal, of lattice, gaussian, golden_offset and spiral (default 4)"),
        Schema.Property(
            "centre_lines", .integer(0...256), "Central lines in every frame (default 4 of lattice, 8 of gaussian)"),
        Schema.Property("tiny_golden", .integer(1...50), "Order of the golden angle of radial_golden (default 1)"),
        Schema.Property("spokes_per_frame", .integer(1...4096), "Spokes of a radial frame (default 21)"),
        Schema.Property("interleaves", .integer(1...1024), "Spirals that cover k-space together (default 16)"),
        Schema.Property("readout_oversampling", .integer(1...2), "Samples of a readout per pixel (default 2)"),
        Schema.Property(
            "partial_fourier", .number(0.5...1), "Share of k-space along the lines' axis that is read (default 1)"),
        Schema.Property("gradient_delay_x", .number(-5...5), "Delay along x in readout samples (default 0)"),
        Schema.Property("gradient_delay_y", .number(-5...5), "Delay along y in readout samples (default 0)"),
        Schema.Property(
            "eddy_phase_deg", .number(0...90), "Eddy-current phase of the largest step in degrees (default 0)"),
    ])

    private static let gating = Schema.object([
        Schema.Property(
            "mode", .choice(GatingSettings.Mode.allCases.map(\.rawValue)), "When lines are read (default retrospective)"
        ),
        Schema.Property("views_per_segment", .integer(1...4096), "Lines of a frame in a beat (default what fits)"),
        Schema.Property(
            "line_order", .choice(LineOrder.allCases.map(\.rawValue)), "Which lines a segment holds (default linear)"),
        Schema.Property(
            "arrhythmia_window_percent", .number(1...100), "Beats further off the median are read again (default none)"),
        Schema.Property("trigger_jitter_ms", .number(0...200), "SD of triggers in ms (default 0)"),
        Schema.Property("missed_trigger", .number(0...0.9), "Chance that an R wave triggers nothing (default 0)"),
        Schema.Property("false_trigger", .number(0...1), "Chance that a T wave triggers instead (default 0)"),
        Schema.Property("false_trigger_delay_ms", .number(100...500), "From R wave to such a trigger (default 300)"),
        Schema.Property(
            "breathing", .choice(GatingSettings.Breathing.allCases.map(\.rawValue)),
            "How the patient breathes during a slice (default none)"),
        Schema.Property("drift_mm_per_s", .number(-5...5), "Drift of the diaphragm in a breath-hold (default drawn)"),
        Schema.Property("breath_hold_failure", .number(0...1), "Chance that a breath-hold ends early (default 0)"),
        Schema.Property("tidal_mm", .number(0...25), "Excursion of the diaphragm in free breathing (default drawn)"),
        Schema.Property("rr_deviation_ms", .number(0...400), "SD of RR in ms (default drawn)"),
        Schema.Property("ectopic_share", .number(0...0.5), "Share of ectopic beats (default drawn)"),
    ])
}
