import ArgumentParser
import Core
import Datasets
import Foundation
import Fourier
import Reconstruction
import Scanner
import Storage

/// Makes images of raw data.
struct Reconstruct: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make images of raw data: of a patient file, or of an MRD file of others.",
        discussion: """
            Methods: \(Method.all.map(\.name).joined(separator: ", ")).
            Patient files also tell how far the images are from the truth: NMSE, NMSE
            where the heart moves, and NMSE on profiles over time through the heart.
            """)

    @Argument(help: "A patient file with k-space, or an ISMRMRD (MRD) file.") var file: String
    @Option(help: ArgumentHelp("How to reconstruct.", valueName: "name")) var method: String
    @Option(help: ArgumentHelp("View of a patient file (default: the first there is).", valueName: "view"))
    var view: String?
    @Option(help: ArgumentHelp("Slice, from 0 (default: all).", valueName: "n")) var slice: Int?
    @Option(help: ArgumentHelp("Sensitivities: true, espirit or walsh (default: true if known).", valueName: "maps"))
    var maps: String?
    @Option(help: ArgumentHelp("HDF5 file to write images to.", valueName: "file")) var out: String?
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let (method, choice) = (try parsedMethod(), try parsedMaps())
        let source = try RawSource(file, view: view)
        if let slice, !(0..<source.slices).contains(slice) {
            throw CineError(.usage, "--slice: expected 0 to \(source.slices - 1), found \(slice)")
        }
        let chosen = slice.map { $0...$0 } ?? 0...(source.slices - 1)
        let work = SliceReconstruction(
            method, maps: choice, threads: ProcessInfo.processInfo.activeProcessorCount)
        let interruption = Interruption()
        var slices: [[ComplexFloat]] = []
        var size = SIMD2(0, 0)
        var scores: [(slice: Int, score: Score?)] = []
        for index in chosen {
            if interruption.isWanted { throw CineError(.interrupted, "interrupted; nothing was written") }
            let raw = try source.slice(index)
            let (images, score) = try work.run(raw) { progress in
                Terminal.progress("slice \(index): iteration \(progress.iteration) of \(progress.iterations)")
            }
            if out != nil { slices.append(images) }
            size = raw.imageSize
            scores.append((index, score))
        }
        Terminal.endProgress()
        if let out {
            try ReconstructionFile.write(to: out, slices: slices, size: size, method: method.name, source: file)
        }
        show(scores)
    }

    private func parsedMethod() throws -> Method {
        guard let found = Method.all.first(where: { $0.name == method }) else {
            throw CineError(
                .usage, "--method: unknown `\(method)`" + Nearest.advice(for: method, among: Method.all.map(\.name)))
        }
        return found
    }

    private func parsedMaps() throws -> SliceReconstruction.Maps? {
        guard let maps else { return nil }
        let names = SliceReconstruction.Maps.allCases.map(\.rawValue)
        guard let choice = SliceReconstruction.Maps(rawValue: maps) else {
            throw CineError(.usage, "--maps: unknown `\(maps)`" + Nearest.advice(for: maps, among: names))
        }
        return choice
    }

    private func show(_ scores: [(slice: Int, score: Score?)]) {
        guard !json else {
            let rows = scores.map { slice, score -> JSONValue in
                .object([
                    "slice": .integer(slice), "nmse": score.map { .number($0.nmse) } ?? .null,
                    "nmse_heart": score.map { .number($0.heartNMSE) } ?? .null,
                    "nmse_profiles": score.map { .number($0.profileNMSE) } ?? .null,
                ])
            }
            return Terminal.print(.object(["file": .string(file), "method": .string(method), "slices": .array(rows)]))
        }
        let rows = scores.map { slice, score in
            ["\(slice)"]
                + (score.map { [$0.nmse, $0.heartNMSE, $0.profileNMSE].map { Words.number($0) } }
                    ?? ["unknown", "unknown", "unknown"])
        }
        let head = ["slice", "nmse", "nmse where the heart moves", "nmse on x-t profiles"]
        for line in Terminal.table([head] + rows) { Terminal.print(line) }
    }
}
