import Core
import Phantom

/// Collects what is wrong in one file.
struct Findings {
    private static let labels = Set(Label.allCases.map(\.rawValue))
    /// Largest displacement that a heart makes, in mm.
    private static let farthestMM: Float = 80
    let file: String
    private(set) var problems: [Verification.Problem] = []

    init(file: String) { self.file = file }

    mutating func note(_ place: String, _ message: String) {
        problems.append(Verification.Problem(place: place.isEmpty ? file : "\(file):\(place)", message: message))
    }

    mutating func expect(_ place: String, _ isAsked: Bool, _ isThere: Bool, _ what: String) {
        if isAsked != isThere {
            note(
                place,
                isAsked ? "the recipe asks for \(what), found none" : "the recipe asks for no \(what), found some")
        }
    }

    mutating func checkImage(_ values: [Float], _ place: String, _ part: String) {
        if let bad = values.first(where: { !($0.isFinite && $0 >= 0) }) {
            note(place, "\(part): expected finite intensities, none negative, found \(Words.number(bad))")
        }
    }

    mutating func checkLabels(_ values: [UInt8], _ place: String, _ part: String) {
        if let bad = Set(values).subtracting(Self.labels).min() {
            note(place, "\(part): expected labels, found \(bad)")
        }
    }

    /// At end-diastole nothing has moved; later everything has moved somewhere near.
    mutating func checkDisplacement(_ values: [Float], _ place: String, frame: Int) {
        let limit = frame == 0 ? 0.01 : Self.farthestMM
        if let bad = values.first(where: { !(abs($0) <= limit) }) {
            note(place, "frame \(frame): expected at most \(Words.number(limit)) mm, found \(Words.number(bad))")
        }
    }
}
