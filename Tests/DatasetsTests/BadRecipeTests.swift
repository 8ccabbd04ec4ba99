import Core
import Datasets
import Testing

/// A recipe with one mistake: where it is, and what the message must say.
private struct BadRecipe: Sendable, CustomTestStringConvertible {
    let text: String
    let line: Int
    let says: [String]

    init(_ text: String, line: Int, _ says: String...) {
        self.text = text
        self.line = line
        self.says = says
    }

    var testDescription: String { says.joined(separator: " … ") }
}

private let head = "version: 1\nname: x\npatients: [{reference: true}]\n"

private let badRecipes = [
    BadRecipe("name: x\npatients: [{reference: true}]\ncine: {}", line: 1, "key `version` is missing", "whole number"),
    BadRecipe("version: 2\nname: x\npatients: [{reference: true}]", line: 1, "`version`", "from 1 to 1", "found `2`"),
    BadRecipe("version: 1\npatients: [{reference: true}]\ncine: {}", line: 1, "key `name` is missing"),
    BadRecipe("version: 1\nname: x\ncine: {}", line: 1, "key `patients` is missing", "list of"),
    BadRecipe("version: 1\nname: x\npatients: []\ncine: {}", line: 3, "1 to 1000 items, found 0"),
    BadRecipe(
        head + "fames: 30\ncine: {}", line: 4, "unknown key `fames`", "Expected one of version",
        "did you mean `frames`?"),
    BadRecipe(head + "frames: many\ncine: {}", line: 4, "`frames`", "whole number from 1 to 200", "found `many`"),
    BadRecipe(head + "frames: 0\ncine: {}", line: 4, "from 1 to 200", "found `0`"),
    BadRecipe(head + "frames: 25.5\ncine: {}", line: 4, "whole number", "`25.5`"),
    BadRecipe(head + "frames: 010\ncine: {}", line: 4, "found `010`"),
    BadRecipe(head + "seed: -1\ncine: {}", line: 4, "`seed`", "at least 0"),
    BadRecipe(head + "kspace: {sampling: {kind: latice}}", line: 4, "did you mean `lattice`?"),
    BadRecipe(head + "kspace: {samplin: {kind: lattice}}", line: 4, "did you mean `sampling`?"),
    BadRecipe(head + "kspace: {coils: {channels: 64}}", line: 4, "1 to 32"),
    BadRecipe(head + "kspace: {sampling: {kind: lattice, acceleration: 3.5}}", line: 4, "whole `acceleration`"),
    BadRecipe(head + "kspace: {sampling: {kind: gaussian, acceleration: 30}}", line: 4, "lower `centre_lines`"),
    BadRecipe(head, line: 1, "at least one of `volume`, `cine` and `kspace`"),
    BadRecipe(head + "cine:\n  view: [sax]", line: 5, "unknown key `view` in `cine`", "did you mean `views`?"),
    BadRecipe(head + "cine:\n  views: [sax, lax_5ch]", line: 5, "one of sax, lax_2ch", "did you mean `lax_"),
    BadRecipe(head + "cine:\n  views: [sax, sax]", line: 5, "listed twice"),
    BadRecipe(head + "cine:\n  slice_thicknes_mm: 8", line: 5, "did you mean `slice_thickness_mm`?"),
    BadRecipe(head + "cine:\n  flip_deg: 200", line: 5, "`cine.flip_deg`", "from 1 to 179", "`200`"),
    BadRecipe(head + "cine:\n  snr: .inf", line: 5, "`cine.snr`", "found `.inf`"),
    BadRecipe(head + "cine:\n  profile: {kind: gauss}", line: 5, "one of bssfp", "did you mean `gaussian`?"),
    BadRecipe(head + "volume:\n  size: [64, 64]", line: 5, "`volume.size`", "3 items, found 2"),
    BadRecipe(head + "volume:\n  size: [64, 64, 64]\n  margin_mm: 3", line: 6, "`size` or `margin_mm`", "found both"),
    BadRecipe(head + "volume: {along: sax}", line: 4, "`volume.size`", "2 items along sax", "found 0"),
    BadRecipe(head + "volume: {along: sax, size: [64, 64, 9]}", line: 4, "2 items along sax", "found 3"),
    BadRecipe(head + "volume: {along: sax, size: [160, 64]}", line: 4, "at most the 150 pixels", "found 160"),
    BadRecipe(
        head + "volume:\n  along: sax\n  size: [64, 64]\n  spacing_mm: 2", line: 7, "`volume.spacing_mm`", "remove it"),
    BadRecipe(head + "volume: {slices_per_thick: 4}", line: 4, "`volume.slices_per_thick`", "without `along: sax`"),
    BadRecipe(head + "volume:\n  displacement: double", line: 5, "one of none, float16, float32", "`double`"),
    BadRecipe(head + "volume: {image: false, label: false, displacement: none}", line: 4, "all off"),
    BadRecipe(head + "volume:\n  spacing: 2", line: 5, "did you mean `spacing_mm`?"),
    BadRecipe(head + "previews: yes\ncine: {}", line: 4, "true or false, found `yes`"),
    BadRecipe(head + "split: {train: 0.8, test: 0.4}\ncine: {}", line: 4, "at most 1, found 1.2"),
    BadRecipe(head + "breath_holds: {severity: severe}\ncine: {}", line: 4, "one of ukb", "or a number from 0 to 30"),
    BadRecipe(
        "version: 1\nname: x\npatients:\n  - {cohort: dcn}\ncine: {}", line: 4, "no cohort `dcn`", "arv, dcm",
        "did you mean `dcm`?"),
    BadRecipe(
        "version: 1\nname: x\npatients:\n  - {count: 2}\ncine: {}", line: 4,
        "either `cohort: NAME` or `reference: true`", "neither"),
    BadRecipe("version: 1\nname: x\npatients:\n  - {cohort: dcm, reference: true}\ncine: {}", line: 4, "found both"),
    BadRecipe(
        "version: 1\nname: x\npatients:\n  - {cohort: dcm, count: 0}\ncine: {}", line: 4, "`patients.count`", "from 1"),
    BadRecipe(
        "version: 1\nname: x\npatients:\n  - reference: true\n    parameters:\n      lv: {edv_lm: 200}\ncine: {}",
        line: 6,
        "unknown key `edv_lm`", "did you mean `edv_ml`?"),
    BadRecipe(
        "version: 1\nname: x\npatients:\n  - reference: true\n    parameters: {lv: {edv_ml: 2000}}\ncine: {}", line: 5,
        "lv_edv_ml is 2000", "450"),
    BadRecipe(head + "tissues: tissue-1.5t\ncine: {}", line: 4, "no tissue table", "did you mean `tissues-1.5t`?"),
    BadRecipe(head + "name: y\ncine: {}", line: 2, "`name` is written twice"),
    BadRecipe(head + "cine: &c {}\n", line: 4, "anchors (&name) are not allowed"),
    BadRecipe(head + "cine: {views: [sax}\n", line: 4, "not valid YAML"),
    BadRecipe("- 1\n", line: 1, "expected a mapping", "found a list"),
]

@Suite("Bad recipes") struct BadRecipeTests {
    @Test("Each names its line, what was expected and the nearest key", arguments: badRecipes)
    fileprivate func bad(recipe: BadRecipe) {
        let failure = failure { _ = try resolve(recipe.text) }
        #expect(failure?.kind == .badData, "accepted: \(recipe.text)")
        let message = failure?.message ?? ""
        #expect(message.hasPrefix("recipe.yml:\(recipe.line): "), "\(message)")
        for words in recipe.says { #expect(message.contains(words), "\(message)") }
    }

    @Test("There are at least thirty of them") func count() { #expect(badRecipes.count >= 30) }
}
