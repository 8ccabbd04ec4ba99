/// Names of Swift properties in the form that recipes and files use.
enum SnakeKeys {
    /// `edvML` → `edv_ml`, `rrDeviationMS` → `rr_deviation_ms`, `breathHoldDriftMMPerS` → `breath_hold_drift_mm_per_s`.
    static func snake(_ camel: String) -> String {
        let letters = Array(camel)
        return letters.indices.reduce(into: "") { text, index in
            let letter = letters[index]
            if letter.isUppercase, index > 0 {
                let followsWord = !letters[index - 1].isUppercase
                let startsWord = index + 1 < letters.count && letters[index + 1].isLowercase
                if followsWord || startsWord, letters[index - 1] != "_" { text += "_" }
            }
            text += letter.lowercased()
        }
    }
}
