import Core
import Report
import Scanner
import Storage

/// The patterns by which a recipe reads k-space, and what each makes of a point.
public struct SamplingSurvey: Sendable {
    /// One pattern.
    public struct Entry: Sendable {
        /// The pattern in words.
        public let name: String
        /// As drawn for slice 0 of the first patient who is read by it.
        public let pattern: SamplingPattern
        /// What it makes of a point.
        public let spread: SamplingSpread
    }

    /// Name of the recipe.
    public let name: String
    /// The patterns in the order in which the patients bring them; those that differ by faults only are one.
    public let entries: [Entry]

    /// Draws every pattern of a recipe and computes what it makes of a point.
    ///
    /// - Cost: that of `SamplingSpread` for each pattern.
    /// - Throws: `CineError` when the recipe asks for no k-space.
    public init(_ recipe: Recipe, threads: Int) throws {
        name = recipe.name
        var seen: Set<SamplingSettings> = []
        entries = try recipe.roster().compactMap { plan in
            guard let request = recipe.kspace(of: plan), let view = request.views.first else { return nil }
            // What is meant to be read; faults of the gradients change where it comes to lie.
            var settings = request.settings.sampling
            (settings.gradientDelayX, settings.gradientDelayY, settings.eddyPhaseDeg) = (0, 0, 0)
            guard seen.insert(settings).inserted else { return nil }
            let pattern = try SamplingPattern(
                settings, matrix: recipe.scan.matrix, frames: recipe.frames, seed: recipe.seed, patient: plan.subject,
                view: view, slice: 0)
            return Entry(
                name: settings.name, pattern: pattern, spread: try SamplingSpread(pattern, threads: threads))
        }
        guard !entries.isEmpty else {
            throw CineError(
                .badData, "\(recipe.name): expected a recipe that reads k-space, found none; add a `kspace` group")
        }
    }

    /// Publishes a picture of all patterns as PNG.
    ///
    /// - Throws: `CineError` of kind `.cannotCreate` or `.inputOutput`.
    public func write(to path: String) throws {
        let sheet = SamplingSheet(title: name, matrix: entries[0].pattern.matrix, rows: entries.map(\.row))
        try PNG.write(sheet.picture.raster, to: path)
    }
}

extension SamplingSurvey.Entry {
    fileprivate var row: SamplingSheet.Row {
        let length = pattern.samplesPerLine
        let curves = (pattern.trajectory ?? []).prefix(pattern.linesPerFrame * length)
        return SamplingSheet.Row(
            title: name,
            note: "\(Words.number((10 * pattern.trueAcceleration).rounded() / 10))-fold, "
                + "lobes \(Self.words(spread.sideLobeDB)), in time \(Self.words(spread.sideLobeInTimeDB))",
            readouts: pattern.lines.map { .lines($0[0]) }
                ?? .curves(
                    stride(from: 0, to: curves.count, by: length).map { Array(curves[$0..<$0 + length]) }),
            places: pattern.places, inPlane: spread.inPlane, inTime: spread.inTime)
    }

    /// "-12 dB", or "none" below -100 dB, where single precision ends.
    public static func words(_ decibels: Double) -> String {
        decibels < -100 ? "none" : "\(Int(decibels.rounded())) dB"
    }
}

extension SamplingSettings {
    /// The pattern in words: "lattice, 4-fold".
    fileprivate var name: String {
        let fold = "\(Words.number(acceleration))-fold"
        let centre = centreLines.map { ", \($0) about the centre" } ?? ""
        let part = partialFourier < 1 ? ", partial Fourier \(Words.number(partialFourier))" : ""
        switch kind {
        case .full: return "full" + part
        case .lattice: return "lattice, \(fold)" + centre + part
        case .gaussian: return "Gaussian density, \(fold)" + centre + part
        case .goldenOffset: return "golden offset, \(fold)" + centre + part
        case .radialGolden:
            let angle = tinyGolden == 1 ? "golden angle" : "tiny golden angle \(tinyGolden)"
            return "\(angle), \(Words.count(spokesPerFrame, "spoke"))"
        case .radialUniform: return "uniform, \(Words.count(spokesPerFrame, "spoke"))"
        case .spiral: return "spiral, \(fold) of \(interleaves)"
        }
    }
}
