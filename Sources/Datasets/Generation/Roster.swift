import Core
import Foundation
import Scanner

/// One patient of a dataset, before anything is made of it.
public struct PatientPlan: Sendable, Hashable {
    /// Place in the dataset, from 0.
    public let index: Int
    /// Number of the heart: everything that is drawn depends on it.
    public let subject: Int
    /// The part of the recipe it comes from.
    public let group: Recipe.PatientGroup
    /// `train`, `validation` or `test`.
    public let split: String

    /// Name in the dataset: `p000000`.
    public var id: String { PatientPlan.id(index) }

    /// The name of a place in the dataset.
    public static func id(_ index: Int) -> String {
        let digits = String(index)
        return "p" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

extension Recipe {
    /// Every patient of the dataset, in order.
    ///
    /// - Convention: all patients of one subject fall into the same split.
    public func roster() -> [PatientPlan] {
        let splits = splitsBySubject()
        var plans: [PatientPlan] = []
        for group in patients {
            for offset in 0..<group.count {
                let subject = (group.firstSubject ?? 0) + offset
                plans.append(
                    PatientPlan(index: plans.count, subject: subject, group: group, split: splits[subject] ?? "train"))
            }
        }
        return plans
    }

    /// How breath-holds displace the slices of a patient.
    func breathHolds(of plan: PatientPlan) -> BreathHoldModel {
        plan.group.breathHolds ?? breathHolds ?? BreathHoldModel(severity: .fixed(sigmaMM: 0))
    }

    /// How the fields of a patient stray; nil for perfect ones.
    func field(of plan: PatientPlan) -> FieldSettings? { plan.group.field ?? field }

    /// How k-space of a patient is read; nil when it is not.
    public func kspace(of plan: PatientPlan) -> KSpaceRequest? { plan.group.kspace ?? kspace }

    /// Ranks the subjects by a draw of their own and cuts the ranks by the shares, so that the shares come out exactly
    /// (to one subject); what they leave over goes to training.
    private func splitsBySubject() -> [Int: String] {
        let subjects = Set(patients.flatMap { ($0.firstSubject ?? 0)..<(($0.firstSubject ?? 0) + $0.count) })
        let ranked = subjects.map { subject in
            var draws = Philox(seed: seed, patient: subject, stage: .recipe)
            return (subject, draws.uniform())
        }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        let tests = Int((split.test * Double(ranked.count)).rounded())
        let validations = min(ranked.count - tests, Int((split.validation * Double(ranked.count)).rounded()))
        return ranked.enumerated().reduce(into: [:]) { result, entry in
            let isTest = entry.offset < tests
            result[entry.element.0] = isTest ? "test" : entry.offset < tests + validations ? "validation" : "train"
        }
    }
}
