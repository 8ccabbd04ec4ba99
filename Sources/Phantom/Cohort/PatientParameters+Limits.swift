import Core

extension PatientParameters {
    /// What a value of a patient may be.
    public struct Limit: Sendable {
        /// Name with its unit, as in cohort files: `lv_edv_ml`.
        public let name: String
        /// Lowest and highest value.
        public let range: ClosedRange<Double>
        /// Takes the value from a patient.
        public let value: @Sendable (PatientParameters) -> Double
    }

    /// Hard physiological limits: no patient lies outside, whatever the cohort.
    ///
    /// They also name what cohorts may limit.
    ///
    /// - Reference: about 5 SD around UK Biobank's healthy means, Petersen 2017, doi:10.1186/s12968-017-0327-9, widened to
    ///   ACDC's diseases.
    public static let limits: [Limit] = [
        Limit(name: "age_years", range: 18...100) { $0.body.ageYears },
        Limit(name: "height_cm", range: 130...215) { $0.body.heightCM },
        Limit(name: "weight_kg", range: 35...180) { $0.body.weightKG },
        Limit(name: "body_mass_index", range: 15...50) {
            $0.body.weightKG / ($0.body.heightCM * $0.body.heightCM) * 1e4
        },
        Limit(name: "heart_rate_bpm", range: 40...150) { $0.rhythm.heartRateBPM },
        Limit(name: "rr_deviation_ms", range: 0...400) { $0.rhythm.rrDeviationMS },
        Limit(name: "atrial_filling_share", range: 0...0.6) { $0.rhythm.atrialFillingShare },
        Limit(name: "ectopic_share", range: 0...0.5) { $0.rhythm.ectopicShare },
        Limit(name: "breath_hold_drift", range: -0.3...0.3) { $0.rhythm.breathHoldDrift },
        Limit(name: "lv_edv_ml", range: 40...450) { $0.lv.edvML },
        Limit(name: "lv_edv_ml_per_m2", range: 25...250) { $0.lv.edvML / $0.body.surfaceAreaM2 },
        Limit(name: "lv_ef", range: 0.08...0.85) { $0.lv.ejectionFraction },
        Limit(name: "lv_stroke_volume_ml", range: 20...190) { $0.lv.edvML * $0.lv.ejectionFraction },
        Limit(name: "lv_mass_g", range: 30...450) { $0.lv.massG },
        Limit(name: "lv_mass_g_per_m2", range: 18...230) { $0.lv.massG / $0.body.surfaceAreaM2 },
        Limit(name: "lv_thinnest_wall_mm", range: 1...20) { $0.lv.wallThicknessMM.min() ?? 0 },
        Limit(name: "lv_thickest_wall_mm", range: 4...35) { $0.lv.wallThicknessMM.max() ?? 0 },
        Limit(name: "lv_segments_over_15_mm", range: 0...17) {
            Double($0.lv.wallThicknessMM.count { $0 > 15 })
        },
        Limit(name: "lv_segments_weak", range: 0...17) { Double($0.lv.contraction.count { $0 <= 0.3 }) },
        Limit(name: "lv_roundness", range: 0.35...0.80) { $0.lv.roundness },
        Limit(name: "lv_longitudinal_shortening", range: 0...0.20) { $0.lv.longitudinalShortening },
        Limit(name: "apex_rotation_deg", range: -5...25) { $0.lv.apexRotationDeg },
        Limit(name: "base_rotation_deg", range: -12...5) { $0.lv.baseRotationDeg },
        Limit(name: "trabeculation_mm", range: 0...10) { $0.lv.trabeculationMM },
        Limit(name: "rv_edv_ml", range: 45...520) { $0.rv.edvML },
        Limit(name: "rv_edv_ml_per_m2", range: 25...260) { $0.rv.edvML / $0.body.surfaceAreaM2 },
        Limit(name: "rv_ef", range: 0.08...0.80) { $0.lv.edvML * $0.lv.ejectionFraction / $0.rv.edvML },
        Limit(name: "rv_wall_mm", range: 1.5...10) { $0.rv.wallMM },
        Limit(name: "rv_tapse_mm", range: 4...36) { $0.rv.tapseMM },
        Limit(name: "rv_dyskinesia_mm", range: 0...20) { $0.rv.dyskinesiaMM },
        Limit(name: "la_max_ml", range: 15...300) { $0.la.maxML },
        Limit(name: "la_emptying_fraction", range: 0.05...0.85) { $0.la.emptyingFraction },
        Limit(name: "ra_max_ml", range: 15...300) { $0.ra.maxML },
        Limit(name: "ra_emptying_fraction", range: 0.05...0.85) { $0.ra.emptyingFraction },
        // What an atrium gives beyond its own emptying flows through it: never negative.
        Limit(name: "la_emptying_per_stroke", range: 0...0.95, value: { $0.emptyingPerStroke($0.la) }),
        Limit(name: "ra_emptying_per_stroke", range: 0...0.95, value: { $0.emptyingPerStroke($0.ra) }),
        Limit(name: "breath_period_s", range: 2...10) { $0.respiration.periodS },
        Limit(name: "diaphragm_mm", range: 0...40) { $0.respiration.diaphragmMM },
        Limit(name: "tracking_factor", range: 0...1) { $0.respiration.trackingFactor },
        Limit(name: "anterior_factor", range: -0.3...0.6) { $0.respiration.anteriorFactor },
        Limit(name: "breath_rotation_deg", range: -5...8) { $0.respiration.rotationDeg },
        Limit(name: "breath_lag_s", range: 0...1) { $0.respiration.lagS },
        Limit(name: "breath_hold_scale_mm", range: 0...8) { $0.respiration.breathHoldScaleMM },
        Limit(name: "breath_hold_drift_mm_per_s", range: -1...3) { $0.respiration.breathHoldDriftMMPerS },
        Limit(name: "axis_azimuth_deg", range: 15...75) { $0.chest.axisAzimuthDeg },
        Limit(name: "axis_elevation_deg", range: 5...70) { $0.chest.axisElevationDeg },
        Limit(name: "axis_roll_deg", range: -45...45) { $0.chest.axisRollDeg },
        Limit(name: "subcutaneous_fat_mm", range: 3...60) { $0.chest.subcutaneousFatMM },
        Limit(name: "epicardial_fat_mm", range: 0.5...12) { $0.chest.epicardialFatMM },
        Limit(name: "half_width_mm", range: 130...240) { $0.chest.halfWidthMM },
        Limit(name: "half_depth_mm", range: 85...180) { $0.chest.halfDepthMM },
    ]

    /// Checks every value against its hard limits.
    ///
    /// - Throws: `CineError` that names the first value outside, with its limits.
    public func checkLimits() throws {
        if let violation = violation(of: Self.limits) { throw CineError(.badData, violation) }
        for (name, values) in [
            ("wall_pattern", lv.wallPattern), ("contraction", lv.contraction),
            ("scar_transmurality", lv.scarTransmurality),
        ] where values.count != 17 {
            throw CineError(.badData, "expected 17 values for \(name), one for each AHA segment, got \(values.count)")
        }
    }

    /// The first value outside its limit, in words.
    func violation(of limits: [Limit]) -> String? {
        for limit in limits {
            let value = limit.value(self)
            if !limit.range.contains(value) {
                return "\(limit.name) is \(Words.number(value)), outside \(Words.number(limit.range.lowerBound)) to"
                    + " \(Words.number(limit.range.upperBound))"
            }
        }
        return nil
    }

    private func emptyingPerStroke(_ atrium: Atrium) -> Double {
        atrium.maxML * atrium.emptyingFraction / (lv.edvML * lv.ejectionFraction)
    }
}
