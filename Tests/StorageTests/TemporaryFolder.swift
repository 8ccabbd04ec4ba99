import Core
import Foundation
import Testing

/// A folder that goes when the test ends.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("cineforge-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name)))) }

    func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// The typed error that a call must end with.
func expectError(
    _ kind: CineError.Kind, mentions words: String..., location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("expected an error, found none", sourceLocation: location)
    } catch let error as CineError {
        #expect(error.kind == kind, "\(error)", sourceLocation: location)
        for word in words { #expect(error.message.contains(word), "\(error)", sourceLocation: location) }
    } catch {
        Issue.record("expected a CineError, found \(error)", sourceLocation: location)
    }
}
