import CTorchInterface
import Core
import Foundation

/// The tensor engine: the table of functions of `libCineTorch.so`, opened when it is first needed.
///
/// `@unchecked Sendable`: the table is constant and lives as long as the process, and libtorch may be called from any
/// thread.
struct TorchLibrary: @unchecked Sendable {
    let table: UnsafePointer<CTorchAPI>

    /// The engine of this process, or why there is none.
    static let shared = Result { try open() }.mapError { $0 as? CineError ?? CineError(.noInput, "\($0)") }

    /// Opens the library that CINEFORGE_TORCH names, or else that beside the program or in the `lib` next to its folder.
    private static func open() throws -> TorchLibrary {
        let name = "libCineTorch.so"
        if let path = ProcessInfo.processInfo.environment["CINEFORGE_TORCH"], !path.isEmpty {
            return try TorchLibrary(path: path)
        }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [program, program.deletingLastPathComponent().appendingPathComponent("lib")]
        let found = places.map { $0.appendingPathComponent(name).path }.first(where: FileManager.default.fileExists)
        guard let found else {
            throw CineError(
                .noInput,
                """
                Networks need the tensor engine: expected \(name) beside the program in \(program.path), found none. \
                Install libtorch with "apt-get install libtorch-dev" and build again, or set CINEFORGE_TORCH to the \
                library's path.
                """)
        }
        return try TorchLibrary(path: found)
    }

    /// Opens a library.
    ///
    /// - Throws: `CineError(.noInput)` when it cannot be loaded, `.badData` when it is not ours or of another version.
    init(path: String) throws {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let cause = dlerror().map { String(cString: $0) } ?? "no cause is given"
            throw CineError(
                .noInput,
                """
                Cannot load the tensor engine \(path): \(cause). Install libtorch with "apt-get install libtorch-dev", \
                or set CINEFORGE_TORCH to a library that was built for the libtorch here.
                """)
        }
        typealias Entry = @convention(c) () -> UnsafePointer<CTorchAPI>
        guard let entry = dlsym(library, "cinetorch_entry") else {
            throw CineError(
                .badData,
                "\(path): expected a library with cinetorch_entry, found none. Set CINEFORGE_TORCH to libCineTorch.so.")
        }
        try self.init(table: unsafeBitCast(entry, to: Entry.self)(), path: path)
    }

    /// Takes a table that is of the version that this program was built for.
    ///
    /// - Throws: `CineError(.badData)` for another version.
    init(table: UnsafePointer<CTorchAPI>, path: String) throws {
        let expected = (version: UInt32(CTORCH_VERSION), size: UInt32(MemoryLayout<CTorchAPI>.size))
        let found = (version: table.pointee.version, size: table.pointee.size)
        guard found == expected else {
            throw CineError(
                .badData,
                """
                \(path): expected version \(expected.version) of the tensor engine's table (\(expected.size) bytes), \
                found version \(found.version) (\(found.size) bytes). Build the library and the program from one source.
                """)
        }
        self.table = table
    }

    /// The functions.
    var functions: CTorchAPI { table.pointee }

    /// What the last failure on this thread was, in libtorch's words.
    var lastError: String { table.pointee.last_error().map { String(cString: $0) } ?? "" }

    /// Throws the last failure when a function reports one.
    func check(_ status: Int32, _ action: @autoclosure () -> String) throws {
        guard status == 0 else { throw CineError(.badData, "\(action()): \(lastError)") }
    }
}
