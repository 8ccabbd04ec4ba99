/// A value that a cohort draws, by its name in YAML.
///
/// The order enters every patient's bytes: add at the end.
public enum Variable: String, CaseIterable, Sendable, Codable, CodingKeyRepresentable {
    /// Age in years.
    case age = "age_years"
    /// Height in cm.
    case height = "height_cm"
    /// Weight in kg.
    case weight = "weight_kg"
    /// Mean heart rate.
    case heartRate = "heart_rate_bpm"
    /// SD of RR in sinus rhythm.
    case rrDeviation = "rr_deviation_ms"
    /// SD of RR over its mean in fibrillation.
    case fibrillationVariation = "af_rr_variation"
    /// Share of the stroke volume that atrial contraction fills, for each year of age.
    case atrialFillingPerYear = "atrial_filling_per_year"
    /// Share of ectopic beats in patients who have them.
    case ectopicShare = "ectopic_share"
    /// Relative change of heart rate over a breath-hold.
    case breathHoldHeartRate = "breath_hold_drift"
    /// LV end-diastolic volume over body surface area.
    case lvEDVIndex = "lv_edv_ml_per_m2"
    /// LV ejection fraction.
    case lvEF = "lv_ef"
    /// LV mass over body surface area.
    case lvMassIndex = "lv_mass_g_per_m2"
    /// Thickest wall, from which the mass follows when the cohort gives no mass.
    case lvThickestWall = "lv_thickest_wall_mm"
    /// λ of the endocardial spheroid.
    case roundness = "lv_roundness"
    /// Longitudinal shortening on top of the radial map.
    case longitudinalShortening = "lv_longitudinal_shortening"
    /// Rotation of the apex.
    case apexRotation = "apex_rotation_deg"
    /// Rotation of the base.
    case baseRotation = "base_rotation_deg"
    /// Trabeculation depth.
    case trabeculation = "trabeculation_mm"
    /// RV end-diastolic volume over body surface area.
    case rvEDVIndex = "rv_edv_ml_per_m2"
    /// Thickness of the RV free wall.
    case rvWall = "rv_wall_mm"
    /// Longitudinal motion of the lateral tricuspid annulus relative to the LV's.
    case rvTAPSE = "rv_tapse_mm"
    /// Systolic bulge of the RV free wall.
    case rvDyskinesia = "rv_dyskinesia_mm"
    /// Largest LA volume.
    case laMax = "la_max_ml"
    /// LA emptying fraction.
    case laEmptying = "la_emptying_fraction"
    /// Largest RA volume.
    case raMax = "ra_max_ml"
    /// RA emptying fraction.
    case raEmptying = "ra_emptying_fraction"
    /// Period of breathing.
    case breathPeriod = "breath_period_s"
    /// Tidal excursion of the diaphragm.
    case diaphragm = "diaphragm_mm"
    /// Heart motion per diaphragm motion, head-foot.
    case trackingFactor = "tracking_factor"
    /// Anterior heart motion per diaphragm motion.
    case anteriorFactor = "anterior_factor"
    /// Rotation at full tidal excursion.
    case breathRotation = "breath_rotation_deg"
    /// Lag of the anterior motion.
    case breathLag = "breath_lag_s"
    /// Scale of breath-hold offsets.
    case breathHoldScale = "breath_hold_scale_mm"
    /// Drift of the diaphragm within a breath-hold.
    case breathHoldDrift = "breath_hold_drift_mm_per_s"
    /// Angle of the LV axis to the sagittal plane.
    case azimuth = "axis_azimuth_deg"
    /// Angle of the LV axis below the horizontal.
    case elevation = "axis_elevation_deg"
    /// Turn of the heart about its axis.
    case roll = "axis_roll_deg"
    /// Subcutaneous fat at a body mass index of 25; 0.9 mm more for each unit above.
    case fatAtBMI25 = "fat_at_bmi_25_mm"
    /// Fat around the heart.
    case epicardialFat = "epicardial_fat_mm"
    /// Factor on the torso's axes beyond what height and weight give.
    case torsoScale = "torso_scale"
    /// SD of the walls of single segments around the pattern, as a share.
    case wallVariation = "wall_variation"
    /// SD of the patient's T1 around the table, as a share.
    case t1Variation = "t1_variation"
    /// SD of the patient's T2 around the table, as a share.
    case t2Variation = "t2_variation"
    /// How much thicker the septum is than the other walls in asymmetric hypertrophy.
    case septalRatio = "septal_ratio"
    /// Scar share of the wall in the centre of an infarct.
    case transmurality = "infarct_transmurality"
    /// Contraction in the centre of an infarct: 0 akinetic, negative dyskinetic.
    case infarctContraction = "infarct_contraction"

    /// Whether a cohort may leave it out, because not every heart has it.
    var isOptional: Bool {
        switch self {
        case .lvMassIndex, .lvThickestWall, .rvDyskinesia, .septalRatio, .transmurality, .infarctContraction,
            .ectopicShare, .fibrillationVariation:
            true
        default: false
        }
    }
}
