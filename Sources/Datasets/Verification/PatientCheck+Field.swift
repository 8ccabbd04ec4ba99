import Core
import Phantom
import Scanner

extension PatientCheck {
    /// Checks the fields at the pixels of all views: there where the recipe asks for them, and possible.
    func checkFields(_ findings: inout Findings) throws {
        guard let plan else { return }
        let isAsked = recipe.field(of: plan) != nil
        let matrix = recipe.scan.matrix
        for view in View.allCases {
            for place in ["cine/\(view.rawValue)", "kspace/\(view.rawValue)"] where file.root.holdsGroup(place) {
                let group = try file.root.group(place)
                let slices = try group.dataset("planned_affine").shape[0]
                for (name, range) in [("off_resonance_hz", -1e5...1e5), ("transmit", 0...3)]
                    as [(
                        String, ClosedRange<Float>
                    )]
                {
                    findings.expect("\(place)/\(name)", isAsked, group.holdsDataset(name), "a field")
                    guard isAsked, group.holdsDataset(name) else { continue }
                    let field = try group.dataset(name)
                    if field.shape != [slices, matrix, matrix] {
                        let (expected, found) = (Words.size([slices, matrix, matrix]), Words.size(field.shape))
                        findings.note("\(place)/\(name)", "expected \(expected), found \(found)")
                        continue
                    }
                    let values: [Float] = try field.read()
                    if !values.allSatisfy(range.contains) {
                        findings.note(
                            "\(place)/\(name)",
                            "expected values from \(Words.number(Double(range.lowerBound))) to "
                                + Words.number(Double(range.upperBound)))
                    }
                }
            }
        }
    }
}
