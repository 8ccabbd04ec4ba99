import ArgumentParser
import Core
import Datasets
import Foundation

/// Shows what is in a dataset or a patient file.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is in a dataset or a patient file.",
        discussion: """
            EXAMPLES
              cineforge inspect out/demo
              cineforge inspect out/demo/patients/p000000.h5
              cineforge inspect out/demo/patients/p000000.h5 --png x.png --group cine/sax
            """)

    @Argument(help: "Folder of a dataset, or a patient file (.h5).") var path: String
    @Flag(help: "Print JSON.") var json = false
    @Option(help: ArgumentHelp("Write a picture of a patient file's group.", valueName: "file")) var png: String?
    @Option(help: "What the picture shows: truth/volume or cine/<view> (default: everything).") var group: String?

    func run() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CineError(
                .noInput, "cannot find \(path): expected the folder of a dataset, or a patient file (.h5)")
        }
        if isFolder.boolValue {
            guard png == nil else {
                throw CineError(.usage, "--png needs a patient file, as \(path)/patients/p000000.h5")
            }
            try show(Manifest(contentsOf: DatasetFolder(URL(fileURLWithPath: path)).manifest))
        } else {
            let file = try DatasetFolder.patient(at: path)
            if let png {
                try Previews.write(file, group: group, to: png)
                Terminal.error("\(png): written")
            }
            if png == nil || json { try show(file) }
        }
    }

    private func show(_ manifest: Manifest) throws {
        guard !json else { return Terminal.print(try JSONValue(encoding: manifest)) }
        let recipe = manifest.recipe
        let total = recipe.patients.reduce(0) { $0 + $1.count }
        Terminal.print(
            "\(recipe.name): \(manifest.patients.count) of \(Words.count(total, "patient")), \(Words.count(recipe.frames, "frame"))"
        )
        if let volume = recipe.volume {
            let size = volume.size.map { Words.size($0) } ?? "around the heart"
            let spacing =
                volume.spacingMM.map { "\(Words.number($0)) mm" }
                ?? "\(volume.slicesPerThick ?? 1) slices for each of the stack"
            Terminal.print("volume: \(size), \(spacing), displacement \(volume.displacement.rawValue)")
        }
        if let cine = recipe.cine {
            let scan = recipe.scan
            let views = cine.views.map(\.rawValue).joined(separator: ", ")
            Terminal.print(
                "cine: \(views); \(scan.matrix)×\(scan.matrix), "
                    + "\(Words.number(scan.pixelMM)) mm, slices of \(Words.number(scan.sliceThicknessMM)) mm")
        }
        if let kspace = recipe.kspace {
            let (settings, views) = (kspace.settings, kspace.views.map(\.rawValue).joined(separator: ", "))
            Terminal.print(
                "k-space: \(views); \(settings.sampling.kind.rawValue), \(Words.count(settings.coils.channels, "coil")), "
                    + "\(settings.gating.mode.rawValue), still during a \(settings.fidelity.rawValue)")
        }
        let rows = manifest.patients.map { [$0.id, $0.group, $0.split, "\($0.subject)", Words.bytes($0.bytes)] }
        for line in Terminal.table([["id", "group", "split", "subject", "size"]] + rows) { Terminal.print(line) }
    }

    private func show(_ file: PatientFile) throws {
        let contents = try file.contents()
        let measures = try file.measures
        guard !json else {
            return Terminal.print(
                .object([
                    "id": .string(try file.id), "group": .string(try file.group), "provenance": try file.provenance,
                    "recipe_sha256": .string(try file.recipeSHA256), "parameters": try file.parameters,
                    "measures": try JSONValue(encoding: measures),
                    "datasets": .array(
                        contents.map {
                            .object([
                                "path": .string($0.path), "type": .string($0.dataset.type?.rawValue ?? "other"),
                                "shape": .array($0.dataset.shape.map { .integer($0) }),
                            ])
                        }),
                ]))
        }
        Terminal.print("\(try file.id), \(try file.group)")
        let rows = contents.map {
            [$0.path, $0.dataset.type?.rawValue ?? "other", Words.size($0.dataset.shape)]
        }
        for line in Terminal.table([["dataset", "type", "shape"]] + rows) { Terminal.print(line) }
        Terminal.print("")
        for line in Terminal.table(
            measures.sorted { $0.key < $1.key }.map { [$0.key, Words.number($0.value)] })
        { Terminal.print(line) }
    }
}
