import Foundation
import Testing

/// The program, as users run it.
struct Program {
    /// What a run left.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The built program lies beside the test bundle.
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("cineforge")

    /// The project's own folder.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Starts the program; its output goes to files, which never fill up.
    ///
    /// - Parameter launcher: a command, by its path, that starts the program which is its last words.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], launcher: [String] = [], in folder: URL
    ) throws -> Process {
        let words = launcher + [executable.path] + arguments
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = project
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        for (name, set) in [("output", true), ("errors", false)] {
            let url = folder.appendingPathComponent(name)
            try Data().write(to: url)
            let handle = try FileHandle(forWritingTo: url)
            if set { process.standardOutput = handle } else { process.standardError = handle }
        }
        try process.run()
        return process
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], launcher: [String] = []
    ) throws -> Outcome {
        let folder = try Folder()
        let process = try start(arguments, environment: environment, launcher: launcher, in: folder.url)
        process.waitUntilExit()
        func text(_ name: String) throws -> String { try String(contentsOf: folder(name), encoding: .utf8) }
        return Outcome(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
    }
}

/// A folder that goes with the test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a small recipe and returns its path.
    ///
    /// - Parameter kspace: k-space instead of volumes: patient after patient on lines, spokes and spirals, with whatever
    ///   a scan draws by chance.
    func recipe(patients: Int = 4, previews: Bool = false, kspace: Bool = false) throws -> String {
        let images = """
            patients:
              - {reference: true, count: \(patients), breath_holds: {severity: 3}}
            volume: {spacing_mm: 12, size: [15, 13, 14]}
            cine: {views: [sax, lax_4ch], pixel_mm: 9, slice_count: 2, layer_spacing_mm: 4, oversampling: 1}
            """
        let patterns = ["kind: gaussian", "kind: radial_golden, spokes_per_frame: 13", "kind: spiral, interleaves: 12"]
        let groups = (0..<patients).map {
            "  - {reference: true, kspace: {sampling: {\(patterns[$0 % patterns.count])}}}"
        }
        let rawData = """
            patients:
            \(groups.joined(separator: "\n"))
            cine: {images: false, pixel_mm: 5, field_of_view_mm: 320, layer_spacing_mm: 4}
            kspace:
              slices: 1
              oversampling: 1
              coils: {channels: 3}
              gating: {breathing: free, trigger_jitter_ms: 20, ectopic_share: 0.1}
            """
        let text = """
            version: 1
            name: tiny
            seed: 7
            frames: 3
            previews: \(previews)
            \(kspace ? rawData : images)
            """
        let url = self("recipe.yml")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }
}
